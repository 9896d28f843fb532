"""What staff or a recipe typed as JSON, checked before anything is reckoned with it."""

from collections.abc import Mapping
from typing import Any

MAX_AMOUNT = 10**12
MAX_NAME = 64


class BadParameters(ValueError):
    """`field` is the parameter, `code` what is wrong with it."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def whole(field: str, value: Any, *, low: int = 1, high: int = MAX_AMOUNT) -> int:
    """A whole number between the bounds; a bool or a float is none."""
    if type(value) is not int:
        raise BadParameters(field, "not_whole")
    if not low <= value <= high:
        raise BadParameters(field, "out_of_bounds")
    return value


def amounts(field: str, value: Any, *, low: int = 1) -> Mapping[str, int]:
    """Minor units by currency."""
    if not isinstance(value, Mapping) or not value:
        raise BadParameters(field, "not_amounts")
    return {str(unit): whole(field, amount, low=low) for unit, amount in value.items()}


def named(field: str, value: Any) -> str:
    """The public id of something."""
    if not isinstance(value, str) or not value or len(value) > MAX_NAME:
        raise BadParameters(field, "not_named")
    return value

"""Column shapes that every app shares."""

from typing import Any, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.lib.money import MAX_AMOUNT

UNIT_LENGTH = 16


SetType = TypeVar("SetType")
GetType = TypeVar("GetType")


class AmountField(models.BigIntegerField[SetType, GetType]):
    """Whole minor units of the unit that stands beside it, at most 10¹² either way."""

    default_validators = [MinValueValidator(-MAX_AMOUNT), MaxValueValidator(MAX_AMOUNT)]


class UnitField(models.CharField[str, str]):
    """ISO 4217 code or named unit; see config.lib.units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": UNIT_LENGTH} | kwargs))


def amount_check(field: str, *, name: str, low: int = -MAX_AMOUNT) -> models.CheckConstraint:
    """`low` ≤ amount ≤ 10¹², held by the database. For money that may not be negative, `low` is 0 or 1."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__gte": low, f"{field}__lte": MAX_AMOUNT}), name=name)

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Verdict(NamedTuple):
    """An answer or a step of a calculation. `group`: of the conditions that it stood in: all, any or not.

    A tuple, because each condition of each rule makes one: a frozen dataclass takes three times as long.
    """

    code: str
    passed: bool
    values: Mapping[str, Any] = NOTHING
    group: str = "all"

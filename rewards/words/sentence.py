"""A sentence about one step of a trace: what came of it, its numbers, and whose tiers have names."""

from collections.abc import Callable, Mapping
from typing import Any

from campaigns.models import Campaign

Values = Mapping[str, Any]
Sentence = Callable[[bool, Values, Campaign | None], str]


def plain(text: Any) -> Sentence:
    """For a step without numbers, or with such as stand there as they are."""
    return lambda passed, values, campaign: str(text) % values


def either(yes: Any, no: Any) -> Sentence:
    return lambda passed, values, campaign: str(yes if passed else no)

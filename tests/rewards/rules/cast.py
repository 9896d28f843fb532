"""Lena recommends, Ben buys. No database."""

from datetime import date
from typing import Any

from rewards.rules.calculators import Fixed
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.rule import Rule

LENA, BEN = Party("con_lena", "EUR"), Party("con_ben")


def facts(**known: Any) -> Facts:
    """Ben, whom Lena recommended, buys for the first time, for 100.00 USD."""
    values: dict[str, Any] = {
        "event_key": "evt_1",
        "campaign_key": "cam_1",
        "triggers": frozenset({"purchase", "converted"}),
        "local_date": date(2026, 11, 16),
        "parties": {"advocate": LENA, "friend": BEN},
        "company_currency": "GBP",
        "value": Value(10_000, "USD"),
        "event_type": "purchase",
        "sequence": 1,
        "friend_is_new": True,
        "days_since_signup": 3,
    }
    return Facts(**values | known)


def rule(**wanted: Any) -> Rule:
    values: dict[str, Any] = {
        "key": "thanks",
        "version": 1,
        "trigger": "converted",
        "recipient": "advocate",
        "benefit": "credit",
        "calculator": Fixed(),
        "amounts": {"USD": 2_000},
    }
    return Rule(**values | wanted)

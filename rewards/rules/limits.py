"""Whose use of a limit is counted where. The counters themselves are rows (rewards/services/limits.py)."""

from dataclasses import dataclass
from datetime import date

from rewards.rules.facts import Facts


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `value` of `measure` (amount, friends, rewards) per party in each window; over: skip or partial."""

    measure: str
    per: str
    window: str
    over: str
    value: int

    def key(self, *, rule_key: str, facts: Facts, unit: str) -> str | None:
        """The counter's name, without the rule's version: a new version goes on counting. None: nobody to count for."""
        whose = facts.campaign_key if self.per == "campaign" else _party_key(self.per, facts)
        if whose is None:
            return None
        counted = f"{self.measure}.{unit}" if self.measure == "amount" else self.measure
        window = period_key(self.window, facts.local_date)
        return f"{facts.campaign_key}:{rule_key}:{counted}:{self.per}:{whose}:{window}"


def period_key(window: str, day: date) -> str:
    """The window that this day is in: 2026-11-21, 2026-11, 2026-Q4, 2026 or all."""
    if window == "day":
        return day.isoformat()
    if window == "month":
        return f"{day.year}-{day.month:02}"
    if window == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year) if window == "year" else "all"


def _party_key(kind: str, facts: Facts) -> str | None:
    party = facts.parties.get(kind)
    return party.key if party else None

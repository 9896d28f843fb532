"""A campaign on paper: rules as plain data, events as short lines, no database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Campaign
from rewards.play.game import Game, WouldBe
from rewards.play.happenings import Person
from rewards.play.recorder import Recorder, Told
from rewards.play.setting import Setting, drafted_rules
from rewards.rule_files import rules_of
from rewards.rules.facts import Item

CAMPAIGN = Campaign(pk=1, slug="paper")
BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)


def setting(**wanted: Any) -> Setting:
    values: dict[str, Any] = {
        "campaign_key": "cam_1",
        "zone": ZoneInfo("UTC"),
        "currency": "USD",
        "conversions": frozenset({"purchase"}),
    }
    return Setting(**values | wanted)


def rule(key: str = "advocate", **wanted: Any) -> dict[str, Any]:
    values = {"key": key, "trigger": "converted", "recipient": "advocate", "benefit": "credit"}
    return values | wanted


class Paper:
    """Tells one event after the other; `day`: days after the beginning."""

    def __init__(self, rules: list[dict[str, Any]], *, budgets: Any = (), **wanted: Any) -> None:
        self.setting = setting(**wanted)
        file = rules_of({"rules": rules, "budgets": list(budgets)}, campaign=CAMPAIGN)
        self.game = Game(self.setting, drafted_rules(file.rules))
        self.recorder = Recorder(self.setting)
        self.told = 0

    def tell(
        self,
        what: str,
        friend: str = "ben",
        *,
        advocate: str = "ada",
        day: float = 0,
        usd: int | None = None,
        **more: Any,
    ) -> list[WouldBe]:
        self.told += 1
        items = tuple(Item(product, quantity) for product, quantity in more.pop("items", {}).items())
        values: dict[str, Any] = {"key": f"e{self.told}", "occurred_at": BEGIN + timedelta(days=day)} | more
        told = Told(
            type=what,
            advocate=Person(advocate) if advocate else None,
            friend=Person(friend) if friend else None,
            amount=usd,
            unit="USD" if usd is not None else "",
            items=items,
            **values,
        )
        happening = self.recorder.record(told)
        return self.game.one(happening) if happening else []

    def left(self, party: str = "ada") -> int:
        """What this person would have, of what goes out."""
        return sum(reward.left for reward in self.game.rewards if reward.party.key == party and not reward.waits)

    def refusals(self) -> list[str]:
        """The codes of the last steps that did not pass."""
        return [[step.code for step in one.trace if not step.passed][-1] for one in self.game.refused]

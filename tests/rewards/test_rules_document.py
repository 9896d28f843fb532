"""docs/rules.md is true: its examples are run, and it names every word of a rule."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import referral_submit
from rewards.ledger.check import ledger_problems
from rewards.models import Limit, Reward
from rewards.rule_files import rule_file_read
from rewards.rules.benefits import BENEFITS
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.rules import rule_save
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "rules.md"
GONE = (Reward.Status.CANCELLED, Reward.Status.REVERSED)
LENA = "Lena Vogt"


@dataclass(frozen=True)
class Line:
    day: datetime
    who: tuple[str, ...]
    event: str
    amount: int | None
    items: tuple[dict[str, Any], ...]
    then: dict[str, int]


@dataclass(frozen=True)
class Example:
    title: str
    converting: str
    rules: str
    lines: tuple[Line, ...]


def examples() -> list[Example]:
    _before, _, told = DOCUMENT.read_text().partition("## Worked examples")
    return [example(part) for part in re.split(r"^### ", told, flags=re.M)[1:]]


def example(part: str) -> Example:
    converting = re.search(r"Conversion event: `(\w+)`", part)
    [rules] = re.findall(r"```toml\n(.*?)```", part, re.S)
    rows = [row.strip().strip("|").split("|") for row in re.findall(r"^\| 20.*$", part, re.M)]
    lines = tuple(line([cell.strip() for cell in row]) for row in rows)
    assert lines
    return Example(part.splitlines()[0], converting.group(1) if converting else "purchase", rules, lines)


def line(cells: list[str]) -> Line:
    day, who, event, amount, facts, *then = cells
    return Line(
        datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC),
        people(who),
        event,
        cents(amount) if amount else None,
        tuple({"product": name, "quantity": int(count)} for name, count in re.findall(r"([\w-]+) × (\d+)", facts)),
        {
            LENA if name == "Lena" else name: cents(sum_)
            for name, sum_ in re.findall(r"(Lena|friend \d+) ([\d,.]+) USD", "".join(then))
        },
    )


def people(who: str) -> tuple[str, ...]:
    first, last = re.fullmatch(r"friends? (\d+)(?:–(\d+))?", who).groups()  # type: ignore[union-attr]
    return tuple(f"friend {number}" for number in range(int(first), int(last or first) + 1))


def cents(typed: str) -> int:
    return int(typed.replace(",", "").replace(".", ""))


@dataclass
class Played:
    campaign: Campaign
    enrolment: Any
    events: list[str]

    def happen(self, friend: str, told: Line) -> None:
        person = ContactFacts(email=f"{friend.replace(' ', '')}@mail.example", name=friend)
        if not Referral.objects.filter(friend__details__name=friend).exists():
            referral_submit(
                enrolment=self.enrolment, friend=person, source="shop", method=Referral.Method.CODE, now=told.day
            )
        if told.event.startswith("refund"):
            return self.refund(friend, told)
        facts = EventFacts(
            event_id=f"event-{len(self.events)}",
            type=told.event,
            occurred_at=told.day,
            friend=person,
            amount=None if told.amount is None else Money(told.amount, "USD"),
            items=told.items,
        )
        self.events.append(event_record(facts=facts, source="shop", now=told.day).event.event_id)
        return None

    def refund(self, friend: str, told: Line) -> None:
        own = ReferralEvent.objects.filter(contact__details__name=friend, event_id__in=self.events).order_by("-pk")
        which = own[1 if told.event.endswith("but one") else 0]
        money = None if told.amount is None else Money(told.amount, "USD")
        refund_record(
            source="shop",
            event_id=f"back-{which.event_id}",
            refunds=which.event_id,
            amount=money,
            reason="",
            now=told.day,
        )

    def stands(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for reward in Reward.objects.exclude(status__in=GONE).filter(waits_for_limit=""):
            name = str(reward.contact)
            sums[name] = sums.get(name, 0) + reward.amount - reward.taken_back
        return sums


@pytest.mark.django_db
@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("told", examples(), ids=lambda told: told.title)
def test_an_example_of_the_document_pays_what_it_says(told: Example) -> None:
    began = told.lines[0].day.replace(day=1)
    campaign = campaign_made(conversion_events=[told.converting])
    for draft in rule_file_read(told.rules, campaign=campaign).rules:
        rule_save(campaign=campaign, draft=draft, actor=None, now=began)
    played = Played(campaign, enrolled(campaign, now=began), [])
    for row in told.lines:
        for friend in row.who:
            played.happen(friend, row)
            assert rewards_evaluate(row.day)["failed"] == 0
        rewards_mature(row.day)
        assert played.stands() == row.then, f"{row.day:%F} {row.event}"
    assert ledger_problems() == []


@pytest.mark.parametrize(
    "word", [*CONDITIONS, *CALCULATORS, *BENEFITS, *Limit.Measure.values, *Limit.Window.values, *Limit.Over.values]
)
def test_the_document_names_every_word_of_a_rule(word: str) -> None:
    assert f"`{word}`" in DOCUMENT.read_text()

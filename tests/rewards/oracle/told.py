"""The same story told to the product, through its services and on its database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from advocates.services.contacts import ContactFacts, contact_upsert
from campaigns.models import Campaign
from campaigns.services.enrolments import enrolment_create
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import referral_submit
from rewards.models import Reward, Tier
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft, rule_save
from tests.factories.campaigns import campaign_made
from tests.rewards.oracle.stories import ADVOCATES, Story

BEGINNING = datetime(2026, 9, 14, 12, tzinfo=UTC)
GONE = (Reward.Status.CANCELLED, Reward.Status.REVERSED, Reward.Status.DECLINED, Reward.Status.EXPIRED)
Slot = tuple[str, str, str]


class Told:
    def __init__(self, story: Story, *, tiers: list[tuple[str, int, int]]) -> None:
        self.story = story
        self.campaign: Campaign = campaign_made(quote_days=None if story.quoted else 0)
        for key, needs, multiplier in tiers:
            Tier.objects.create(campaign=self.campaign, key=key, name=key, from_confirmed=needs, multiplier=multiplier)
        for rule in story.rules:
            rule_save(campaign=self.campaign, draft=draft(rule), actor=None, now=BEGINNING - timedelta(days=1))
        self.enrolments = {name: self._enrol(name) for name in ADVOCATES}

    def _enrol(self, name: str) -> Any:
        facts = ContactFacts(email=f"{name}@mail.example", name=name)
        contact = contact_upsert(facts=facts, source="shop", now=BEGINNING).contact
        return enrolment_create(campaign=self.campaign, contact=contact, now=BEGINNING)[0]

    def play(self) -> None:
        for kind, told in self.story.steps:
            now = BEGINNING + timedelta(days=told["day"])
            getattr(self, kind)(told, now)
            self.work(now)

    def work(self, now: datetime) -> None:
        assert rewards_evaluate(now)["failed"] == 0
        rewards_mature(now)

    def sign_up(self, told: dict[str, Any], now: datetime) -> None:
        referral_submit(
            enrolment=self.enrolments[told["advocate"]],
            friend=ContactFacts(email=f"{told['friend']}@mail.example", name=told["friend"]),
            source="shop",
            method=Referral.Method.CODE,
            now=now,
        )

    def event(self, told: dict[str, Any], now: datetime) -> bool:
        facts = EventFacts(
            event_id=told["id"],
            type=told["type"],
            occurred_at=BEGINNING + timedelta(days=told["occurred"]),
            friend=ContactFacts(email=f"{told['friend']}@mail.example"),
            amount=None if told["amount"] is None else Money(told["amount"], "USD"),
            items=told["items"],
            region=told["region"],
            metadata=told["facts"],
        )
        return event_record(facts=facts, source="shop", now=now).duplicate

    def refund(self, told: dict[str, Any], now: datetime) -> None:
        money = None if told["amount"] is None else Money(told["amount"], "USD")
        event_id = f"back-{told['of']}-{now:%j}-{told['amount']}"
        refund_record(source="shop", event_id=event_id, refunds=told["of"], amount=money, reason="", now=now)

    def again(self) -> bool:
        """All events once more, the same: were all of them known?"""
        last = BEGINNING + timedelta(days=self.story.steps[-1][1]["day"])
        known = [self.event(told, last) for kind, told in self.story.steps if kind == "event"]
        self.work(last)
        return all(known)

    def paid(self) -> dict[Slot, int]:
        standing = Reward.objects.exclude(status__in=GONE).filter(waits_for_limit="")
        return {self._slot(reward): reward.amount - reward.taken_back for reward in standing}

    def waiting(self) -> list[Slot]:
        waits = Reward.objects.exclude(status__in=GONE).exclude(waits_for_limit="")
        return sorted(self._slot(reward) for reward in waits)

    def _slot(self, reward: Reward) -> Slot:
        kind, _, rest = reward.slot.partition(":")
        if kind == "event":
            rest = ReferralEvent.objects.get(public_id=rest).event_id
        if kind == "friend":
            assert reward.referral is not None
            rest = rest.replace(reward.referral.friend.public_id, str(reward.referral.friend))
        return reward.rule_key, str(reward.contact), f"{kind}:{rest}" if rest else kind


def draft(rule: dict[str, Any]) -> RuleDraft:
    parts = {
        "conditions": [ConditionDraft(one["kind"], one["parameters"], one["group"]) for one in rule["conditions"]],
        "limits": [LimitDraft(**one) for one in rule["limits"]],
    }
    return RuleDraft(**(rule | parts))

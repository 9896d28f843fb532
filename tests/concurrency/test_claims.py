"""Two decide one claim at once, or say it twice: one decision, one claim. Each race with its unguarded twin."""

from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from advocates.models import User
from advocates.services.contacts import ContactFacts
from campaigns.models import Enrolment, OutboundMessage
from config.lib.states import Stale
from referrals.claim_words import Answer
from referrals.models import Claim, Referral
from referrals.services import claims
from referrals.services.claims import claim_decline, claim_grant, claim_make
from tests.cast import BEN, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


@pytest.fixture
def link(company: Any, now: datetime) -> Enrolment:
    return enrolled(campaign_made(), now=now)


def make(link: Enrolment, now: datetime) -> Claim:
    claim, _is_new = claim_make(enrolment=link, friend=ContactFacts(email=BEN.email), note="", source="portal", now=now)
    return claim


def deciding(actor: User, now: datetime, looked: Barrier) -> tuple[Any, Any]:
    """One grants and one declines; both have looked at the open claim before either goes on."""

    def look() -> Claim:
        claim = Claim.objects.select_related("enrolment__campaign", "enrolment__contact", "friend").get()
        meet(looked, seconds=MEETING_SECONDS)
        return claim

    def grant() -> str:
        claim_grant(claim=look(), actor=actor, reason="Ben said so", now=now)
        return "granted"

    def decline() -> str:
        claim_decline(claim=look(), actor=actor, answer=Answer.TOO_LATE, reason="Too late", now=now)
        return "declined"

    return grant, decline


def answers_given() -> int:
    return OutboundMessage.objects.filter(mail="claim_answered").count()


def test_of_two_who_decide_at_once_one_has_decided(link: Enrolment, maya: User, now: datetime) -> None:
    make(link, now)
    outcomes = run_together(*deciding(maya, now, Barrier(2)))

    [winner] = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 1
    assert Claim.objects.get().status == winner
    assert Referral.objects.count() == (1 if winner == "granted" else 0)


def test_twin_a_look_before_the_move_is_no_guard(
    link: Enrolment, maya: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(row: Claim, *, to: str, table: Any, **changes: Any) -> str:
        table.check(row.status, to)
        Claim.objects.filter(pk=row.pk).update(status=to, **changes)
        return row.status

    monkeypatch.setattr(claims, "move", save)
    make(link, now)
    assert sorted(run_together(*deciding(maya, now, Barrier(2)))) == ["declined", "granted"]


def test_a_claim_made_twice_at_once_is_one(link: Enrolment, now: datetime) -> None:
    contact_of(BEN)
    outcomes = run_together(*[partial(make, link, now)] * 4)
    assert len({claim.pk for claim in outcomes}) == 1
    assert OutboundMessage.objects.filter(mail="claim_noted").count() == 1


def test_twin_a_look_before_the_insert_makes_it_twice(
    link: Enrolment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Barrier(2)

    def look_then_write(model: Any, *, unique: Any, **values: Any) -> tuple[Any, bool]:
        found = model.objects.filter(claim_key=values["claim_key"]).first()
        meet(looked, seconds=MEETING_SECONDS)
        # The unique key would refuse the second: here each gets one of its own.
        values["claim_key"] += f":{id(values)}"
        return (found, False) if found else (model.objects.create(**values), True)

    contact_of(BEN)
    monkeypatch.setattr(claims, "insert_once", look_then_write)
    run_together(*[partial(make, link, now)] * 2)
    assert Claim.objects.count() == 2

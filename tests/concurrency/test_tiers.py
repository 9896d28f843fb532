"""Two friends who are won at the same moment make one step up a tier. With the unguarded twin that makes two."""

from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from campaigns.models import OutboundMessage
from config.lib.money import Money
from referrals.models import ReferralEvent
from referrals.services.referrals import referral_move
from rewards.models import TierMove
from rewards.services import tier_moves
from rewards.services.evaluation import evaluate, rewards_evaluate
from rewards.services.tiers import tier_save
from tests.cast import BEN, NOOR, SOFIA
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


@pytest.fixture
def rivals(company: object, now: datetime) -> list[ReferralEvent]:
    """One friend made Bronze; the next two are won, and nobody has looked at it yet."""
    campaign = campaign_made()
    for key, since in (("bronze", 1), ("silver", 2)):
        tier_save(campaign=campaign, key=key, name=key.title(), from_confirmed=since, actor=None)
    lena = enrolled(campaign, now=now)

    first, *others = [referred(lena, now=now, person=person) for person in (BEN, NOOR, SOFIA)]
    deal = Money(10_000, "USD")
    referral_move(referral=first, to="converted", actor=None, now=now, deal=deal)
    rewards_evaluate(now)
    return [referral_move(referral=one, to="converted", actor=None, now=now, deal=deal) for one in others]


def looked_at(rivals: list[ReferralEvent], now: datetime) -> list[Any]:
    works = [partial(evaluate, source="referral_event", source_id=event.pk, now=now) for event in rivals]
    answers = run_together(*works)
    assert [type(answer).__name__ for answer in answers] == ["Evaluation"] * 2
    return list(TierMove.objects.order_by("pk").values_list("tier_to__key", flat=True))


def test_two_friends_at_once_make_one_step(rivals: list[ReferralEvent], now: datetime) -> None:
    assert looked_at(rivals, now) == ["bronze", "silver"]
    assert OutboundMessage.objects.filter(mail="tier_reached").count() == 2


def test_without_the_lock_they_would_make_two(
    rivals: list[ReferralEvent], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Barrier(2)
    monkeypatch.setattr(tier_moves, "enrolment_lock", lambda pk: None)
    move = tier_moves._move

    def late(*args: Any) -> TierMove | None:
        meet(start, seconds=MEETING_SECONDS)
        return move(*args)

    monkeypatch.setattr(tier_moves, "_move", late)
    assert looked_at(rivals, now) == ["bronze", "silver", "silver"]

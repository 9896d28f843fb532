"""Staff give the credit to somebody else: the money follows, until somebody has said yes to it."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils.translation import override

from advocates.models import AuditEntry, User
from campaigns.models import Campaign, Enrolment
from config.lib import clock
from config.lib.states import NotAllowed, Stale
from referrals.attribution_words import LOST, WON, candidate_words
from referrals.errors import ReasonNeeded
from referrals.models import AttributionDecision, Referral, ReferralEvent
from referrals.services import attribution
from referrals.services.referrals import referral_reassign
from rewards.models import Reward
from rewards.services.evaluation import rewards_evaluate
from tests.cast import LENA, OMAR
from tests.factories.rewards import friend_coupon, rule_of, won

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return clock.now()


def reassigned(referral: Referral, link: Enrolment, *, maya: User, now: datetime) -> ReferralEvent:
    event = referral_reassign(
        referral=Referral.objects.get(pk=referral.pk), enrolment=link, actor=maya, reason="She told us", now=now
    )
    rewards_evaluate(now)
    return event


def advocates_rewards() -> list[tuple[str, str, int]]:
    rewards = Reward.objects.filter(recipient_kind="advocate").order_by("pk").select_related("contact__details")
    return [(reward.contact.details.name, reward.status, reward.amount) for reward in rewards if reward.contact]


def test_what_waits_is_cancelled_and_earned_by_who_recommended(
    ben: Referral, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now, hold_days=14)
    friend_coupon(campaign, now=now)
    won(ben, now=now)
    assert advocates_rewards() == [(LENA.name, "pending", 2_000)]

    event = reassigned(ben, other_link, maya=maya, now=now)

    assert advocates_rewards() == [(LENA.name, "cancelled", 2_000), (OMAR.name, "pending", 2_000)]
    assert Reward.objects.filter(recipient_kind="friend").count() == 1
    assert (event.type, event.actor, event.reason) == ("reassigned", maya, "She told us")
    assert AuditEntry.objects.get(verb="referral_reassigned").reason == "She told us"
    decision = AttributionDecision.objects.latest("pk")
    assert (decision.enrolment, decision.method, decision.actor, decision.reason) == (
        other_link,
        "staff",
        maya,
        "She told us",
    )
    rewards_evaluate(now)
    assert len(advocates_rewards()) == 2


def test_back_again_revives_what_was_cancelled(
    ben: Referral, link: Enrolment, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now, hold_days=14)
    won(ben, now=now)
    reassigned(ben, other_link, maya=maya, now=now)

    reassigned(ben, link, maya=maya, now=now)

    assert sorted(advocates_rewards()) == [(LENA.name, "pending", 2_000), (OMAR.name, "cancelled", 2_000)]


def test_once_approved_it_stays(
    ben: Referral, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now)
    won(ben, now=now)
    assert advocates_rewards()[0][1] in ("approved", "fulfilled")

    with pytest.raises(NotAllowed, match="approved already"):
        reassigned(ben, other_link, maya=maya, now=now)

    assert AttributionDecision.objects.count() == 1


def test_what_else_stands_against_it(
    ben: Referral, link: Enrolment, other_link: Enrolment, maya: User, now: datetime
) -> None:
    with pytest.raises(ReasonNeeded):
        referral_reassign(referral=ben, enrolment=other_link, actor=maya, reason=" ", now=now)
    with pytest.raises(NotAllowed):
        reassigned(ben, link, maya=maya, now=now)
    seen = Referral.objects.get(pk=ben.pk)
    reassigned(ben, other_link, maya=maya, now=now)
    with pytest.raises(Stale):
        referral_reassign(referral=seen, enrolment=link, actor=maya, reason="Back", now=now)


def test_the_console_says_why_and_gives_it_to_somebody_else(
    client: Client, ben: Referral, other_link: Enrolment, campaign: Campaign, maya: User, now: datetime
) -> None:
    rule_of(campaign, now=now, hold_days=14)
    won(ben, now=now)
    maya.user_permissions.set(Permission.objects.filter(content_type__app_label="referrals"))
    client.force_login(maya)
    page = f"/admin/referrals/referral/{ben.pk}/"
    before = client.get(f"{page}change/").content.decode()
    assert "Why this advocate" in before
    assert "Their referral code was named." in before
    assert "$20.00 that wait are cancelled" in client.get(f"{page}do/reassign/").content.decode()

    answers = {"advocate": other_link.code, "reason": "She told us"}
    after = client.post(f"{page}do/reassign/", answers, follow=True).content.decode()

    assert "A colleague gave the credit to somebody else." in after
    assert "She told us" in after
    assert Referral.objects.get().advocate == other_link.contact


def test_a_stranger_is_refused_on_the_form(client: Client, ben: Referral, maya: User) -> None:
    maya.user_permissions.set(Permission.objects.filter(content_type__app_label="referrals"))
    client.force_login(maya)
    answers = {"advocate": "nobody@mail.example", "reason": "She told us"}
    page = client.post(f"/admin/referrals/referral/{ben.pk}/do/reassign/", answers, follow=True).content.decode()

    assert "Nobody is known by that code" in page


def test_who_may_only_look_cannot(client: Client, ben: Referral, other_link: Enrolment, sam: User) -> None:
    sam.user_permissions.set(Permission.objects.filter(codename="view_referral"))
    client.force_login(sam)
    answers = {"advocate": other_link.code, "reason": "She told us"}

    assert client.post(f"/admin/referrals/referral/{ben.pk}/do/reassign/", answers).status_code == 403


def test_every_code_has_its_words() -> None:
    names = (
        "LINK_OFF",
        "OTHER_CAMPAIGN",
        "WINDOW_OVER",
        "OUTRANKED",
        "NOT_FIRST",
        "NOT_LAST",
        "SAME_ADVOCATE",
        "REASSIGNED",
    )
    assert set(LOST) == {getattr(attribution, name) for name in names}
    assert set(WON) == set(Referral.Method.values)
    moments = {
        "first_at": "2026-11-16T12:00:00+00:00",
        "last_at": "2026-11-16T12:00:00+00:00",
        "days": 90,
        "by": "code",
    }
    with override("en"):
        said = [
            _said(code, won=has_won, values=moments) for has_won in (True, False) for code in (WON if has_won else LOST)
        ]
    assert len(set(said)) == len(said)
    assert all(words.endswith(".") for words in said)
    # Some know no day of their link.
    assert "–" not in _said("cookie", won=True, values={})


def _said(code: str, *, won: bool, values: dict[str, Any]) -> str:
    return candidate_words({"won": won, "code": code, "values": values})

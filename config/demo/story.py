"""What has happened at the demo's company, told through the services, each step at its own moment in the past."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from advocates.models import Contact, User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, Enrolment, OutboundMessage
from campaigns.services.asks import asks_send
from campaigns.services.campaigns import campaign_move
from campaigns.services.delivery import messages_send
from campaigns.services.enrolments import enrolment_create
from config.demo.surroundings import SOURCE, staff_member
from config.demo.tales import CASH, GIVE, TALES, Tale
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import (
    FriendConsent,
    referral_move,
    referral_review,
    referral_submit,
    referral_take_back,
    referrals_expire,
)
from rewards.models import PayoutRun, Reward
from rewards.selectors import needs_approval
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.payout_methods import payout_method_set
from rewards.services.payouts import (
    payout_run_approve,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
)
from rewards.services.rewards import reward_approve

FIRST_RUN = timedelta(days=20)

# IBANs from the registry's own examples.
ACCOUNTS = {
    "D-1001": ("Lena Vogt", "DE89370400440532013000"),
    "D-1007": ("Grace Whitfield", "GB29NWBK60161331926819"),
    "D-1008": ("Jonas Krämer", "DE02120300000000202051"),
    "D-1017": ("Klaus Obermeier", "AT611904300234573201"),
}


def customer(number: str) -> Contact:
    return Contact.objects.get(keys__source=SOURCE, keys__value=number)


def open_campaigns(*, now: datetime) -> None:
    marketing = staff_member("marketing")
    for campaign in Campaign.objects.filter(slug__in=[GIVE, CASH], status=Campaign.Status.DRAFT):
        campaign_move(campaign=campaign, to=Campaign.Status.ACTIVE, actor=marketing, now=now)


def tell_everything(*, now: datetime) -> None:
    """Earlier sales first, so that they are paid by an earlier run; a second run waits for a second person."""
    give_accounts(now=now)
    if not PayoutRun.objects.exists():
        tell([tale for tale in TALES if tale.days_ago > 45], now=now)
        pay_first_run(now=now - FIRST_RUN)
    tell(TALES, now=now)
    ask_the_circle(now=now)
    settle(now=now)
    if not PayoutRun.objects.exclude(status=PayoutRun.Status.CLOSED).exists():
        approve_rewards(now=now, keep=1)
        prepare_run(now=now)
    deliver_mails(now=now)


def tell(tales: Iterable[Tale], *, now: datetime) -> None:
    for tale in tales:
        if not ReferralEvent.objects.filter(source=SOURCE, event_id=tale.email).exists():
            with transaction.atomic():
                _tell(tale, now=now)
    referrals_expire(now)


def _tell(tale: Tale, *, now: datetime) -> None:
    began = now - timedelta(days=tale.days_ago, hours=3)
    campaign = Campaign.objects.get(slug=tale.campaign)
    enrolment, _is_new = enrolment_create(campaign=campaign, contact=customer(tale.advocate), channel="mail", now=began)
    referral = _submit(tale, enrolment, began)
    for days, step in tale.steps:
        referral.refresh_from_db()
        STEPS[step](tale, referral, staff_member("sales"), began + timedelta(days=days))


def _submit(tale: Tale, enrolment: Enrolment, began: datetime) -> Referral:
    return referral_submit(
        enrolment=enrolment,
        friend=ContactFacts(email=tale.email, name=tale.friend, company=tale.company),
        source=SOURCE,
        event_id=tale.email,
        method=Referral.Method.NAME if tale.company else Referral.Method.COOKIE,
        channel="mail" if tale.company else "whatsapp",
        note=tale.note,
        consent=FriendConsent(source=SOURCE, given_at=began),
        now=began,
    )


def _money(tale: Tale, referral: Referral) -> Money:
    return Money(tale.minor, referral.campaign.currency)


def _contacted(_tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    referral_move(referral=referral, to=Referral.Status.CONTACTED, actor=actor, now=at)


def _qualified(_tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    referral_move(referral=referral, to=Referral.Status.QUALIFIED, actor=actor, now=at)


def _won(tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    deal = _money(tale, referral)
    referral_move(referral=referral, to=Referral.Status.CONVERTED, actor=actor, now=at, deal=deal)


def _lost(_tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    reason = "Signed with somebody else a month ago."
    referral_move(referral=referral, to=Referral.Status.LOST, actor=actor, now=at, reason=reason)


def _taken_back(_tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    reason = "They called again: the other offer fell through."
    referral_take_back(referral=referral, actor=actor, reason=reason, now=at)


def _refused(_tale: Tale, referral: Referral, actor: User, at: datetime) -> None:
    reason = "The advocate's own second address."
    referral_review(referral=referral, honest=Referral.Review.REFUSED, actor=actor, reason=reason, now=at)


def _bought(tale: Tale, referral: Referral, _actor: User, at: datetime) -> None:
    facts = EventFacts(
        event_id=f"order-{tale.email}",
        type=referral.campaign.conversion_events[0],
        occurred_at=at,
        friend=ContactFacts(email=tale.email),
        campaign=tale.campaign,
        amount=_money(tale, referral),
    )
    event_record(facts=facts, source=SOURCE, now=at)


def _refunded(tale: Tale, _referral: Referral, _actor: User, at: datetime) -> None:
    refund_record(
        source=SOURCE,
        event_id=f"refund-{tale.email}",
        refunds=f"order-{tale.email}",
        amount=None,
        reason="sent back",
        now=at,
    )


STEPS = {
    "contacted": _contacted,
    "qualified": _qualified,
    "won": _won,
    "lost": _lost,
    "taken back": _taken_back,
    "refused": _refused,
    "bought": _bought,
    "refunded": _refunded,
}


# --- money ---


def give_accounts(*, now: datetime) -> None:
    for number, (holder, iban) in ACCOUNTS.items():
        payout_method_set(contact=customer(number), holder=holder, iban=iban, now=now)


def settle(*, now: datetime) -> None:
    rewards_evaluate(now)
    rewards_mature(now)


def approve_rewards(*, now: datetime, keep: int = 0) -> None:
    """Finance agrees with what waits for it, the newest `keep` left for whoever tries the demo."""
    waiting = Reward.objects.filter(status=Reward.Status.PENDING, campaign__slug=CASH).order_by("eligible_at")
    asking = [reward for reward in waiting if needs_approval(reward)]
    for reward in asking[: len(asking) - keep]:
        reward_approve(reward=reward, actor=staff_member("finance"), now=now)


def prepare_run(*, now: datetime) -> PayoutRun:
    return payout_run_prepare(unit="EUR", actor=staff_member("finance"), now=now)


def pay_first_run(*, now: datetime) -> None:
    settle(now=now)
    approve_rewards(now=now)
    run, admin = prepare_run(now=now), staff_member("admin")
    payout_run_approve(run=run, actor=admin, now=now + timedelta(hours=2))
    payout_run_export(run=run, actor=staff_member("finance"), now=now + timedelta(hours=3))
    payout_run_settle(run=run, actor=staff_member("finance"), now=now + timedelta(days=2))


# --- mail ---


def ask_the_circle(*, now: datetime) -> None:
    members = Contact.objects.filter(circle__status="member").order_by("pk")
    campaign = Campaign.objects.get(slug=GIVE)
    asks_send(campaign=campaign, contacts=members[:4], actor=staff_member("marketing"), now=now - timedelta(days=1))


def deliver_mails(*, now: datetime) -> None:
    """Into the mailbox of the demo, so that it is not empty when somebody looks."""
    waiting = OutboundMessage.objects.filter(status=OutboundMessage.Status.QUEUED, due_at__lte=now)
    for _round in range(10):
        if not waiting.exists():
            return
        messages_send(now)

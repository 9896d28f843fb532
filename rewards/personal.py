"""This app's tables with people in them. The books are kept: they know parties by public id only."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from advocates.models import Contact
from advocates.people import PersonalData, Row, nothing_erased
from advocates.telling import teller, told, untold
from rewards import merging
from rewards.addresses import address_lines, address_opened
from rewards.models import (
    Account,
    ByHand,
    Coupon,
    GiftOrder,
    LimitUse,
    Payout,
    PayoutMethod,
    Quote,
    Reward,
    RewardEvent,
    TierMove,
    Transfer,
)
from rewards.services.credit import SPENT
from rewards.services.payout_methods import payout_methods_forget

FORGOTTEN = "–"


def payout_methods_erased(contact: Contact, now: datetime) -> int:
    return payout_methods_forget(contact=contact, now=now)


def payouts_erased(contact: Contact, _now: datetime) -> int:
    return Payout.objects.filter(contact=contact).exclude(reason="").update(reason="")


def reward_steps_erased(contact: Contact, _now: datetime) -> int:
    """Why something was declined was typed by a colleague. The guard lets that be blanked, and nothing else."""
    about = Q(reward__contact=contact) | Q(reward__referral__friend=contact)
    return RewardEvent.objects.filter(about).exclude(reason="").update(reason="")


def by_hand_erased(contact: Contact, _now: datetime) -> int:
    """Why it was given was typed by a colleague; the row has to say something."""
    about = Q(contact=contact) | Q(referral__friend=contact)
    return ByHand.objects.filter(about).exclude(reason=FORGOTTEN).update(reason=FORGOTTEN)


def quotes_erased(contact: Contact, _now: datetime) -> int:
    """The amounts that were promised stay; where the friend lived does not."""
    return Quote.objects.filter(referral__friend=contact).exclude(region="").update(region="")


def gift_orders_erased(contact: Contact, _now: datetime) -> int:
    """Where it was sent, and what a colleague noted: a parcel that has not left can no longer be sent."""
    orders = GiftOrder.objects.filter(contact=contact).exclude(sealed_address="", note="")
    return orders.update(sealed_address="", note="")


def gift_orders_told(contact: Contact) -> list[Row]:
    names = ("public_id", "item__name", "amount", "unit", "price", "price_unit", "variant", "status", "note")
    rows = told(GiftOrder.objects.filter(contact=contact), *names, "ordered_at", "sent_at", "sealed_address")
    for row in rows:
        address = address_opened(row.pop("sealed_address"))
        row["address"] = address_lines(address) if address else []
    return rows


def accounts_told(contact: Contact) -> list[Row]:
    return told(Account.objects.filter(party_key=contact.public_id), "kind", "unit", "balance")


def transfers_told(contact: Contact) -> list[Row]:
    theirs = Q(debit__party_key=contact.public_id) | Q(credit__party_key=contact.public_id)
    return told(Transfer.objects.filter(theirs), "debit__kind", "credit__kind", "unit", "amount", "memo", "occurred_at")


def spent_erased(contact: Contact, _now: datetime) -> int:
    """On what they spent account credit was said by a shop. The guard lets that be blanked, and nothing else."""
    spent = Transfer.objects.filter(debit__party_key=contact.public_id, key__startswith=SPENT)
    return spent.exclude(memo="").update(memo="")


def _table(model: Any, fields: tuple[str, ...], export: Any, erase: Any = nothing_erased, **merge: Any) -> PersonalData:
    return PersonalData(model, fields, model._meta.verbose_name_plural, export, erase=erase, **merge)


PERSONAL = (
    _table(
        PayoutMethod,
        ("contact",),
        teller(PayoutMethod, "contact", "kind", "masked", "created_at", "replaced_at"),
        payout_methods_erased,
        merge=merging.payoutmethod_merge,
        unmerge=merging.payoutmethod_unmerge,
    ),
    _table(
        Payout,
        ("contact",),
        teller(Payout, "contact", "public_id", "unit", "amount", "netted", "status", "reason", "settled_at"),
        payouts_erased,
        merge=merging.payout_merge,
        unmerge=merging.payout_unmerge,
    ),
    _table(
        Reward,
        ("contact",),
        teller(
            Reward,
            "contact",
            "public_id",
            "campaign__name",
            "benefit",
            "amount",
            "unit",
            "status",
            "pending_reasons",
            "taken_back",
            "created_at",
            "expires_at",
            "fulfilled_at",
        ),
        nothing_erased,
        merge=merging.reward_merge,
        unmerge=merging.reward_unmerge,
    ),
    _table(LimitUse, (), untold, merge=merging.limituse_merge, unmerge=merging.limituse_unmerge),
    _table(
        Coupon,
        ("contact",),
        teller(Coupon, "contact", "campaign__name", "code", "amount", "unit", "status", "expires_at", "used_at"),
        nothing_erased,
        merge=merging.coupon_merge,
        unmerge=merging.coupon_unmerge,
    ),
    _table(
        GiftOrder,
        ("contact",),
        gift_orders_told,
        gift_orders_erased,
        merge=merging.giftorder_merge,
        unmerge=merging.giftorder_unmerge,
    ),
    _table(
        ByHand,
        ("contact",),
        teller(ByHand, "contact", "public_id", "kind", "benefit", "amount", "unit", "reason", "status", "asked_at"),
        by_hand_erased,
        merge=merging.byhand_merge,
        unmerge=merging.byhand_unmerge,
    ),
    _table(
        Quote,
        (),
        teller(Quote, "referral__friend", "referral__campaign__name", "region", "demand", "valid_until"),
        quotes_erased,
    ),
    _table(Account, (), accounts_told, merge=merging.account_merge, unmerge=merging.account_unmerge),
    _table(Transfer, (), transfers_told, spent_erased),
    _table(
        RewardEvent,
        (),
        teller(RewardEvent, "reward__contact", "status_from", "status_to", "reason", "occurred_at"),
        reward_steps_erased,
    ),
    _table(
        TierMove,
        (),
        teller(TierMove, "enrolment__contact", "tier_from__name", "tier_to__name", "confirmed", "occurred_at"),
    ),
)

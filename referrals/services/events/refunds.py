from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from advocates.locks import purchase_locked
from advocates.models import Purchase, PurchaseReturn
from advocates.services.returns import left_of, purchase_return
from config.lib.money import CurrencyMismatch, Money, money_words
from referrals.errors import EventIdReused, RefundTooLarge, UnknownEvent
from referrals.locks import event_locked, referral_locked
from referrals.models import ReferralEvent
from referrals.services.conversions import confirmation_end
from referrals.services.events.facts import PURCHASE, Recorded
from referrals.services.facts import fact_record, next_number


def refund_record(
    *,
    source: str,
    event_id: str,
    refunds: str,
    amount: Money | None,
    reason: str,
    now: datetime,
    is_test: bool = False,
    kind: str = PurchaseReturn.Kind.RETURNED,
    public_id: str = "",
    occurred_at: datetime | None = None,
) -> Recorded:
    """Take back an event of the same source, whose id is `refunds`: `amount` of it, or (None) all that is left.

    A sale counts back on the customer too, as what came back or (`kind`) was called off. `public_id` and `occurred_at`
    are those of a refund that waited for its sale. Raises UnknownEvent, RefundTooLarge, CurrencyMismatch and
    EventIdReused.
    """
    original = _original(source, refunds)
    with transaction.atomic():
        # Contacts are locked before referrals, see locks.py.
        purchase = _purchase(original)
        referral = referral_locked(original.referral_id) if original.referral_id else None
        original = event_locked(original.pk)
        earlier = ReferralEvent.objects.filter(source=source, event_id=event_id).first()
        if earlier:
            return _again(earlier, original, amount)
        money = amount or _rest(original)
        _check(original, money)
        event, is_new = fact_record(
            source=source,
            event_id=event_id,
            public_id=public_id,
            type=ReferralEvent.REFUND,
            contact=original.contact,
            referral=referral,
            campaign=original.campaign,
            sequence=next_number(referral, type=ReferralEvent.REFUND) if referral else 0,
            amount=money.amount if money else None,
            unit=money.unit if money else "",
            metadata={"asked": amount.amount if amount else None},
            takes_back=original,
            reason=reason[:500],
            is_test=is_test or original.is_test,
            occurred_at=occurred_at,
            now=now,
        )
        if not is_new:
            return _again(event, original, amount)
        if referral:
            confirmation_end(referral=referral, event=event)
        _count_back(purchase, event, kind)
        return Recorded(event, duplicate=False)


def refund_of_purchase(
    *, purchase: Purchase, money: Money | None, kind: str, event_id: str, reason: str, now: datetime
) -> bool:
    """Take back the event that this sale is, where it is one: what staff say of a sale reaches its rewards."""
    if not ReferralEvent.objects.filter(source=purchase.source, event_id=purchase.external_id, type=PURCHASE).exists():
        return False
    refund_record(
        source=purchase.source,
        event_id=event_id,
        refunds=purchase.external_id,
        amount=money,
        reason=reason,
        now=now,
        kind=kind,
    )
    return True


def _purchase(original: ReferralEvent) -> Purchase | None:
    """The sale that this event also was, held with its contact; other events are none."""
    if original.type != PURCHASE:
        return None
    sale = Purchase.objects.filter(source=original.source, external_id=original.event_id).first()
    return purchase_locked(sale.pk)[0] if sale else None


def _count_back(purchase: Purchase | None, refund: ReferralEvent, kind: str) -> None:
    """What another system, or a person, counted back before is not counted back once more."""
    if purchase is None or purchase.status not in Purchase.COUNTING:
        return
    left = left_of(purchase)
    # Without an amount the event is taken back as a whole.
    part = refund.amount if refund.amount and refund.unit == left.unit else None
    purchase_return(
        purchase=purchase,
        source=refund.source,
        event_id=refund.event_id,
        money=Money(part, left.unit) if part and part < left.amount else None,
        kind=kind,
        occurred_at=refund.occurred_at,
    )


def _original(source: str, refunds: str) -> ReferralEvent:
    outside = ReferralEvent.objects.filter(source=source, event_id=refunds).exclude(type__in=ReferralEvent.OWN_TYPES)
    original = outside.first()
    if original is None:
        raise UnknownEvent(_("There is no event of that id to refund."))
    return original


def _rest(original: ReferralEvent) -> Money | None:
    """What has not been given back; None for an event that was worth nothing in money."""
    if not original.amount:
        return None
    returned = original.taken_back_by.aggregate(sum=Sum("amount"))["sum"] or 0
    return Money(original.amount - returned, original.unit)


def _check(original: ReferralEvent, money: Money | None) -> None:
    if not ReferralEvent.objects.filter(pk=original.pk).standing().exists():
        raise RefundTooLarge(_("All of this event has been taken back already."))
    left = _rest(original)
    if left is None and money:
        raise RefundTooLarge(_("This event has no amount of which a part could be given back."))
    if left is None or money is None:
        return
    if money.unit != left.unit:
        raise CurrencyMismatch(_("The event was in %(unit)s.") % {"unit": left.unit})
    if not 0 < money.amount <= left.amount:
        raise RefundTooLarge(_("At most %(left)s of this event is left.") % {"left": money_words(left)})


def _again(earlier: ReferralEvent, original: ReferralEvent, amount: Money | None) -> Recorded:
    asked = amount.amount if amount else None
    same_money = earlier.metadata.get("asked") == asked and (amount is None or earlier.unit == amount.unit)
    if earlier.type != ReferralEvent.REFUND or earlier.takes_back_id != original.pk or not same_money:
        raise EventIdReused(_("This event id was used before, for something else."))
    return Recorded(earlier, duplicate=True)

"""Codes of gift cards that the company bought: sealed when they are typed, each taken once, opened for its owner."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.money import Money
from config.lib.signing import keyed_hash, open_sealed, seal
from rewards.errors import BadCodes
from rewards.models import CatalogueItem, GiftCode, GiftOrder
from rewards.services.gift_orders import gift_rewards_resume

FINGERPRINT = "gift-code"
MOST_CODES = 5_000
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`known`: codes that were there before, or stood in the list twice."""

    added: int
    known: int
    resumed: int


def gift_codes_add(
    *,
    item: CatalogueItem,
    codes: list[str],
    worth: Money,
    valid_until: date | None,
    actor: User,
    now: datetime,
) -> Uploaded:
    """Take up codes worth `worth` each. Rewards that waited for them go on. Raises BadCodes."""
    wanted = [code for code in (line.strip() for line in codes) if code]
    _check(item, wanted, worth)
    with transaction.atomic():
        added = sum(_added(item, code, worth, valid_until, now) for code in wanted)
        # Neither a code nor a part of one: the trail cannot be erased.
        after = {"added": added, "amount": worth.amount, "unit": worth.unit}
        audit(verb="gift_codes_add", row=item, actor=actor, after=after)
    return Uploaded(added, len(wanted) - added, gift_rewards_resume(now))


def gift_code_of(order: GiftOrder) -> str:
    """The code in the clear, for its owner; empty where there is none or it is not theirs yet."""
    code = GiftCode.objects.filter(order=order, order__status=GiftOrder.Status.SENT).first()
    return open_sealed(code.sealed) if code else ""


def _check(item: CatalogueItem, codes: list[str], worth: Money) -> None:
    if item.kind != CatalogueItem.Kind.GIFT_CARD:
        raise BadCodes(_("Only gift cards have codes."))
    if worth.unit != item.unit:
        raise BadCodes(_("This gift card is in %(unit)s.") % {"unit": item.unit})
    if worth.amount < item.least or (item.most is not None and worth.amount > item.most):
        raise BadCodes(_("Nobody could pick a card of that worth: look at “from” and “up to” of the item."))
    if not codes:
        raise BadCodes(_("There is no code in this list."))
    if len(codes) > MOST_CODES:
        raise BadCodes(_("At most %(most)s codes at once.") % {"most": MOST_CODES})
    for number, code in enumerate(codes, start=1):
        if len(code) > LONGEST or not code.isprintable():
            raise BadCodes(
                _("Code %(number)s cannot be one: it is too long, or has odd characters.") % {"number": number}
            )


def _added(item: CatalogueItem, code: str, worth: Money, valid_until: date | None, now: datetime) -> bool:
    _row, is_new = insert_once(
        GiftCode,
        unique=["fingerprint"],
        item=item,
        sealed=seal(code),
        fingerprint=keyed_hash(FINGERPRINT, f"{item.pk}:{code}"),
        amount=worth.amount,
        unit=worth.unit,
        valid_until=valid_until,
        added_at=now,
    )
    return is_new

"""One press is enough, works for good, and asks for no sign-in. What we keep is a keyed hash of the address."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import Suppression
from advocates.selectors import suppressions_of
from advocates.services.suppression import suppression_add, suppression_lift
from campaigns.models import MessageEvent, OutboundMessage

Scope = Suppression.Scope
Reason = Suppression.Reason
BY = "unsubscribe page"


class Wish(models.TextChoices):
    """What a person wants to get from us."""

    EVERYTHING = "everything", _("Invitations to recommend, and mail about my rewards")
    REWARDS = "rewards", _("Only mail about my rewards and what I did myself")
    NOTHING = "nothing", _("No mail at all")


HELD_BACK: dict[str, set[str]] = {
    Wish.EVERYTHING: set(),
    Wish.REWARDS: {Scope.ASKS},
    Wish.NOTHING: {Scope.ALL},
}


def unsubscribe(*, message: OutboundMessage, now: datetime) -> None:
    """The one click of RFC 8058: no more asks to the address that this mail went to. Once more changes nothing."""
    if not message.to_address:  # erased: there is nobody left to write to
        return
    with transaction.atomic():
        if Scope.ASKS in _standing(message.to_address):
            return
        suppression_add(address=message.to_address, scope=Scope.ASKS, reason=Reason.UNSUBSCRIBED, now=now, by=BY)
        _note(message, now, Wish.REWARDS)


def wish_save(*, message: OutboundMessage, wish: str, now: datetime) -> None:
    """Let through what the person wants and hold back the rest, for the address that this mail went to."""
    if not message.to_address:
        return
    with transaction.atomic():
        if address_wish_save(address=message.to_address, wish=wish, now=now):
            _note(message, now, wish)


def address_wish_save(*, address: str, wish: str, now: datetime) -> bool:
    """The same for an address by itself; whether that changed anything.

    What a bounce, a complaint or staff stopped is not let through again by a press of a button.
    """
    wanted = HELD_BACK[wish]
    standing = _standing(address)
    if standing == wanted:
        return False
    with transaction.atomic():
        is_their_own = not suppressions_of(address).exclude(reason=Reason.UNSUBSCRIBED).exists()
        if standing - wanted and is_their_own:
            suppression_lift(address=address, actor=None, reason=wish, by=BY)
        for scope in wanted:
            suppression_add(address=address, scope=scope, reason=Reason.UNSUBSCRIBED, now=now, by=BY)
    return True


def wish_of(address: str) -> str:
    """What an address gets at present."""
    standing = _standing(address)
    if Scope.ALL in standing:
        return Wish.NOTHING
    return Wish.REWARDS if standing else Wish.EVERYTHING


def _standing(address: str) -> set[str]:
    return set(suppressions_of(address).values_list("scope", flat=True))


def _note(message: OutboundMessage, now: datetime, wish: str) -> None:
    MessageEvent.objects.create(message=message, kind=MessageEvent.Kind.UNSUBSCRIBED, occurred_at=now, detail=wish)

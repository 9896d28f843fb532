"""Contacts in the order of their ids: after keys and purchases, before anything of the apps above."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from advocates.models import Contact, ContactKey, Purchase, Segment
from config.lib.question import Question


def contacts_lock(*, ids: Iterable[int]) -> list[Contact]:
    """Hold these contacts until the transaction ends."""
    return list(Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def purchase_locked(pk: int) -> tuple[Purchase, Contact]:
    """A standing purchase and its contact, who comes first. Two people may become one between the two looks."""
    while True:
        [contact] = contacts_lock(ids=Purchase.objects.filter(pk=pk).values_list("contact_id", flat=True))
        purchase = Purchase.objects.select_for_update().get(pk=pk)
        if purchase.contact_id == contact.pk:
            return purchase, contact


def segment_lock(pk: int) -> Segment:
    """One refresh, change or retirement of a segment at a time: it comes before any contact."""
    return Segment.objects.select_for_update().get(pk=pk)


def contacts_held(*, ids: Iterable[int]) -> list[Contact]:
    """The same, but rows that only point at them may still come: others who hold a referral write such rows."""
    return list(Contact.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def owners_held(keys: Sequence[ContactKey]) -> list[ContactKey]:
    """Those of the keys that are known, with the people that they belong to, held in the same way."""
    named = {f"{part}{place}": str(getattr(key, part)) for place, key in enumerate(keys) for part in KEY_PARTS}
    return _known_keys(**named)


KEY_PARTS = ("kind", "source", "value")


def _keys_query(**named: str) -> "QuerySet[ContactKey]":
    any_of = Q()
    for place in range(len(named) // len(KEY_PARTS)):
        any_of |= Q(**{part: named[f"{part}{place}"] for part in KEY_PARTS})
    held = ContactKey.objects.select_for_update(of=("contact",), no_key=True)
    return held.select_related("contact__details").filter(any_of).order_by("contact", "pk")


_known_keys = Question(_keys_query)

"""Contacts in the order of their ids: after keys and purchases, before anything of the apps above."""

from collections.abc import Iterable

from advocates.models import Contact, Purchase, Segment


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

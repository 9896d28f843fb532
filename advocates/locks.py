"""Contacts in the order of their ids: after keys and purchases, before anything of the apps above."""

from collections.abc import Iterable

from advocates.models import Contact


def contacts_lock(*, ids: Iterable[int]) -> list[Contact]:
    """Hold these contacts until the transaction ends."""
    return list(Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk"))

"""Finding people by what staff type: each table is asked on its own, and the answers are put together as ids.

One question that joins names, addresses and numbers of all people takes seconds where these take a part of one.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet

from advocates.models import Contact, ContactDetails, ContactKey

# So many are told by their ids, so that the tables are not gone through again for the count and for the page.
FEW = 1_000
# More words than these narrow nothing down.
WORDS = 6


def people_like(term: str) -> Collection[int] | QuerySet[Any]:
    """Ids of those of whom each word stands in the name, the company, an address or a number, for `…__in`."""
    found = Contact.objects.order_by()
    for word in term.split()[:WORDS]:
        found = found.filter(pk__in=_holding(word))
    ids = list(found.values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else found.values("pk")


def people_named(words: str) -> QuerySet[Any]:
    """Ids of those of whom these words, one after the other, stand in the name or the company."""
    named = ContactDetails.objects.filter(Q(name__icontains=words) | Q(company__icontains=words))
    return named.order_by().values(found=F("contact_id"))


def _holding(word: str) -> QuerySet[Any]:
    keys = ContactKey.objects.filter(Q(value__icontains=word) | Q(shown__icontains=word))
    known = Contact.objects.filter(public_id=word)
    merged = Contact.objects.filter(public_id=word, merged_into__isnull=False)
    return people_named(word).union(
        keys.order_by().values(found=F("contact_id")),
        known.order_by().values(found=F("pk")),
        merged.order_by().values(found=F("merged_into_id")),
    )

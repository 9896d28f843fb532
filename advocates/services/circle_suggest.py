"""Everybody in the customer base is weighed; the best are kept as suggestions for a person to decide about."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from advocates.circle import SIGNALS, Reading, reasons_kept
from advocates.locks import contacts_lock
from advocates.models import CircleChoice, CircleSuggestion, Contact, ContactKey, Suppression
from advocates.selectors import SUPPRESSION_PURPOSE, without_open_complaint
from config.lib.many import insert_many, update_many
from config.lib.signing import keyed_hashes

# More than this nobody looks through in a week.
KEPT = 200
# Who has fewer points is not worth somebody's time: a customer who is known for long and nothing else has ten.
ENOUGH = 25
CHUNK = 2_000


@dataclass(frozen=True, slots=True, order=True)
class _Weighed:
    """In the order of the heap: fewer points first, of equals the one known last."""

    score: int
    minus_id: int
    reasons: Any = None

    @property
    def contact_id(self) -> int:
        return -self.minus_id


def circle_suggest(now: datetime) -> dict[str, int]:
    """Weigh all candidates, a chunk at a time, and write down the best. Again with the same facts changes nothing."""
    best: list[_Weighed] = []
    weighed = 0
    for chunk in _chunks():
        weighed += len(chunk)
        for found in _promising(chunk, best, now):
            heapq.heappush(best, found)
            if len(best) > KEPT:
                heapq.heappop(best)
    with transaction.atomic():
        return {"weighed": weighed} | _write(best, now)


def candidates() -> QuerySet[Contact]:
    """Whoever may be asked one day, from every source of advocates, and was not decided about."""
    living = Contact.objects.living().filter(is_test=False, circle=None, staff_users=None)
    content = living.exclude(nps_score__lt=Contact.PASSIVE_FROM)
    return without_open_complaint(content).select_related("score")


def _chunks() -> Iterator[list[Contact]]:
    last = 0
    while chunk := list(candidates().filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _promising(chunk: Sequence[Contact], best: Sequence[_Weighed], now: datetime) -> list[_Weighed]:
    """Those of the chunk that have enough points, would stand among the best, and may be asked."""
    bar = max(ENOUGH, best[0].score if len(best) >= KEPT else 0)
    readings = {signal.name: signal.read(chunk, now) for signal in SIGNALS}
    found = []
    for contact in chunk:
        own = {name: of[contact.pk] for name, of in readings.items() if contact.pk in of}
        score = sum(reading.points for reading in own.values())
        if score >= bar:
            found.append((contact.pk, score, own))
    held = held_back([pk for pk, _score, _own in found])
    return [_weighed(*entry) for entry in found if entry[0] not in held]


def _weighed(pk: int, score: int, own: Mapping[str, Reading]) -> _Weighed:
    return _Weighed(score, -pk, reasons_kept(own))


def held_back(ids: Sequence[int]) -> set[int]:
    """Whose address, the one that mails go to, is suppressed."""
    keys = ContactKey.objects.filter(contact__in=ids, kind=ContactKey.Kind.EMAIL).order_by("pk")
    latest = dict(keys.values_list("contact_id", "value"))
    by_hash = {hashed: pk for pk, value in latest.items() for hashed in keyed_hashes(SUPPRESSION_PURPOSE, value)}
    found = Suppression.objects.filter(key_hash__in=by_hash).values_list("key_hash", flat=True)
    return {by_hash[hashed] for hashed in found}


def _write(best: Sequence[_Weighed], now: datetime) -> dict[str, int]:
    """Held under the contacts' locks, so that nobody is put forward whom somebody decides about meanwhile."""
    standing = set(CircleSuggestion.objects.open().values_list("contact_id", flat=True))
    locked = contacts_lock(ids=sorted(standing | {one.contact_id for one in best}))
    decided = set(CircleChoice.objects.filter(contact__in=locked).values_list("contact_id", flat=True))
    people = {contact.pk: contact for contact in locked if _may_stand(contact) and contact.pk not in decided}
    wanted = {one.contact_id: one for one in best if one.contact_id in people}
    rows = _undecided_rows(wanted)
    for pk, row in rows.items():
        row.score, row.reasons, row.refreshed_at = wanted[pk].score, wanted[pk].reasons, now
        row.live_key = people[pk].public_id
    gone = CircleSuggestion.objects.open().exclude(contact__in=wanted).update(live_key=F("public_id"))
    update_many(list(rows.values()), fields=["score", "reasons", "refreshed_at", "live_key"])
    fresh = [_row(people[pk], wanted[pk], now) for pk in sorted(wanted.keys() - rows.keys())]
    made = insert_many(sorted(fresh, key=lambda row: row.live_key), unique=["live_key"])
    return {"suggested": len(wanted), "new": len(made), "withdrawn": gone}


def _undecided_rows(wanted: Mapping[int, _Weighed]) -> dict[int, CircleSuggestion]:
    """One row for each who was put forward before without a decision; the open one where there are several."""
    rows = CircleSuggestion.objects.filter(contact__in=wanted, decision="").order_by("pk")
    found: dict[int, CircleSuggestion] = {}
    for row in rows:
        if row.contact_id not in found or row.live_key != row.public_id:
            found[row.contact_id] = row
    return found


def _may_stand(contact: Contact) -> bool:
    return contact.merged_into_id is None and contact.erased_at is None


def _row(contact: Contact, weighed: _Weighed, now: datetime) -> CircleSuggestion:
    return CircleSuggestion(
        contact=contact,
        live_key=contact.public_id,
        score=weighed.score,
        reasons=weighed.reasons,
        suggested_at=now,
        refreshed_at=now,
    )

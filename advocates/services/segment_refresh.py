"""Who is in a segment is kept as rows, with the moments of joining and leaving. Written by sets, a range at a time.

The question itself is always asked live where it decides something; these rows serve lists, figures and history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, Max

from advocates.locks import segment_lock
from advocates.models import Contact, Segment, SegmentEvent, SegmentMember
from advocates.segments.evaluate import segment_contacts
from config.lib import clock

# So many ids of contacts are looked at in one transaction: others may write between two of them.
RANGE = 50_000
# A count older than this is taken again.
FRESH = timedelta(minutes=10)
# A round of the job starts no further segment after that; the next round goes on with the oldest count.
ROUND = timedelta(minutes=4)

MEMBER, EVENT = SegmentMember._meta.db_table, SegmentEvent._meta.db_table
Sql = tuple[str, list[Any]]
NOBODY: Sql = (f"SELECT id FROM {Contact._meta.db_table} WHERE 1 = 0", [])  # noqa: S608 - the name comes from the model


@dataclass(frozen=True, slots=True)
class Refreshed:
    members: int
    joined: int
    left: int


def segments_refresh(now: datetime) -> dict[str, int]:
    """The job: every segment in use whose count is no longer fresh, the oldest count first."""
    due = Segment.objects.filter(is_active=True).exclude(refreshed_at__gt=now - FRESH)
    counted = {"segments": 0, "joined": 0, "left": 0}
    for segment in due.order_by(F("refreshed_at").asc(nulls_first=True), "pk"):
        refreshed = segment_refresh(segment=segment, now=now)
        counted["segments"] += 1
        counted["joined"] += refreshed.joined
        counted["left"] += refreshed.left
        if clock.now() - now > ROUND:
            break
    return counted


def segment_refresh(*, segment: Segment, now: datetime) -> Refreshed:
    """Bring the kept members in line with the question. Repeating it changes nothing; two at once do it once.

    Each range of ids stands in a transaction of its own, under the segment's lock.
    """
    joined = left = 0
    for low, high in _ranges():
        with transaction.atomic():
            standing = segment_lock(segment.pk)
            matching = _matching(standing, low, high, now)
            left += _leave(standing.pk, low, high, matching, now)
            joined += _join(standing.pk, low, high, matching, now)
    with transaction.atomic():
        segment_lock(segment.pk)
        members = SegmentMember.objects.filter(segment=segment).count()
        Segment.objects.filter(pk=segment.pk).update(members_count=members, refreshed_at=now)
    return Refreshed(members, joined, left)


def members_leave(segment: Segment, *, now: datetime) -> int:
    """Everybody leaves, inside the caller's transaction, which holds the segment."""
    return sum(_leave(segment.pk, low, high, NOBODY, now) for low, high in _ranges())


def _ranges() -> Iterator[tuple[int, int]]:
    last = Contact.objects.aggregate(last=Max("pk"))["last"] or 0
    for low in range(0, last + 1, RANGE):
        yield low, low + RANGE - 1


def _matching(segment: Segment, low: int, high: int, now: datetime) -> Sql:
    """The ids in that range that answer to the segment, as a SELECT of one column named id."""
    people = segment_contacts(segment, now).filter(pk__range=(low, high)).order_by().values("id")
    try:
        sql, params = people.query.sql_with_params()
    except EmptyResultSet:
        return NOBODY
    return sql, list(params)


def _join(segment: int, low: int, high: int, matching: Sql, now: datetime) -> int:
    """First the members, then an event for each that this very refresh has written."""
    sql, params = matching
    joined = _run(
        f"INSERT INTO {MEMBER} (segment_id, contact_id, joined_at) "  # noqa: S608 - names come from the models
        f"SELECT {int(segment)}, found.id, %s FROM ({sql}) AS found WHERE NOT EXISTS "
        f"(SELECT 1 FROM {MEMBER} AS m WHERE m.segment_id = %s AND m.contact_id = found.id) "
        "ON CONFLICT (segment_id, contact_id) DO NOTHING",
        [_moment(now), *params, segment],
    )
    if joined:
        _run(
            f"INSERT INTO {EVENT} (segment_id, contact_id, kind, occurred_at) "  # noqa: S608 - names come from the models
            f"SELECT m.segment_id, m.contact_id, 'joined', m.joined_at FROM {MEMBER} AS m WHERE m.segment_id = %s "
            # Told already are read once, not sought for each member: all of them have this one moment.
            f"AND m.contact_id BETWEEN %s AND %s AND m.joined_at = %s AND m.contact_id NOT IN (SELECT contact_id "
            f"FROM {EVENT} WHERE segment_id = %s AND kind = 'joined' AND occurred_at = %s "
            "AND contact_id BETWEEN %s AND %s)",
            [segment, low, high, _moment(now), segment, _moment(now), low, high],
        )
    return joined


def _leave(segment: int, low: int, high: int, matching: Sql, now: datetime) -> int:
    """First an event for each who goes, then exactly these members are deleted: nobody goes without a trace."""
    sql, params = matching
    left = _run(
        f"INSERT INTO {EVENT} (segment_id, contact_id, kind, occurred_at) "  # noqa: S608 - names come from the models
        f"SELECT m.segment_id, m.contact_id, 'left', %s FROM {MEMBER} AS m WHERE m.segment_id = %s "
        f"AND m.contact_id BETWEEN %s AND %s AND m.contact_id NOT IN ({sql})",
        [_moment(now), segment, low, high, *params],
    )
    if left:
        _run(
            f"DELETE FROM {MEMBER} WHERE segment_id = %s AND contact_id BETWEEN %s AND %s AND contact_id IN "  # noqa: S608 - names come from the models
            f"(SELECT contact_id FROM {EVENT} WHERE segment_id = %s AND kind = 'left' AND occurred_at = %s)",
            [segment, low, high, segment, _moment(now)],
        )
    return left


def _moment(now: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(now)


def _run(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)

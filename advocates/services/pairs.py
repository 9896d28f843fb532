"""Who may be one person: looked for a few thousand people at a time, proposed to staff, decided by them.

Only people who changed are compared, and only with those who share a name, a company, a mailbox or a telephone: nothing
else could make them alike enough, and memory stays bounded, whatever the number of people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from advocates.likeness import SUGGESTED_FROM, Likeness, Profile, likeness, match_company, match_name
from advocates.models import Contact, ContactDetails, ContactKey, ContactPair, JobRun, User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.states import move

JOB = "contact_pairs_find"
PEOPLE_A_RUN = 10_000
PAIRS_A_RUN = 500
CHUNK = 200
BLOCK = 100  # a name that more people share says nothing
ROWS = 20_000
SETTLING = timedelta(minutes=10)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Status = ContactPair.Status


def pair_apart(*, pair: ContactPair, actor: User, reason: str, now: datetime) -> None:
    """Two people: they are not suggested again. Raises NotAllowed, Stale."""
    with transaction.atomic():
        before = move(pair, to=Status.APART, table=ContactPair.MOVES, decided_by=actor, decided_at=now)
        after = {"status": Status.APART, "score": pair.score}
        audit(verb="contact_pair_apart", row=pair, actor=actor, before={"status": before}, after=after, reason=reason)


def pairs_find(now: datetime) -> dict[str, int]:
    """The job: compare who changed since the last run, the longest ago first. The next one goes on after `until`."""
    until, after = _cursor()
    later = Q(updated_at__gt=_moment(until)) | Q(updated_at=_moment(until), pk__gt=after)
    rows = Contact.objects.living().filter(later).order_by("updated_at", "pk")
    changed = list(rows.values_list("pk", "updated_at")[:PEOPLE_A_RUN])
    found = compared = 0
    for start in range(0, len(changed), CHUNK):
        chunk = changed[start : start + CHUNK]
        found += _suggest([pk for pk, _at in chunk], now)
        compared += len(chunk)
        after, until = chunk[-1][0], _stamp(chunk[-1][1])
        if found >= PAIRS_A_RUN:
            break
    # Who is being written at this moment commits with a time that is past by then: the last minutes are read again.
    settled = _stamp(now - SETTLING)
    return {"compared": compared, "found": found} | _place(until, after, settled)


def _place(until: int, after: int, settled: int) -> dict[str, int]:
    return {"until": settled, "after": 0} if until > settled else {"until": until, "after": after}


def _cursor() -> tuple[int, int]:
    """Time (in microseconds) and id up to which people were compared."""
    last = JobRun.objects.filter(name=JOB, status=JobRun.Status.DONE).order_by("-started_at").first()
    return (int(last.result["until"]), int(last.result["after"])) if last and "until" in last.result else (0, 0)


def _suggest(ids: Sequence[int], now: datetime) -> int:
    """Compare each of these with everybody who shares something with them; how many new pairs."""
    profiles = _profiles(ids)
    others = _neighbours(ids, profiles)
    profiles |= _profiles([pk for pk in set().union(*others.values()) if pk not in profiles])
    found = 0
    for pk, near in others.items():
        for other in near:
            if pk in profiles and other in profiles:
                found += _propose(pk, other, likeness(profiles[pk], profiles[other]), now)
    return found


def _neighbours(ids: Iterable[int], profiles: Mapping[int, Profile]) -> dict[int, set[int]]:
    """Who shares a name, a company, a mailbox but for its label, or the telephone of which they have an extension."""
    wanted = [pk for pk in ids if pk in profiles]
    names: dict[str, set[int]] = defaultdict(set)
    companies: dict[str, set[int]] = defaultdict(set)
    strict: dict[str, set[int]] = defaultdict(set)
    phones: dict[str, set[int]] = defaultdict(set)
    for pk in wanted:
        profile = profiles[pk]
        _file(names, [profile.name], pk)
        _file(strict, profile.strict, pk)
        _file(phones, profile.phones, pk)
    for pk, company in ContactDetails.objects.filter(pk__in=wanted).values_list("pk", "company"):
        _file(companies, [company], pk)
    near: dict[int, set[int]] = {pk: set() for pk in wanted}
    for shared, rows in (
        (names, ContactDetails.objects.filter(match_name__in=list(names)).values_list("match_name", "pk")),
        (companies, ContactDetails.objects.filter(company__in=list(companies)).values_list("company", "pk")),
        (strict, ContactKey.objects.filter(strict__in=list(strict)).values_list("strict", "contact_id")),
        (phones, _calls(phones)),
    ):
        _gather(near, shared, rows)
    return near


def _gather(near: dict[int, set[int]], shared: Mapping[str, set[int]], rows: Any) -> None:
    """Put those of a block side by side. A name or company of very many people says nothing: such blocks are cut."""
    if not shared:
        return
    seen: Counter[str] = Counter()
    for value, other in rows[:ROWS].iterator():
        seen[value] += 1
        if seen[value] <= BLOCK:
            for pk in shared.get(value, ()):
                if pk != other:
                    near[pk].add(other)


def _file(shared: dict[str, set[int]], values: Iterable[str], pk: int) -> None:
    for value in values:
        if value:
            shared[value].add(pk)


def _calls(phones: Iterable[str]) -> Any:
    numbers = ContactKey.objects.filter(kind=ContactKey.Kind.PHONE, value__in=list(phones))
    return numbers.values_list("value", "contact_id")


def _profiles(ids: Iterable[int]) -> dict[int, Profile]:
    """Of the living, with real people and test data apart."""
    people = Contact.objects.living().filter(pk__in=list(ids), is_test=False).select_related("details")
    profiles = {}
    for person in people.prefetch_related("keys"):
        details = getattr(person, "details", None)
        keys = list(person.keys.all())
        profiles[person.pk] = Profile(
            name=details.match_name or match_name(details.name) if details else "",
            company=match_company(details.company) if details else "",
            phones=frozenset(key.value.partition(";")[0] for key in keys if key.kind == ContactKey.Kind.PHONE),
            strict=frozenset(key.strict for key in keys if key.strict),
        )
    return profiles


def _propose(one: int, other: int, alike: Likeness, now: datetime) -> int:
    """A new pair where they are alike enough; what stands already, decided or not, stays as it is."""
    if alike.score < SUGGESTED_FROM:
        return 0
    left, right = sorted((one, other))
    _pair, is_new = insert_once(
        ContactPair,
        unique=["left_id", "right_id"],
        left_id=left,
        right_id=right,
        cause=ContactPair.Cause.ALIKE,
        score=alike.score,
        reasons=list(alike.reasons),
        found_at=now,
    )
    return int(is_new)


def _stamp(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _moment(stamp: int) -> datetime:
    return EPOCH + timedelta(microseconds=stamp)

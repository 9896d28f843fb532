"""Entries are numbered under the contest's lock. One that does not count keeps its number and says why."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _, gettext_noop

from advocates.models import Contact, User
from advocates.people import family
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from rewards.contests import country_of
from rewards.errors import AlreadyEntered, ContestClosed
from rewards.locks import contest_lock
from rewards.models import Contest, ContestEntry, Reward

Status = Contest.Status

# Why an entry does not count, as the row keeps it.
LEFT_OUT = gettext_noop("the country is left out")
OUTSIDE = gettext_noop("earned outside of the period")
ENOUGH = gettext_noop("more than a person may have")
TEST = gettext_noop("test")
TAKEN_BACK = gettext_noop("what it was earned by was taken back")
WITHDRAWN = gettext_noop("withdrawn")
OWN_REASONS = (LEFT_OUT, OUTSIDE, ENOUGH, TEST, TAKEN_BACK, WITHDRAWN)


def entries_earn(
    *, contest_id: int, reward: Reward, earned_at: datetime, key: str, now: datetime
) -> list[ContestEntry] | None:
    """The entries of a reward, each once by `key`; None when the contest is over. Runs in the caller's transaction."""
    contest = contest_lock(contest_id)
    if contest.status != Status.OPEN or reward.contact is None:
        return None
    reason = _why_void(contest, reward.contact, earned_at, is_test=reward.is_test)
    keys = [f"{key}:{number}" for number in range(1, reward.amount + 1)]
    return _insert(contest, reward.contact, keys, reason=reason, reward=reward, now=now)


def entry_add_free(*, contest: Contest, contact: Contact, actor: User, now: datetime) -> ContestEntry:
    """Somebody entered by the way that asks for nothing: once for a person. Raises ContestClosed, AlreadyEntered."""
    with transaction.atomic():
        contest = contest_lock(contest.pk)
        if contest.status != Status.OPEN:
            raise ContestClosed(_("This contest takes no entries."))
        people = family(contact)
        keys = [f"free:{one.public_id}" for one in people]
        if contest.entries.filter(entry_key__in=keys).exists():
            raise AlreadyEntered(_("This person has entered this way already: it is one entry for each person."))
        reason = _why_void(contest, contact, now, is_test=contact.is_test)
        (entry,) = _insert(contest, contact, [f"free:{contact.public_id}"], reason=reason, reward=None, now=now)
        audit(verb="contest_entry_free", row=contest, actor=actor, after={"number": entry.number, "void": reason})
    return entry


def entry_void(*, entry: ContestEntry, actor: User, reason: str, now: datetime) -> ContestEntry:
    """An entry that broke the terms: it keeps its number and cannot win. Raises ContestClosed after the draw."""
    with transaction.atomic():
        contest = contest_lock(entry.contest_id)
        if contest.status != Status.OPEN:
            raise ContestClosed(_("After the draw nothing about its entries changes."))
        ContestEntry.objects.filter(pk=entry.pk, void_reason="").update(void_reason=reason)
        entry.refresh_from_db()
        after = {"number": entry.number, "at": now.isoformat()}
        audit(verb="contest_entry_void", row=contest, actor=actor, after=after, reason=reason)
    return entry


def entries_take_back(*, reward: Reward) -> bool:
    """What earned them went away: they do not count. False once they were drawn: what was won stays won."""
    held = ContestEntry.objects.filter(reward=reward)
    contests = held.order_by("contest_id").values_list("contest_id", flat=True).distinct()
    if not all(contest_lock(pk).status == Status.OPEN for pk in contests):
        return False
    held.filter(void_reason="").update(void_reason=TAKEN_BACK)
    return True


def contests_hold(contest_ids: Iterable[int]) -> None:
    """For who gives entries and money by one event: contests come before accounts (rewards/locks.py)."""
    for pk in sorted(set(contest_ids)):
        contest_lock(pk)


def _why_void(contest: Contest, contact: Contact, earned_at: datetime, *, is_test: bool) -> str:
    """Why all of these do not count, "" when they do."""
    if is_test and not contest.campaign.is_test:
        return TEST
    if country_of(contact) in contest.excluded_countries:
        return LEFT_OUT
    return "" if contest.starts_at <= earned_at < contest.ends_at else OUTSIDE


def _insert(
    contest: Contest, contact: Contact, keys: list[str], *, reason: str, reward: Reward | None, now: datetime
) -> list[ContestEntry]:
    """Under the contest's lock: the next numbers, as many as the person may have of them valid."""
    last = contest.entries.aggregate(last=Max("number"))["last"] or 0
    room = _room(contest, contact)
    entries = []
    for key in keys:
        void = reason or ("" if room is None or room > 0 else ENOUGH)
        entry, is_new = insert_once(
            ContestEntry,
            unique=["contest", "entry_key"],
            contest=contest,
            entry_key=key,
            contact=contact,
            number=last + 1,
            reward=reward,
            void_reason=void,
            entered_at=now,
        )
        last += is_new
        if room is not None and is_new and not void:
            room -= 1
        entries.append(entry)
    return entries


def _room(contest: Contest, contact: Contact) -> int | None:
    """How many more valid entries the person may have; None: as many as they earn."""
    if contest.entries_per_person is None:
        return None
    taken = contest.entries.filter(contact__in=family(contact), void_reason="").count()
    return max(contest.entries_per_person - taken, 0)

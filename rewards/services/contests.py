"""The life of a contest. The seed is committed to when it opens, before the first entry, and shown by the draw."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import Contact, User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.signing import open_sealed, seal
from config.lib.states import NotAllowed, move
from rewards.contests import MOST_PRIZES, is_running, may_be_drawn, prizes_of, valid_people
from rewards.errors import BadContest, ContestClosed, TooEarly
from rewards.locks import contest_lock, reward_lock
from rewards.models import Contest, ContestEntry, ContestName, ContestWinner, Reward, RewardRule
from rewards.rules.lots import draw, seed_hash
from rewards.services.contest_letters import tell_winners
from rewards.services.rewards import reward_settle

Status = Contest.Status

SEED_BYTES = 32


def contest_problems(contest: Contest) -> list[str]:
    """Why it may not open, as sentences; empty when it may."""
    problems = prize_problems(contest.prizes)
    if contest.ends_at <= contest.starts_at:
        problems.append(_("It ends before it begins."))
    if not contest.free_entry_route.strip() and not contest.excluded_countries:
        problems.append(
            _("Name a way to enter without a referral, or the countries that are left out: many laws ask for one.")
        )
    return problems


def prize_problems(prizes: Any) -> list[str]:
    if not isinstance(prizes, list) or not prizes:
        return [_("Name at least one prize.")]
    if not all(_is_prize(prize) for prize in prizes):
        return [_("Each prize has a name and a number of at least 1.")]
    if sum(prize["count"] for prize in prizes) > MOST_PRIZES:
        return [_("A contest gives at most %(most)s prizes.") % {"most": MOST_PRIZES}]
    return []


def contest_save(*, contest: Contest, actor: User) -> Contest:
    """A draft, new or changed. Raises BadContest, or NotAllowed once it was opened."""
    reasons = prize_problems(contest.prizes)
    if reasons:
        raise BadContest(" ".join(reasons), reasons=reasons)
    with transaction.atomic():
        is_new = contest.pk is None
        if not is_new and contest_lock(contest.pk).status != Status.DRAFT:
            raise NotAllowed(_("What people have entered under does not change."))
        contest.save()
        after = {"prizes": contest.prizes, "starts": contest.starts_at, "ends": contest.ends_at}
        audit(verb="contest_made" if is_new else "contest_changed", row=contest, actor=actor, after=after)
    return contest


def contest_open(*, contest: Contest, actor: User | None, now: datetime) -> Contest:
    """From now on people may enter; the hash of the seed is public. Raises BadContest, NotAllowed, Stale."""
    reasons = contest_problems(contest)
    if contest.ends_at <= now:
        reasons.append(_("Its end has passed."))
    if reasons:
        raise BadContest(" ".join(reasons), reasons=reasons)
    seed = secrets.token_hex(SEED_BYTES)
    with transaction.atomic():
        move(contest, to=Status.OPEN, table=Contest.MOVES, seed_hash=seed_hash(seed), sealed_seed=seal(seed))
        after = {"seed_hash": contest.seed_hash, "at": now.isoformat()}
        audit(verb="contest_opened", row=contest, actor=actor, by=_by(actor), after=after)
        _let_in(contest, now)
    return contest


def contest_cancel(*, contest: Contest, actor: User, reason: str, now: datetime) -> Contest:
    """Nobody wins. Raises NotAllowed once it was drawn, Stale."""
    with transaction.atomic():
        move(contest, to=Status.CANCELLED, table=Contest.MOVES)
        audit(verb="contest_cancelled", row=contest, actor=actor, after={"at": now.isoformat()}, reason=reason)
    return contest


def contest_draw(*, contest: Contest, actor: User | None, now: datetime, by: str = "") -> Contest:
    """Draw the winners, once, show the seed, and tell who has won. `by`: the way, where no colleague draws.

    Raises ContestClosed when it is not open, TooEarly before its end, Stale when somebody drew at this moment.
    """
    with transaction.atomic():
        contest = contest_lock(contest.pk)
        if contest.status != Status.OPEN:
            raise ContestClosed(_("Only an open contest can be drawn, and only once."))
        if not may_be_drawn(contest, now):
            raise TooEarly(_("This contest still runs: it can be drawn once it has ended."))
        seed = open_sealed(contest.sealed_seed)
        won = draw(seed, valid_people(contest), prizes_of(contest), prizes_each=contest.prizes_per_person)
        move(contest, to=Status.DRAWN, table=Contest.MOVES, seed=seed, sealed_seed="", drawn_at=now, drawn_by=actor)
        entries = {entry.number: entry for entry in ContestEntry.objects.filter(contest=contest)}
        for one in won:
            ContestWinner.objects.create(contest=contest, entry=entries[one.number], rank=one.rank, prize=one.prize)
        after = {"seed": seed, "entries": len(entries), "winners": [one.number for one in won]}
        audit(verb="contest_drawn", row=contest, actor=actor, by=by or _by(actor), after=after)
        tell_winners(contest=contest, now=now)
    return contest


def contest_name_set(*, contest: Contest, contact: Contact, public_name: str, now: datetime) -> None:
    """Under which name they stand on the leaderboard; an empty one takes it away. Raises ContestClosed."""
    name = " ".join(public_name.split())
    with transaction.atomic():
        own = ContestName.objects.filter(contest=contest, contact=contact)
        if not name:
            own.delete()
            return
        if not is_running(contest, now):
            raise ContestClosed(_("This contest has ended: no new name can be put on its board."))
        _row, is_new = insert_once(
            ContestName, unique=["contest", "contact"], contest=contest, contact=contact, public_name=name
        )
        if not is_new:
            own.update(public_name=name)


def _let_in(contest: Contest, now: datetime) -> None:
    """Entries that were earned before it was open."""
    waiting = Reward.objects.filter(
        campaign=contest.campaign_id, benefit=RewardRule.Benefit.ENTRY, status=Reward.Status.PENDING
    )
    for pk in waiting.filter(benefit_settings__contest=contest.key).order_by("pk").values_list("pk", flat=True):
        reward_settle(reward=reward_lock(pk), now=now)


def _is_prize(prize: Any) -> bool:
    if not isinstance(prize, Mapping) or set(prize) != {"name", "count"}:
        return False
    name, count = prize["name"], prize["count"]
    return isinstance(name, str) and 0 < len(name.strip()) <= 120 and type(count) is int and count >= 1


def _by(actor: User | None) -> str:
    return "" if actor else "system"

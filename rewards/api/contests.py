"""A contest as everybody may see it, and its draw."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from config.lib import clock
from config.lib.schemas import PROBLEM_CODES, Body, NotFound, Problem, caller
from rewards.contests import published
from rewards.models import Contest
from rewards.services.contests import contest_draw

router = Router(tags=["contests"])


class PrizeOut(Schema):
    name: str
    count: int


class EntryOut(Schema):
    """`person`: the smallest number of the same person. Nobody is named."""

    number: int
    person: int
    valid: bool


class WinnerOut(Schema):
    rank: int
    number: int
    prize: str
    contact: str


class ContestOut(Schema):
    """`seed` is empty until the draw; `seed_hash`, its SHA-256, stands from the opening on."""

    id: str
    campaign: str
    key: str
    name: str
    status: str
    starts_at: str
    ends_at: str
    prizes: list[PrizeOut]
    prizes_per_person: int
    entries_per_person: int | None
    free_entry_route: str
    excluded_countries: list[str]
    seed_hash: str
    seed: str
    drawn_at: str | None
    entries: list[EntryOut]
    winners: list[WinnerOut]


class DrawIn(Body):
    """Nothing has to be said: the seed was chosen when the contest opened."""


@router.get(
    "/contests/{slug:contest_id}", response={200: ContestOut, PROBLEM_CODES: Problem}, operation_id="contest_get"
)
def contest_get(request: HttpRequest, contest_id: str) -> dict[str, Any]:
    return contest_out(_contest(request, contest_id))


@router.post(
    "/contests/{slug:contest_id}/draw", response={200: ContestOut, PROBLEM_CODES: Problem}, operation_id="contest_draw"
)
def contest_draw_post(request: HttpRequest, contest_id: str, body: DrawIn | None = None) -> dict[str, Any]:
    """Draws the winners, once. 409 `too_early` before its end, `contest_closed` when it was drawn or is not open."""
    contest = _contest(request, contest_id)
    return contest_out(contest_draw(contest=contest, actor=None, by=caller(request).source, now=clock.now()))


def contest_out(contest: Contest) -> dict[str, Any]:
    winners = contest.winners.select_related("entry__contact").order_by("rank")
    return {
        "id": contest.public_id,
        "campaign": contest.campaign.slug,
        "key": contest.key,
        "name": contest.name,
        "status": contest.status,
        "starts_at": contest.starts_at.isoformat(),
        "ends_at": contest.ends_at.isoformat(),
        "prizes": contest.prizes,
        "prizes_per_person": contest.prizes_per_person,
        "entries_per_person": contest.entries_per_person,
        "free_entry_route": contest.free_entry_route,
        "excluded_countries": contest.excluded_countries,
        "seed_hash": contest.seed_hash,
        "seed": contest.seed,
        "drawn_at": contest.drawn_at.isoformat() if contest.drawn_at else None,
        "entries": [
            {"number": line.number, "person": line.person, "valid": line.is_valid} for line in published(contest)
        ],
        "winners": [
            {
                "rank": winner.rank,
                "number": winner.entry.number,
                "prize": winner.prize,
                "contact": winner.entry.contact.public_id,
            }
            for winner in winners
        ],
    }


def _contest(request: HttpRequest, contest_id: str) -> Contest:
    """A test key reaches test contests only: nobody draws a real one by mistake."""
    contest = Contest.objects.select_related("campaign").filter(public_id=contest_id).first()
    if contest is None or (caller(request).is_test and not contest.campaign.is_test):
        raise NotFound
    return contest

"""A contest as everybody may see it: what can be won, every entry by its number, and how the draw is repeated."""

from typing import Any

from babel import Locale
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, to_locale
from django.views.decorators.http import require_safe

from config.lib import clock
from rewards.contests import is_running, leaderboard, may_be_drawn, prizes_of, published, winner_names
from rewards.models import Contest

# As many stand on the page; all of them stand in the file.
SHOWN = 2_000
LEADERS = 10
FILE_HEAD = "number,person,valid"


@require_safe
def contest(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _found(public_id)
    lines = published(found)
    context = {
        "contest": found,
        "is_running": is_running(found, clock.now()),
        "waits_for_draw": may_be_drawn(found, clock.now()),
        "is_drawn": found.status == Contest.Status.DRAWN,
        "is_cancelled": found.status == Contest.Status.CANCELLED,
        "prizes": prizes_of(found),
        "countries": countries(found),
        "winners": winners_of(found),
        "leaders": leaderboard(found, most=LEADERS),
        "lines": lines[:SHOWN],
        "count": len(lines),
        "valid_count": sum(line.is_valid for line in lines),
        "file_url": reverse("rewards:contest_entries", args=[found.public_id]),
    }
    return render(request, "rewards/contest.html", context)


@require_safe
def contest_entries(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every entry as CSV: its number, the smallest number of the same person, and whether it counts (1) or not (0)."""
    found = _found(public_id)
    rows = [f"{line.number},{line.person},{int(line.is_valid)}" for line in published(found)]
    answer = HttpResponse("\r\n".join([FILE_HEAD, *rows, ""]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.public_id}.csv"'
    return answer


def winners_of(contest: Contest) -> list[dict[str, Any]]:
    """Places with prize and entry; a name only where the winner had chosen one for the board."""
    names = winner_names(contest)
    winners = contest.winners.select_related("entry").order_by("rank")
    return [
        {
            "rank": winner.rank,
            "prize": winner.prize,
            "number": winner.entry.number,
            "name": names.get(winner.entry.contact_id, ""),
        }
        for winner in winners
    ]


def countries(contest: Contest) -> list[str]:
    """Those that are left out, by their names in the active language."""
    territories = Locale.parse(to_locale(get_language() or "en")).territories
    return sorted(territories.get(code, code) for code in contest.excluded_countries)


def _found(public_id: str) -> Contest:
    """Drafts are nobody's business yet."""
    found = Contest.objects.select_related("campaign").filter(public_id=public_id)
    contest = found.exclude(status=Contest.Status.DRAFT).filter(campaign__is_test=False).first()
    if contest is None or not contest.seed_hash:
        raise Http404
    return contest

"""The contests somebody takes part in: their entries, what they have won, and under which name they are seen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advocates.models import Contact
from advocates.people import family
from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.errors import DomainError
from rewards.contest_forms import BoardNameForm
from rewards.contests import entries_of, is_running, leaderboard, prizes_of
from rewards.models import Contest, ContestName
from rewards.services.contests import contest_name_set

LEADERS = 10
SHOWN_NUMBERS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def contests(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    if request.method == "POST":
        return _name(request, contact)
    context = {"contests": [_told(one, contact) for one in contests_of(contact)]}
    return portal_render(request, "rewards/portal/contests.html", context)


def contests_panel(request: HttpRequest, contact: Contact) -> str:
    """A panel of the portal's home while something can be won; empty otherwise."""
    now = clock.now()
    running = [contest for contest in contests_of(contact) if is_running(contest, now)]
    if not running:
        return ""
    context = {
        "contests": [{"name": one.name, "ends_at": one.ends_at, "entries": _valid(one, contact)} for one in running],
        "all_url": reverse("rewards:portal_contests"),
    }
    return render_to_string("rewards/portal/contests_panel.html", context, request=request)


def contests_of(contact: Contact) -> list[Contest]:
    """Of the campaigns that they recommend, and those in which they have an entry; the last to end first."""
    open_ones = Contest.objects.filter(campaign__enrolments__contact=contact, campaign__is_test=contact.is_test)
    entered = Contest.objects.filter(entries__contact__in=family(contact))
    shown = (open_ones | entered).exclude(status=Contest.Status.DRAFT).distinct()
    return list(shown.order_by("-ends_at", "pk"))


def _name(request: HttpRequest, contact: Contact) -> HttpResponse:
    contest = next((one for one in contests_of(contact) if one.public_id == request.POST.get("contest")), None)
    if contest is None:
        raise Http404
    form = BoardNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A name on the board has at most 60 characters, on one line."))
        return redirect("rewards:portal_contests")
    name = form.cleaned_data["public_name"]
    try:
        contest_name_set(contest=contest, contact=contact, public_name=name, now=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("rewards:portal_contests")
    said = _("On the board you stand as “%(name)s”.") % {"name": name} if name else _("You stand there without a name.")
    messages.success(request, said)
    return redirect("rewards:portal_contests")


def _told(contest: Contest, contact: Contact) -> dict[str, Any]:
    own = list(entries_of(contact).filter(contest=contest).order_by("number"))
    name = ContestName.objects.filter(contest=contest, contact=contact).values_list("public_name", flat=True).first()
    return {
        "contest": contest,
        "is_running": is_running(contest, clock.now()),
        "prizes": prizes_of(contest),
        "numbers": [entry.number for entry in own if not entry.void_reason][:SHOWN_NUMBERS],
        "valid": sum(not entry.void_reason for entry in own),
        "void": [(entry.number, _(entry.void_reason)) for entry in own if entry.void_reason][:SHOWN_NUMBERS],
        "won": [entry.won.prize for entry in own if hasattr(entry, "won")],
        "leaders": leaderboard(contest, most=LEADERS, own=contact),
        "form": BoardNameForm(initial={"public_name": name or ""}, auto_id=f"{contest.public_id}_%s"),
        "url": reverse("rewards:contest", args=[contest.public_id]) if not contest.campaign.is_test else "",
    }


def _valid(contest: Contest, contact: Contact) -> int:
    return entries_of(contact).filter(contest=contest, void_reason="").count()

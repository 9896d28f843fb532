"""What staff do with a contest. Each verb says first what it means, for the draw is for good."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.admin.base import Verb, staff_of
from advocates.services.contacts import ContactFacts, contact_upsert
from config.lib import clock
from rewards.admin.contest_forms import FreeEntryForm, ReasonForm
from rewards.contests import may_be_drawn
from rewards.models import Contest, ContestEntry
from rewards.services.contest_entries import entry_add_free, entry_void
from rewards.services.contests import contest_cancel, contest_draw, contest_open

CHANGE = "rewards.change_contest"
DRAW_CONTEST = "rewards.draw_contest"
SOURCE = "contest"
Status = Contest.Status


def confirm_open(contest: Contest) -> str:
    return _(
        "Its page is public from now on, and the seed of the draw is chosen: its hash stands on the page. Period, "
        "prizes and rules of “%(contest)s” change no more."
    ) % {"contest": contest}


def run_open(request: HttpRequest, contest: Contest, data: dict[str, Any]) -> str:
    contest_open(contest=contest, actor=staff_of(request), now=clock.now())
    return _("Open: entries are taken, and the page is public.")


def run_free(request: HttpRequest, contest: Contest, data: dict[str, Any]) -> str:
    now = clock.now()
    facts = ContactFacts(email=data["email"], name=data["name"])
    contact = contact_upsert(facts=facts, source=SOURCE, now=now).contact
    entry = entry_add_free(contest=contest, contact=contact, actor=staff_of(request), now=now)
    if entry.void_reason:
        return _("Entry %(number)s was noted, but it does not count: %(reason)s.") % {
            "number": entry.number,
            "reason": _(entry.void_reason),
        }
    return _("Entry %(number)s was noted.") % {"number": entry.number}


def confirm_draw(contest: Contest) -> str:
    valid = contest.entries.filter(void_reason="").count()
    words = ngettext(
        "The winners are drawn from %(count)d entry, the seed is shown, and the winners are told by mail. This is "
        "for good.",
        "The winners are drawn from %(count)d entries, the seed is shown, and the winners are told by mail. This is "
        "for good.",
        valid,
    )
    return words % {"count": valid}


def run_draw(request: HttpRequest, contest: Contest, data: dict[str, Any]) -> str:
    drawn = contest_draw(contest=contest, actor=staff_of(request), now=clock.now())
    winners = drawn.winners.count()
    return ngettext("Drawn: %(count)d winner.", "Drawn: %(count)d winners.", winners) % {"count": winners}


def confirm_cancel(contest: Contest) -> str:
    return _("Nobody wins anything in “%(contest)s”. Its page says that it was called off.") % {"contest": contest}


def run_cancel(request: HttpRequest, contest: Contest, data: dict[str, Any]) -> str:
    contest_cancel(contest=contest, actor=staff_of(request), reason=data["reason"], now=clock.now())
    return _("Called off.")


def run_void(request: HttpRequest, entry: ContestEntry, data: dict[str, Any]) -> str:
    entry_void(entry=entry, actor=staff_of(request), reason=data["reason"], now=clock.now())
    return _("Entry %(number)s does not count any more.") % {"number": entry.number}


OPEN: Verb[Contest] = Verb(
    name="open",
    label=gettext_lazy("Open the contest"),
    permission=CHANGE,
    run=run_open,
    allowed=lambda contest: contest.status == Status.DRAFT,
    confirm=confirm_open,
    tone="primary",
    icon="play",
)
DRAW: Verb[Contest] = Verb(
    name="draw",
    label=gettext_lazy("Draw the winners"),
    permission=DRAW_CONTEST,
    run=run_draw,
    allowed=lambda contest: may_be_drawn(contest, clock.now()),
    confirm=confirm_draw,
    tone="primary",
    icon="trophy",
)
ADD_FREE: Verb[Contest] = Verb(
    name="enter",
    label=gettext_lazy("Note an entry without a referral"),
    permission=CHANGE,
    run=run_free,
    allowed=lambda contest: contest.status == Status.OPEN,
    form=FreeEntryForm,
    icon="ticket",
)
CANCEL: Verb[Contest] = Verb(
    name="cancel",
    label=gettext_lazy("Call it off"),
    permission=CHANGE,
    run=run_cancel,
    allowed=lambda contest: contest.status in (Status.DRAFT, Status.OPEN),
    form=ReasonForm,
    confirm=confirm_cancel,
    tone="danger",
    icon="ban",
)
VOID: Verb[ContestEntry] = Verb(
    name="void",
    label=gettext_lazy("Does not count"),
    permission=CHANGE,
    run=run_void,
    allowed=lambda entry: entry.contest.status == Status.OPEN and not entry.void_reason,
    form=ReasonForm,
    tone="danger",
    icon="ban",
)

"""Decisions about several people at once: first a page that says how many and whom, then one service each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext
from django_stubs_ext import StrOrPromise

from advocates.admin.base import staff_of
from advocates.admin.circle_forms import LaterForm, LevelForm, TakeInForm, day_said
from advocates.forms import NoteForm, ReasonForm
from advocates.models import CircleChoice, Contact
from advocates.selectors import display_name
from advocates.services.circle import (
    Decided,
    Decision,
    circle_choose_many,
    circle_level_set_many,
    circle_remove_many,
)

Status = CircleChoice.Status
Said = dict[str, Any]
# More on one page nobody reads through before agreeing.
AT_MOST = 200


@dataclass(frozen=True, slots=True)
class BulkVerb:
    """`ask(count)` says what will happen, `done(count)` what has; `run` calls the service."""

    name: str
    label: StrOrPromise
    form: type[forms.Form]
    ask: Callable[[int], str]
    done: Callable[[int], str]
    run: Callable[[HttpRequest, Sequence[str], Said, datetime], Decided]
    tone: str = "primary"


def _choose(status: str) -> Callable[[HttpRequest, Sequence[str], Said, datetime], Decided]:
    def run(request: HttpRequest, ids: Sequence[str], said: Said, now: datetime) -> Decided:
        day = day_said(said, localtime(now).date()) if status == Status.LATER else None
        decision = Decision(status, said["note"], said.get("level"), day)
        return circle_choose_many(ids=ids, decision=decision, actor=staff_of(request), now=now)

    return run


def _set_level(request: HttpRequest, ids: Sequence[str], said: Said, now: datetime) -> Decided:
    return circle_level_set_many(ids=ids, level=said["level"], actor=staff_of(request), note=said["note"])


def _remove(request: HttpRequest, ids: Sequence[str], said: Said, now: datetime) -> Decided:
    return circle_remove_many(ids=ids, actor=staff_of(request), note=said["reason"], now=now)


BULK_VERBS = {
    verb.name: verb
    for verb in (
        BulkVerb(
            "member",
            _lazy("Take into the inner circle"),
            TakeInForm,
            lambda count: ngettext(
                "This person is taken into the inner circle. No mail goes out: asking is a step of its own.",
                "These %(count)s people are taken into the inner circle. "
                "No mail goes out: asking is a step of its own.",
                count,
            ),
            lambda count: ngettext(
                "%(count)s person is in the inner circle now.", "%(count)s people are in it now.", count
            ),
            _choose(Status.MEMBER),
        ),
        BulkVerb(
            "later",
            _lazy("Look again later"),
            LaterForm,
            lambda count: ngettext(
                "This person leaves the suggestions and comes back on the day that you choose.",
                "These %(count)s people leave the suggestions and come back on the day that you choose.",
                count,
            ),
            lambda count: ngettext(
                "You will be reminded of %(count)s person.", "You will be reminded of %(count)s people.", count
            ),
            _choose(Status.LATER),
        ),
        BulkVerb(
            "dismissed",
            _lazy("Do not suggest again"),
            NoteForm,
            lambda count: ngettext(
                "This person is not suggested again. On their own page you can still take them in.",
                "These %(count)s people are not suggested again. On their own pages you can still take them in.",
                count,
            ),
            lambda count: ngettext(
                "%(count)s person is not suggested again.", "%(count)s people are not suggested again.", count
            ),
            _choose(Status.DISMISSED),
        ),
        BulkVerb(
            "level",
            _lazy("Set the level"),
            LevelForm,
            lambda count: ngettext(
                "What this member of the inner circle is offered changes.",
                "What these %(count)s members of the inner circle are offered changes.",
                count,
            ),
            lambda count: ngettext(
                "The level of %(count)s person is set.", "The level of %(count)s people is set.", count
            ),
            _set_level,
        ),
        BulkVerb(
            "removed",
            _lazy("Take out of the inner circle"),
            ReasonForm,
            lambda count: ngettext(
                "This person is asked no more as a member of the inner circle. Links and rewards stay as they are.",
                "These %(count)s people are asked no more as members of the inner circle. "
                "Links and rewards stay as they are.",
                count,
            ),
            lambda count: ngettext("%(count)s person is taken out.", "%(count)s people are taken out.", count),
            _remove,
            tone="danger",
        ),
    )
}


def people_of(ids: Sequence[str]) -> list[Contact]:
    people = Contact.objects.living().filter(public_id__in=list(ids)[:AT_MOST]).select_related("details")
    return list(people.prefetch_related("keys").order_by("details__name", "pk"))


def said_left_out(decided: Decided) -> str:
    """Whom it does not hold for, by name; empty where it holds for all."""
    names = ", ".join(display_name(contact) for contact in decided.left_out)
    return _("Left out, since somebody else decided meanwhile: %(names)s.") % {"names": names} if names else ""

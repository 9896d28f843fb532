"""What staff decide about one person and the inner circle, from their page."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import Verb, staff_of
from advocates.admin.circle_forms import LaterForm, LevelForm, TakeInForm, day_said
from advocates.admin.contact_words import circle_status
from advocates.forms import NoteForm, ReasonForm
from advocates.models import CircleChoice, Contact
from advocates.selectors import display_name
from advocates.services.circle import circle_choose, circle_level_set
from config.lib import clock

Status = CircleChoice.Status
CHANGE = "advocates.change_circlechoice"


def take_in(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    circle_choose(
        contact=contact,
        status=Status.MEMBER,
        actor=staff_of(request),
        note=said["note"],
        level=said["level"],
        now=clock.now(),
    )
    return _("%(name)s is in the inner circle now.") % {"name": display_name(contact)}


def set_level(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    circle_level_set(contact=contact, level=said["level"], actor=staff_of(request), note=said["note"])
    return _("Noted: %(name)s stands at “%(level)s” now.") % {
        "name": display_name(contact),
        "level": said["level"] or _("no level"),
    }


def look_later(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    now = clock.now()
    day = day_said(said, localtime(now).date())
    circle_choose(
        contact=contact, status=Status.LATER, actor=staff_of(request), note=said["note"], remind_on=day, now=now
    )
    return _("You will be reminded of %(name)s on %(day)s.") % {"name": display_name(contact), "day": date_format(day)}


def dismiss(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    circle_choose(contact=contact, status=Status.DISMISSED, actor=staff_of(request), note=said["note"], now=clock.now())
    return _("%(name)s is not suggested again.") % {"name": display_name(contact)}


def take_out(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    circle_choose(contact=contact, status=Status.REMOVED, actor=staff_of(request), note=said["reason"], now=clock.now())
    return _("%(name)s is no longer in the inner circle.") % {"name": display_name(contact)}


def stands(contact: Contact) -> bool:
    """Neither forgotten nor a part of somebody else."""
    return contact.erased_at is None and contact.merged_into_id is None


def _may_become(contact: Contact, status: str) -> bool:
    standing = circle_status(contact)
    return stands(contact) and (not standing or CircleChoice.MOVES.allows(standing, status))


def _is_member(contact: Contact) -> bool:
    return stands(contact) and circle_status(contact) == Status.MEMBER


CIRCLE_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "take-in",
        _lazy("Take into the inner circle"),
        CHANGE,
        take_in,
        allowed=lambda contact: _may_become(contact, Status.MEMBER),
        form=TakeInForm,
        tone="primary",
        icon="orbit",
    ),
    Verb("level", _lazy("Set the level"), CHANGE, set_level, allowed=_is_member, form=LevelForm, icon="orbit"),
    Verb(
        "later",
        _lazy("Look again later"),
        CHANGE,
        look_later,
        allowed=lambda contact: _may_become(contact, Status.LATER),
        form=LaterForm,
        icon="clock",
    ),
    Verb(
        "dismiss",
        _lazy("Do not suggest"),
        CHANGE,
        dismiss,
        allowed=lambda contact: _may_become(contact, Status.DISMISSED),
        form=NoteForm,
        icon="eye-off",
    ),
    Verb(
        "take-out",
        _lazy("Take out of the inner circle"),
        CHANGE,
        take_out,
        allowed=_is_member,
        form=ReasonForm,
        tone="danger",
        icon="circle-x",
    ),
)

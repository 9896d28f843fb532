"""A page about one thing: its story, the facts, and what can be done now. Shown by admin/components/detail.html."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from advocates.admin.base import ConsoleAdmin, M
from advocates.models import Consent, Contact
from advocates.selectors import may_contact

NOTHING = "–"


class DetailAdmin(ConsoleAdmin[M]):
    """Subclasses say what the page shows; the verbs stand beside it by themselves."""

    add_form_template = "admin/change_form.html"
    change_form_template = "admin/components/detail.html"

    def detail(self, request: HttpRequest, row: M, /) -> dict[str, Any]:
        """The parts of the template's `detail`: title, subtitle, status, notes, facts, may, timeline."""
        raise NotImplementedError

    def sections(self, request: HttpRequest, row: M, /) -> dict[str, Any]:
        """What the blocks of an own template show beside `detail`."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        # Read again: under a form that was refused, `obj` is what was typed.
        row = self.get_object(request, str(obj.pk)) if obj else None
        if row:
            detail = self.detail(request, row) | {"actions": self.verbs_for(request, row)}
            context |= {"detail": detail} | self.sections(request, row)
        return super().render_change_form(request, context, add, change, form_url, obj)


def fact(label: StrOrPromise, value: Any, *, hint: StrOrPromise = "", url: str = "") -> dict[str, Any]:
    """A line of the side panel."""
    return {"label": label, "value": value, "hint": hint, "url": url}


def note(text: StrOrPromise, *, tone: str = "info") -> dict[str, Any]:
    """A sentence above the story. Tones: info, warning, danger."""
    return {"text": text, "tone": tone}


def step(
    at: datetime,
    title: StrOrPromise,
    *,
    icon: str = "circle",
    tone: str = "",
    text: StrOrPromise = "",
    who: StrOrPromise = "",
) -> dict[str, Any]:
    """A line of the story."""
    exact = date_format(localtime(at), "DATETIME_FORMAT")
    return {
        "at": moment(at),
        "at_exact": exact,
        "icon": icon,
        "tone": tone,
        "title": title,
        "text": text,
        "who": who,
    }


def may(contact: Contact, channel: str) -> dict[str, Any]:
    """Whether the person may be mailed or phoned, on what basis, and since when."""
    answer = may_contact(contact, channel)
    since = f" · {date_format(answer.since)}" if answer.since else ""
    label = _("May be phoned") if channel == Consent.Channel.PHONE else _("May be mailed")
    return {"label": label, "yes": answer.allowed, "basis": f"{answer.basis}{since}"}


def moment(at: datetime | None) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else NOTHING

"""The page about one person: apps above put their part there by registering it. Each part names who may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb
from advocates.admin.detail import step
from advocates.models import Contact
from config.lib.registry import Registry

T = TypeVar("T")
# Panels stand in this order, whoever registers first; what is not named here stands before the trail of changes.
PANEL_ORDER = (
    "purchases",
    "nps",
    "moments",
    "testimonials",
    "circle",
    "segments",
    "given",
    "received",
    "rewards",
    "balance",
    "enrolments",
    "mails",
    "consents",
    "keys",
    "merges",
)
LAST_PANEL = "audit"
ROLE_ORDER = ("customer", "circle", "advocate", "friend", "staff")
FIGURE_ORDER = ("contact", "referrals", "balance")


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """A section of the page. `render(request, contact)` gives HTML, or an empty string where there is nothing to say.

    `permission`: who may see it, such as "referrals.view_referral".
    """

    name: str
    title: StrOrPromise
    permission: str
    render: Callable[[HttpRequest, Contact], str]


@dataclass(frozen=True, slots=True)
class PersonFigure:
    """A number on top of the page, and what it means."""

    title: StrOrPromise
    number: object
    meaning: StrOrPromise = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class PersonStep:
    """Something that happened. `icon` is a name from static/icons.svg; `tone` success, warning, danger or empty."""

    at: datetime
    icon: str
    title: StrOrPromise
    text: StrOrPromise = ""
    who: StrOrPromise = ""
    tone: str = ""

    def line(self) -> dict[str, Any]:
        return step(self.at, self.title, icon=self.icon, tone=self.tone, text=self.text, who=self.who)


@dataclass(frozen=True, slots=True)
class PersonStory:
    """A source of the story: at most `limit` steps, the newest, in as many queries for many as for one."""

    permission: str
    read: Callable[[Contact, int], Sequence[PersonStep]]


@dataclass(frozen=True, slots=True)
class PersonRole:
    """What somebody is to us besides a contact: advocate, friend, … `read` gives label and tone of a pill, or None."""

    permission: str
    read: Callable[[Contact], tuple[StrOrPromise, str] | None]


@dataclass(frozen=True, slots=True)
class PersonFigures:
    permission: str
    read: Callable[[Contact], Sequence[PersonFigure]]


PERSON_PANELS: Registry[PersonPanel] = Registry("panel of the person page")

# Facts of the side panel (`fact(...)` of advocates/admin/detail.py) that apps above know: roles, balance, …
PERSON_FACTS: Registry[Callable[[Contact], list[dict[str, Any]]]] = Registry("facts of the person page")

# What staff can do from the page, beyond what this app knows.
PERSON_VERBS: Registry[Verb[Contact]] = Registry("verb of the person page")

PERSON_STORIES: Registry[PersonStory] = Registry("source of a person's story")
PERSON_ROLES: Registry[PersonRole] = Registry("role of a person")
PERSON_FIGURES: Registry[PersonFigures] = Registry("figures of the person page")


def panels_of(request: HttpRequest, contact: Contact) -> list[dict[str, Any]]:
    """The sections that this member of staff may see and that have something to say, in their order."""
    seen = [panel for panel in PERSON_PANELS if request.user.has_perm(panel.permission)]
    shown = [(panel, panel.render(request, contact)) for panel in sorted(seen, key=_place)]
    return [{"name": panel.name, "title": panel.title, "html": html} for panel, html in shown if html.strip()]


def story_of(request: HttpRequest, contact: Contact, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """The newest `limit` steps of all sources, and whether there are earlier ones."""
    steps = [
        found
        for source in PERSON_STORIES
        if request.user.has_perm(source.permission)
        for found in source.read(contact, limit + 1)
    ]
    newest = sorted(steps, key=lambda found: found.at, reverse=True)
    return [found.line() for found in newest[:limit]], len(newest) > limit


def roles_of(request: HttpRequest, contact: Contact) -> list[dict[str, Any]]:
    roles = [role for role in _ordered(PERSON_ROLES, ROLE_ORDER) if request.user.has_perm(role.permission)]
    found = [role.read(contact) for role in roles]
    return [{"label": role[0], "tone": role[1]} for role in found if role]


def figures_of(request: HttpRequest, contact: Contact) -> list[PersonFigure]:
    ordered = _ordered(PERSON_FIGURES, FIGURE_ORDER)
    sources = [source for source in ordered if request.user.has_perm(source.permission)]
    return [figure for source in sources for figure in source.read(contact)]


def _ordered(registry: Registry[T], order: Sequence[str]) -> list[T]:
    """By the named order; what is not named stands last, as it was registered."""
    places = {name: place for place, name in enumerate(order)}
    entries = sorted(registry.items(), key=lambda item: places.get(item[0], len(order)))
    return [entry for _name, entry in entries]


def _place(panel: PersonPanel) -> int:
    if panel.name in PANEL_ORDER:
        return PANEL_ORDER.index(panel.name)
    return len(PANEL_ORDER) + (panel.name == LAST_PANEL)

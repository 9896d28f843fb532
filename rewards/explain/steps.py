"""The steps of one rule as lines: each with an icon, a word for how it went, and its numbers in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from campaigns.models import Campaign
from rewards.rules.conditions import CONDITIONS
from rewards.words import trace_words

LIMITS = frozenset({"limit_reached", "limit_partial", "limit_waits"})


@dataclass(frozen=True, slots=True)
class Line:
    """`label` and `tone` are those of a pill (advocates.admin.base.pill)."""

    words: str
    label: StrOrPromise
    tone: str


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that are asked together; `title` says how, and is empty where each of them has to hold."""

    title: StrOrPromise
    lines: list[Line]


TITLES: Mapping[str, StrOrPromise] = {
    "all": "",
    "any": _("At least one of these has to hold:"),
    "not": _("None of these may hold:"),
}


def step_groups(steps: Iterable[Mapping[str, Any]], *, campaign: Campaign | None = None) -> list[LineGroup]:
    """Conditions by group, in the order in which they were asked; then the amount, step by step, and the limits."""
    steps = list(steps)
    by_group: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        by_group.setdefault(step.get("group", "all"), []).append(step)
    enough = any(step["passed"] for step in by_group.get("any", []))
    found = []
    for name, title in TITLES.items():
        lines = [_line(step, enough=enough, campaign=campaign) for step in by_group.get(name, []) if _is_asked(step)]
        found += [LineGroup(title, lines)] if lines else []
    reckoned = [_line(step, enough=enough, campaign=campaign) for step in steps if not _is_asked(step)]
    return [*found, LineGroup(_("How much:"), reckoned)] if found and reckoned else [*found, *_alone(reckoned)]


def _alone(lines: list[Line]) -> list[LineGroup]:
    return [LineGroup("", lines)] if lines else []


def _is_asked(step: Mapping[str, Any]) -> bool:
    """A condition's answer; the others are steps of the amount, limits and what the engine says."""
    return step["code"] in CONDITIONS or step.get("group", "all") != "all"


def _line(step: Mapping[str, Any], *, enough: bool, campaign: Campaign | None) -> Line:
    label, tone = _how_it_went(step, enough=enough)
    return Line(trace_words(step, campaign=campaign), label, tone)


def _how_it_went(step: Mapping[str, Any], *, enough: bool) -> tuple[StrOrPromise, str]:
    passed, group = bool(step["passed"]), step.get("group", "all")
    if step["code"] in LIMITS:
        return (_("limit"), "danger") if step["code"] == "limit_reached" else (_("limit"), "warning")
    if not _is_asked(step):
        return (_("amount"), "accent") if passed else (_("stops here"), "danger")
    if group == "not":
        # One that could not be asked is no answer, and the rule does not pay.
        is_asked = step["code"] in CONDITIONS
        return (_("does not hold"), "success") if is_asked and not passed else (_("holds"), "danger")
    if passed:
        return _("holds"), "success"
    return (_("does not hold"), "neutral") if group == "any" and enough else (_("does not hold"), "danger")

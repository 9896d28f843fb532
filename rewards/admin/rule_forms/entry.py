"""A rule as it is being written: what was typed, the draft that it makes, and what is wrong with it, field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.clashes import condition_clashes, head_clashes, limit_clashes
from rewards.admin.rule_forms.fields import Problems, fields_of, parameters_read, parameters_typed
from rewards.admin.rule_forms.lines import (
    ConditionLine,
    LimitLine,
    condition_typed,
    free_number,
    limit_typed,
    limits_of,
    lines_of,
)
from rewards.admin.rule_forms.shapes import ROWS, UNIT, Field, Typed
from rewards.admin.rule_forms.texts import Wrong, amount_read, amount_typed, whole_read
from rewards.models import Budget, RewardRule
from rewards.rules.benefits import BENEFITS
from rewards.rules.calculators import CALCULATORS, Calculator, calculator_build
from rewards.rules.parameters import BadParameters, units_in
from rewards.services.rule_drafts import ConditionDraft, LimitDraft, RuleDraft

Recipient, Benefit, Once = RewardRule.Recipient, RewardRule.Benefit, RewardRule.Once

MAX_DAYS = 36_500
MAX_PRIORITY = 1_000_000
EVENT_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
# What each rule asks for besides its parts; typed as text like everything else.
USUAL: Mapping[str, str] = {"recipient": Recipient.ADVOCATE, "benefit": Benefit.CREDIT, "calculator": "fixed"}


@dataclass(frozen=True)
class Reading:
    """`draft`: with whatever could be understood; `problems`: by the name of the input."""

    draft: RuleDraft
    problems: Problems = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """`rule`: the version that is being changed, if any."""

    typed: Typed
    offered: Offered
    rule: RewardRule | None = None

    # --- what is shown ---

    @cached_property
    def trigger(self) -> Field:
        return Field(
            "trigger", "event_type", _("When does it count?"), options=[*self.offered.steps, *self.offered.events]
        )

    @cached_property
    def amounts(self) -> Field:
        label = _("How much")
        is_required = takes_amounts(self.calculator, self._settings)
        unit = self.offered.usual_unit_for(self.benefit)
        return Field("amounts", "amounts", label, is_required=is_required, usual_unit=unit)

    @property
    def recipient(self) -> str:
        return self.typed.get("recipient", "") or USUAL["recipient"]

    @property
    def benefit(self) -> str:
        return self.typed.get("benefit", "") or USUAL["benefit"]

    @property
    def calculator(self) -> str:
        return self.typed.get("calculator", "") or USUAL["calculator"]

    @cached_property
    def lines(self) -> list[ConditionLine]:
        return lines_of(self.typed, self.offered)

    @cached_property
    def limits(self) -> list[LimitLine]:
        return limits_of(self.typed, self.limit_unit)

    def calculator_fields(self, name: str) -> list[Field]:
        return fields_of(name, CALCULATORS[name].parameters, f"by-{name}", self.offered)

    def benefit_fields(self, name: str) -> list[Field]:
        return fields_of(name, BENEFITS[name].parameters, f"gives-{name}", self.offered)

    # --- what is understood ---

    @cached_property
    def _given(self) -> tuple[dict[str, Any], Problems]:
        if self.benefit not in BENEFITS:
            return {}, {}
        declared = BENEFITS[self.benefit].parameters
        return parameters_read(self.benefit, declared, self.benefit_fields(self.benefit), self.typed)

    @cached_property
    def _calculated(self) -> tuple[dict[str, Any], Problems]:
        if self.calculator not in CALCULATORS:
            return {}, {"calculator": Wrong(_("This way to reckon is not known here."))}
        declared = CALCULATORS[self.calculator].parameters
        return parameters_read(self.calculator, declared, self.calculator_fields(self.calculator), self.typed)

    @property
    def _settings(self) -> dict[str, Any]:
        return self._calculated[0]

    @cached_property
    def _amounts_read(self) -> tuple[dict[str, int], Problems]:
        try:
            amounts = self.amounts.read(self.typed) or {}
        except Wrong as wrong:
            return {}, {"amounts": wrong}
        return (amounts if may_take_amounts(self.calculator) else {}), {}

    @cached_property
    def limit_unit(self) -> str:
        """In what an amount at most is counted: what the rule gives, else what is usual here."""
        return next(iter(self._units), "") or self.offered.usual_unit_for(self.benefit)

    @property
    def _units_of_settings(self) -> list[str]:
        if self.calculator not in CALCULATORS:
            return []
        return units_in(CALCULATORS[self.calculator].parameters, self._settings)

    @cached_property
    def reading(self) -> Reading:
        problems: Problems = {}
        basics = self._basics(problems)
        problems |= self._amounts_read[1] | self._calculated[1] | self._given[1]
        draft = RuleDraft(
            **basics,
            amounts=self._amounts_read[0],
            calculator=self.calculator,
            parameters=self._settings,
            benefit_settings=self._given[0],
            conditions=self._conditions(basics["trigger"], problems),
            limits=self._limits(basics["trigger"], problems),
        )
        return Reading(draft, head_clashes(draft, self._units) | problems)

    @property
    def _units(self) -> list[str]:
        return [*self._amounts_read[0], *self._units_of_settings]

    def _conditions(self, trigger: str, problems: Problems) -> list[ConditionDraft]:
        drafts = []
        for line in self.lines:
            if line.is_empty:
                continue
            draft, wrong = line.read()
            wrong = wrong or condition_clashes(line, draft, trigger, self.offered)
            problems |= wrong
            if not wrong:
                drafts.append(draft)
        return drafts

    def _limits(self, trigger: str, problems: Problems) -> list[LimitDraft]:
        drafts = []
        for line in self.limits:
            draft, wrong = line.read()
            wrong = wrong or limit_clashes(line, trigger, self._units)
            problems |= wrong
            if draft and not wrong:
                drafts.append(draft)
        return drafts

    def _basics(self, problems: Problems) -> dict[str, Any]:
        def take(name: str, read: Any, fallback: Any) -> Any:
            try:
                return read()
            except Wrong as wrong:
                problems[name] = wrong
                return fallback

        return {
            "key": take("key", self._key, ""),
            "trigger": take("trigger", lambda: self.trigger.read(self.typed), ""),
            "recipient": take("recipient", lambda: self._one_of("recipient", Recipient.values), USUAL["recipient"]),
            "benefit": take("benefit", lambda: self._one_of("benefit", Benefit.values), USUAL["benefit"]),
            "priority": take("priority", lambda: self._whole("priority", 100, low=0, high=MAX_PRIORITY), 100),
            "hold_days": take("hold_days", lambda: self._whole("hold_days", 0, low=0, high=MAX_DAYS), 0),
            "expires_after_days": take("expires_after_days", self._expires, None),
            "approval_above": take("approval_above", self._approval, None),
            "exclusive_group": take("exclusive_group", lambda: self._short("exclusive_group", 40), ""),
            "once_per": take("once_per", lambda: self._one_of("once_per", ["", *Once.values]), ""),
            "budget": take("budget", self._budget, None),
            "release_on": take("release_on", self._release_on, ""),
        }

    def _text(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def _short(self, name: str, length: int) -> str:
        text = self._text(name)
        if len(text) > length:
            raise Wrong(_("At most %(count)s characters.") % {"count": length})
        return text

    def _one_of(self, name: str, values: Sequence[str]) -> str:
        chosen = self._text(name) or USUAL.get(name, "")
        if chosen not in values:
            raise Wrong(_("Choose one of the list."))
        return chosen

    def _whole(self, name: str, empty: int, *, low: int, high: int) -> int:
        text = self._text(name)
        return whole_read(text, low=low, high=high) if text else empty

    def _expires(self) -> int | None:
        text = self._text("expires_after_days")
        if not text:
            return None
        if self.benefit in BENEFITS and not BENEFITS[self.benefit].expires:
            raise Wrong(_("Only coupons and what somebody has yet to take up run out. Leave it empty."))
        return whole_read(text, high=MAX_DAYS)

    def _release_on(self) -> str:
        name = self._short("release_on", 64)
        if name and not EVENT_NAME.fullmatch(name):
            raise Wrong(_("The name of an event is one word, such as month_2_started."))
        return name

    def _approval(self) -> int | None:
        text = self._text("approval_above")
        if not text:
            return None
        return 0 if text.strip("0.,") == "" else amount_read(text, self.limit_unit)

    def _budget(self) -> Budget | None:
        public_id = self._text("budget")
        if not public_id:
            return None
        budget = Budget.objects.filter(campaign=self.offered.campaign, public_id=public_id).first()
        if budget is None:
            raise Wrong(_("Choose one of the list."))
        if any(unit != budget.unit for unit in self._units):
            raise Wrong(_("This budget pays in %(unit)s: each amount has to be in it.") % {"unit": budget.unit})
        return budget

    def _key(self) -> str:
        """The rule's own short name; one that was left empty is made from what the rule says."""
        if self.rule:
            return self.rule.key
        typed = self._short("key", 64)
        if not typed:
            return free_key(self.offered, f"{self.recipient}-{self.benefit}-{self._trigger_slug}"[:56])
        if typed != slugify(typed):
            raise Wrong(_("Small letters, digits and hyphens only, such as advocate-credit."))
        if RewardRule.objects.filter(campaign=self.offered.campaign, key=typed).exists():
            raise Wrong(_("A rule of this campaign has this name. Choose another."))
        return typed

    @property
    def _trigger_slug(self) -> str:
        try:
            return str(slugify(self.trigger.read(self.typed).replace("_", "-").replace(".", "-")))
        except Wrong:
            return "rule"


def free_key(offered: Offered, wanted: str) -> str:
    taken = set(RewardRule.objects.filter(campaign=offered.campaign).values_list("key", flat=True))
    tries = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in tries if key not in taken)


def may_take_amounts(calculator: str) -> bool:
    """Does it, by some of its settings at least, reckon with the rule's own amounts?"""
    found = CALCULATORS.get(calculator)
    return found is not None and found.uses_amounts is not Calculator.uses_amounts


def takes_amounts(calculator: str, settings: Mapping[str, Any]) -> bool:
    """Does it need them as it is set? Of settings that are not right yet something else is said."""
    try:
        return calculator_build(calculator, settings).uses_amounts
    except BadParameters:
        return False


# --- a rule as somebody would have typed it ---------------------------------------------------------------------------


def entry_new(offered: Offered) -> Entry:
    """What most begin with: a sum of account credit for the advocate when the friend becomes a customer."""
    return Entry(Typed({"trigger": ["converted"], "limit": [], "line": []}), offered)


def entry_of(draft: RuleDraft, offered: Offered, rule: RewardRule | None = None) -> Entry:
    """The entry that makes this draft; without `rule` a new rule begins from it."""
    typed = {name: [str(getattr(draft, name))] for name in PLAIN}
    blank = Entry(Typed(typed), offered, rule)
    typed |= blank.trigger.typed(draft.trigger) | blank.amounts.typed(draft.amounts)
    if draft.calculator in CALCULATORS:
        declared = CALCULATORS[draft.calculator].parameters
        typed |= parameters_typed(declared, blank.calculator_fields(draft.calculator), draft.parameters)
    if draft.benefit in BENEFITS:
        declared = BENEFITS[draft.benefit].parameters
        typed |= parameters_typed(declared, blank.benefit_fields(draft.benefit), draft.benefit_settings)
    for number, condition in enumerate(draft.conditions):
        _add(typed, condition_typed(number, condition, offered))
    unit = Entry(Typed(typed), offered).limit_unit
    for number, limit in enumerate(draft.limits):
        _add(typed, limit_typed(number, limit, unit))
    return Entry(Typed(typed | _further_typed(draft, unit)), offered, rule)


def _add(typed: dict[str, list[str]], line: Mapping[str, list[str]]) -> None:
    for name, values in line.items():
        typed[name] = [*typed.get(name, []), *values]


PLAIN = ("recipient", "benefit", "calculator", "priority", "hold_days", "exclusive_group", "once_per", "release_on")


def _further_typed(draft: RuleDraft, unit: str) -> dict[str, list[str]]:
    typed = {}
    if draft.expires_after_days is not None:
        typed["expires_after_days"] = [str(draft.expires_after_days)]
    if draft.approval_above is not None:
        typed["approval_above"] = [amount_typed(draft.approval_above, unit)]
    if draft.budget is not None:
        typed["budget"] = [draft.budget.public_id]
    return typed


# --- presses that only redraw -----------------------------------------------------------------------------------------


def with_pressed(typed: Typed) -> Typed:
    """The form after one line more, where its button was pressed; a line less is left out when lines are read."""
    pressed: dict[str, list[str]] = dict(typed.lists())
    added, more = typed.get("add", ""), typed.get("more", "")
    if added == "limit":
        _add(pressed, {"limit": [free_number(typed.getlist("limit"))]})
    elif added:
        number = free_number(typed.getlist("line"))
        _add(pressed, {"line": [number], f"group-{number}": [added]})
    if more:
        _add_row(pressed, more)
    return Typed(pressed)


def _add_row(typed: dict[str, list[str]], field: str) -> None:
    """An empty row more in that table, in the unit of the row before it."""
    for column in {column.name for columns in ROWS.values() for column in columns}:
        if values := typed.get(f"{field}-{column}"):
            _add(typed, {f"{field}-{column}": [values[-1] if column == UNIT.name else ""]})


GROUPS: Mapping[str, tuple[StrOrPromise, StrOrPromise]] = {
    "all": (gettext_lazy("All of this is true"), gettext_lazy("Each line has to hold.")),
    "any": (gettext_lazy("And at least one of these"), gettext_lazy("One line is enough, whichever.")),
    "not": (gettext_lazy("And none of these"), gettext_lazy("If one line holds, nothing is given.")),
}

"""Conditions and limits, a line each. Lines bear numbers, so that what is typed stays with its line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.fields import Problems, fields_of, parameters_read, parameters_typed
from rewards.admin.rule_forms.shapes import Field, Typed
from rewards.admin.rule_forms.texts import Wrong, amount_read, amount_typed, whole_read
from rewards.models import Condition, Limit
from rewards.rules.conditions import CONDITIONS
from rewards.services.rule_drafts import ConditionDraft, LimitDraft

MAX_LINES = 50
MAX_DAYS = 3_650
# Stands for the number of a line in what the page copies for a new one.
ANY_NUMBER = "__n__"

Group, Measure, Window, Over = Condition.Group, Limit.Measure, Limit.Window, Limit.Over


def numbers_of(typed: Typed, name: str) -> list[str]:
    """The lines in their order, without the one whose *remove* was pressed."""
    removed = typed.get("remove", "")
    numbers = [number for number in dict.fromkeys(typed.getlist(name)) if number.isascii() and number.isdigit()]
    return [number for number in numbers if removed != f"{name}-{number}"][:MAX_LINES]


@dataclass(frozen=True)
class ConditionLine:
    number: str
    typed: Typed
    offered: Offered

    @property
    def kind(self) -> str:
        return self.typed.get(f"kind-{self.number}", "")

    @property
    def group(self) -> str:
        group = self.typed.get(f"group-{self.number}", "")
        return group if group in Group.values else Group.ALL

    @property
    def is_empty(self) -> bool:
        return not self.kind

    @property
    def is_known(self) -> bool:
        return self.kind in CONDITIONS

    @cached_property
    def fields(self) -> list[Field]:
        if not self.is_known:
            return []
        declared = CONDITIONS[self.kind].parameters
        return fields_of(self.kind, declared, f"c{self.number}-{self.kind}", self.offered)

    @property
    def first_field(self) -> str:
        return self.fields[0].name if self.fields else f"kind-{self.number}"

    def read(self) -> tuple[ConditionDraft, Problems]:
        if not self.is_known:
            unknown = Wrong(_("This condition is not known here. Choose another, or remove the line."))
            return ConditionDraft(self.kind, {}, self.group), {f"kind-{self.number}": unknown}
        values, problems = parameters_read(self.kind, CONDITIONS[self.kind].parameters, self.fields, self.typed)
        return ConditionDraft(self.kind, values, self.group), problems


def condition_typed(number: int, condition: ConditionDraft, offered: Offered) -> dict[str, list[str]]:
    """What somebody would have typed for this condition."""
    told = {"line": [str(number)], f"kind-{number}": [condition.kind], f"group-{number}": [condition.group]}
    line = ConditionLine(str(number), Typed(told), offered)
    if not line.is_known:
        return told
    return told | parameters_typed(CONDITIONS[condition.kind].parameters, line.fields, condition.parameters)


@dataclass(frozen=True)
class LimitLine:
    """`unit`: in which an amount is counted, that of the rule."""

    number: str
    typed: Typed
    unit: str

    def _of(self, name: str) -> str:
        return self.typed.get(f"{name}-{self.number}", "").strip()

    @property
    def measure(self) -> str:
        return self._of("measure") or Measure.AMOUNT

    @property
    def per(self) -> str:
        return self._of("per") or Limit.Per.ADVOCATE

    @property
    def window(self) -> str:
        return self._of("window") or Window.LIFETIME

    @property
    def over(self) -> str:
        return self._of("over") or Over.SKIP

    @property
    def value(self) -> str:
        return self._of("value")

    @property
    def days(self) -> str:
        return self._of("days")

    def read(self) -> tuple[LimitDraft | None, Problems]:
        problems: Problems = {}
        value = days = None
        try:
            value = self._value()
        except Wrong as wrong:
            problems[f"value-{self.number}"] = wrong
        try:
            days = self._days()
        except Wrong as wrong:
            problems[f"days-{self.number}"] = wrong
        if self.over == Over.PARTIAL and self.measure != Measure.AMOUNT:
            problems[f"over-{self.number}"] = Wrong(_("Only a limit of amounts can pay what is left."))
        if value is None or problems:
            return None, problems
        return LimitDraft(self.measure, self.per, value, self.window, self.over, days), problems

    def _value(self) -> int:
        if not self.value:
            raise Wrong(_("Say at most how much or how many."), is_missing=True)
        return amount_read(self.value, self.unit) if self.measure == Measure.AMOUNT else whole_read(self.value)

    def _days(self) -> int | None:
        if self.window != Window.ROLLING:
            return None
        if not self.days:
            raise Wrong(_("Say how many days."), is_missing=True)
        return whole_read(self.days, high=MAX_DAYS)


def limit_typed(number: int, limit: LimitDraft, unit: str) -> dict[str, list[str]]:
    value = amount_typed(limit.value, unit) if limit.measure == Measure.AMOUNT else str(limit.value)
    days = "" if limit.days is None else str(limit.days)
    told = {"measure": limit.measure, "per": limit.per, "window": limit.window, "over": limit.over}
    told |= {"value": value, "days": days}
    return {"limit": [str(number)]} | {f"{name}-{number}": [text] for name, text in told.items()}


def lines_of(typed: Typed, offered: Offered) -> list[ConditionLine]:
    return [ConditionLine(number, typed, offered) for number in numbers_of(typed, "line")]


def limits_of(typed: Typed, unit: str) -> list[LimitLine]:
    return [LimitLine(number, typed, unit) for number in numbers_of(typed, "limit")]


def free_number(numbers: Iterable[str]) -> str:
    return str(max((int(number) for number in numbers if number.isdigit()), default=-1) + 1)

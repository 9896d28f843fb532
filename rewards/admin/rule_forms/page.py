"""What the templates of the editor show: each field with what stands in it, and what is wrong beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.clashes import known_by
from rewards.admin.rule_forms.entry import GROUPS, Entry, may_take_amounts
from rewards.admin.rule_forms.labels import calculator_label, kind_label, kinds_by_heading
from rewards.admin.rule_forms.lines import ANY_NUMBER, ConditionLine, LimitLine
from rewards.admin.rule_forms.shapes import Field, Shown, Typed
from rewards.models import Limit, RewardRule
from rewards.rules.benefits import BENEFITS
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.rules.registry import EVENT, RECIPIENT_NEEDS, may_serve

Wrongs = Mapping[str, str]

# Those that stand folded below the four steps.
FURTHER = (
    "key",
    "priority",
    "hold_days",
    "release_on",
    "expires_after_days",
    "approval_above",
    "exclusive_group",
    "once_per",
    "budget",
)
# Inputs that are no parameter of anything.
PLAIN = ("recipient", "benefit", "calculator", *FURTHER)


def page_of(entry: Entry, wrong: Wrongs) -> dict[str, Any]:
    offered = entry.offered
    return {
        "trigger": Shown(entry.trigger, entry.typed, wrong.get("trigger", "")),
        "amounts": Shown(entry.amounts, entry.typed, wrong.get("amounts", "")),
        "plain": {name: _plain(entry, name, wrong) for name in PLAIN},
        "calculators": [_calculator(entry, name, wrong) for name in CALCULATORS],
        "gives": [_gives(entry, name, wrong) for name in BENEFITS if BENEFITS[name].parameters],
        "groups": [_group(entry, name, wrong) for name in GROUPS],
        "limits": [_limit(line, wrong) for line in entry.limits],
        "known_calculators": list(CALCULATORS),
        "is_further_open": any(name in wrong for name in FURTHER),
        "takes_amounts": may_take_amounts(entry.calculator),
    } | _choices(offered, entry)


def _choices(offered: Offered, entry: Entry) -> dict[str, Any]:
    nothing: Typed = Typed()
    return {
        "recipients": [
            (value, label, " ".join(RECIPIENT_NEEDS.get(value, ()))) for value, label in RewardRule.Recipient.choices
        ],
        "benefits": [(value, label, offered.usual_unit_for(value)) for value, label in RewardRule.Benefit.choices],
        "steps": [(name, label, " ".join(sorted(known_by(name)))) for name, label in offered.steps],
        "known_by_events": " ".join(sorted(EVENT)),
        "events": [event for event in offered.events if event[0] not in dict(offered.steps)],
        "budgets": offered.budgets,
        "onces": RewardRule.Once.choices,
        "measures": Limit.Measure.choices,
        "pers": Limit.Per.choices,
        "windows": Limit.Window.choices,
        "overs": Limit.Over.choices,
        "kinds": [(heading, [_kind(kind) for kind in kinds]) for heading, kinds in kinds_by_heading()],
        "units": offered.units,
        "kinds_to_copy": [_to_copy(kind, offered) for kind in CONDITIONS],
        "line_to_copy": _line(ConditionLine(ANY_NUMBER, nothing, offered), {}),
        "limit_to_copy": _limit(LimitLine(ANY_NUMBER, nothing, entry.limit_unit), {}),
    }


def _shown(fields: Iterable[Field], typed: Typed, wrong: Wrongs) -> list[Shown]:
    return [Shown(field, typed, wrong.get(field.name, "")) for field in fields]


def _plain(entry: Entry, name: str, wrong: Wrongs) -> dict[str, str]:
    value = entry.typed.get(name, "")
    if name in ("recipient", "benefit", "calculator"):
        value = str(getattr(entry, name))
    return {"value": value, "problem": wrong.get(name, "")}


def _calculator(entry: Entry, name: str, wrong: Wrongs) -> dict[str, Any]:
    label = calculator_label(name)
    return {
        "name": name,
        "label": label.text,
        "hint": label.hint,
        "is_chosen": name == entry.calculator,
        "benefits": " ".join(benefit for benefit in RewardRule.Benefit.values if may_serve(name, benefit)),
        "known_calculators": list(CALCULATORS),
        "is_further_open": any(name in wrong for name in FURTHER),
        "takes_amounts": may_take_amounts(name),
        "needs": " ".join(CALCULATORS[name].needs),
        "shown": _shown(entry.calculator_fields(name), entry.typed, wrong),
    }


def _gives(entry: Entry, name: str, wrong: Wrongs) -> dict[str, Any]:
    """What else has to be said of that benefit."""
    return {
        "name": name,
        "is_chosen": name == entry.benefit,
        "shown": _shown(entry.benefit_fields(name), entry.typed, wrong),
    }


def _kind(kind: str) -> dict[str, Any]:
    return {"name": kind, "label": kind_label(kind), "needs": " ".join(CONDITIONS[kind].needs)}


def _group(entry: Entry, name: str, wrong: Wrongs) -> dict[str, Any]:
    title, hint = GROUPS[name]
    lines = [_line(line, wrong) for line in entry.lines if line.group == name]
    return {"name": name, "title": title, "help": hint, "lines": lines}


def _line(line: ConditionLine, wrong: Wrongs) -> dict[str, Any]:
    return {
        "number": line.number,
        "kind": line.kind,
        "is_known": line.is_known or line.is_empty,
        "group": line.group,
        "problem": wrong.get(f"kind-{line.number}", ""),
        "shown": _shown(line.fields, line.typed, wrong),
    }


def _limit(line: LimitLine, wrong: Wrongs) -> dict[str, Any]:
    names = ("measure", "per", "value", "window", "over", "days")
    return {name: getattr(line, name) for name in names} | {
        "number": line.number,
        "unit": line.unit,
        "problem": {name: wrong.get(f"{name}-{line.number}", "") for name in names},
    }


def _to_copy(kind: str, offered: Offered) -> dict[str, Any]:
    """The fields of a kind of condition, to be copied into a line that asks for it."""
    line = ConditionLine(ANY_NUMBER, Typed({f"kind-{ANY_NUMBER}": [kind]}), offered)
    return {"kind": kind, "line": _line(line, {})}

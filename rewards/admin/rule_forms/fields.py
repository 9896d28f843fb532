"""The fields of conditions, calculators and benefits, made from what their classes say they can be told."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.labels import NAMES, parameter_label
from rewards.admin.rule_forms.shapes import Field, Typed
from rewards.admin.rule_forms.texts import Wrong
from rewards.rules.benefits import BENEFITS, benefit_read
from rewards.rules.calculators import CALCULATORS, calculator_build
from rewards.rules.conditions import condition_build
from rewards.rules.parameters import BadParameters, Parameter

Problems = dict[str, Wrong]


def fields_of(owner: str, declared: Iterable[Parameter], prefix: str, offered: Offered) -> list[Field]:
    """`owner`: the kind of condition, or the name of the calculator or benefit. `prefix`: of the inputs' names."""
    return [_field(owner, parameter, f"{prefix}-{parameter.name}", offered) for parameter in declared]


def _field(owner: str, parameter: Parameter, name: str, offered: Offered) -> Field:
    label = parameter_label(owner, parameter.name)
    named = [(choice, NAMES.get(choice, choice)) for choice in parameter.choices]
    return Field(
        name=name,
        shape=parameter.shape,
        label=label.text,
        hint=label.hint,
        is_required=parameter.is_required,
        low=parameter.low,
        high=parameter.high,
        options=named or offered.of(parameter.shape),
        usual_unit=offered.usual_unit,
    )


def parameters_read(
    owner: str, declared: Iterable[Parameter], fields: Iterable[Field], typed: Typed
) -> tuple[dict[str, Any], Problems]:
    """The settings that were typed, and by the name of the input what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: Problems = {}
    for parameter, field in zip(declared, fields, strict=True):
        try:
            value = field.read(typed)
        except Wrong as wrong:
            problems[field.name] = wrong
            continue
        if value is not None:
            values[parameter.name] = value
    return values, problems or _together(owner, declared, fields, values)


def _together(
    owner: str, declared: Iterable[Parameter], fields: Iterable[Field], values: Mapping[str, Any]
) -> Problems:
    """What the class itself refuses of settings that are right each by itself."""
    try:
        _build(owner, values)
    except BadParameters as bad:
        names = {parameter.name: field.name for parameter, field in zip(declared, fields, strict=True)}
        return {names.get(bad.field, next(iter(names.values()), "")): Wrong(bad_words(bad.code))}
    return {}


def _build(owner: str, values: Mapping[str, Any]) -> object:
    if owner in CALCULATORS:
        return calculator_build(owner, values)
    return benefit_read(owner, values) if owner in BENEFITS else condition_build(owner, values)


BAD = {
    "below_floor": gettext_lazy("At most cannot be less than at least."),
    "not_rising": gettext_lazy("With each step the share has to rise."),
    "named_twice": gettext_lazy("One of them stands there twice."),
    "not_a_list": gettext_lazy("At most 100 lines."),
    "not_a_table": gettext_lazy("At most 100 lines."),
    "not_amounts": gettext_lazy("At most 100 lines."),
    "too_few": gettext_lazy("There have to be at least two to choose from."),
    "unit_unfit": gettext_lazy("One of them cannot be given in the unit of its amount."),
    "missing": gettext_lazy("Of one of them it is not said which."),
}


def bad_words(code: str) -> str:
    return str(BAD.get(code) or _("This cannot be kept as it stands."))


def parameters_typed(
    declared: Iterable[Parameter], fields: Iterable[Field], stored: Mapping[str, Any]
) -> dict[str, list[str]]:
    """What somebody would have typed for the settings that are stored."""
    typed: dict[str, list[str]] = {}
    for parameter, field in zip(declared, fields, strict=True):
        if parameter.name in stored:
            typed |= field.typed(stored[parameter.name])
    return typed

"""The form of a rule with its parts. What cannot be paid is refused here, by the checks of the service."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy

from advocates.models import Segment
from rewards.models import Condition, Limit, RewardRule, RuleAmount
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS, SEGMENT_CONDITIONS
from rewards.services.rules import (
    ConditionDraft,
    LimitDraft,
    RuleDraft,
    amount_problems,
    budget_problems,
    part_problems,
)

COLUMNS = (
    "key",
    "trigger",
    "recipient",
    "benefit",
    "calculator",
    "parameters",
    "priority",
    "exclusive_group",
    "hold_days",
    "expires_after_days",
    "approval_above",
    "budget",
)


def draft_from(rule: RewardRule, **parts: Any) -> RuleDraft:
    """The rule as the form left it, with what its inlines hold."""
    return RuleDraft(**{name: getattr(rule, name) for name in COLUMNS}, **parts)


def kept(formset: BaseInlineFormSet[Any, Any, Any]) -> list[dict[str, Any]]:
    """The filled-in rows of an inline that are not to be deleted."""
    rows = [form.cleaned_data for form in formset.forms if getattr(form, "cleaned_data", None)]
    return [row for row in rows if not row.get("DELETE")]


def amounts_of(formset: BaseInlineFormSet[Any, Any, Any]) -> dict[str, int]:
    return {row["unit"]: row["amount"] for row in kept(formset)}


def conditions_of(formset: BaseInlineFormSet[Any, Any, Any]) -> list[ConditionDraft]:
    return [ConditionDraft(row["kind"], row["parameters"] or {}, row["group"]) for row in kept(formset)]


def limits_of(formset: BaseInlineFormSet[Any, Any, Any]) -> list[LimitDraft]:
    names = ("measure", "per", "value", "window", "over")
    return [LimitDraft(**{name: row[name] for name in names}) for row in kept(formset)]


def refuse(problems: list[str]) -> None:
    if problems:
        raise ValidationError(problems)


class RuleForm(forms.ModelForm[RewardRule]):
    calculator = forms.ChoiceField(label=gettext_lazy("how much"), choices=[(name, name) for name in CALCULATORS])

    class Meta:
        model = RewardRule
        fields = ("campaign", *COLUMNS)
        help_texts: ClassVar[dict[str, Any]] = {
            "parameters": gettext_lazy('For “percent”: {"basis_points": 500} is 5 % of the sale; "floor", "ceiling".'),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            names = set(COLUMNS) & set(cleaned)
            key = {"key": cleaned.get("key", self.instance.key)}
            refuse(part_problems(RuleDraft(**{name: cleaned[name] for name in names} | key)))
        return cleaned


class AmountFormSet(BaseInlineFormSet[RuleAmount, RewardRule, forms.ModelForm[RuleAmount]]):
    def clean(self) -> None:
        super().clean()
        rule = self.instance
        if any(self.errors) or not rule.campaign_id:
            return
        draft = draft_from(rule, amounts=amounts_of(self))
        refuse([*amount_problems(draft), *budget_problems(draft, rule.campaign)])


class ConditionFormSet(BaseInlineFormSet[Condition, RewardRule, forms.ModelForm[Condition]]):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors):
            refuse(part_problems(draft_from(self.instance, conditions=conditions_of(self))))


class ConditionForm(forms.ModelForm[Condition]):
    """A segment is chosen by its name; for every other kind the settings are written out."""

    kind = forms.ChoiceField(label=gettext_lazy("condition"), choices=[(name, name) for name in CONDITIONS])
    segment = forms.ModelChoiceField(
        label=gettext_lazy("segment"),
        queryset=Segment.objects.filter(is_active=True).order_by("name"),
        to_field_name="public_id",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("segment", (self.initial.get("parameters") or {}).get("segment"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") in SEGMENT_CONDITIONS and cleaned.get("segment"):
            cleaned["parameters"] = {"segment": cleaned["segment"].public_id}
        return cleaned


class AmountInline(admin.TabularInline[RuleAmount, RewardRule]):
    model = RuleAmount
    formset = AmountFormSet
    extra = 1


class ConditionInline(admin.TabularInline[Condition, RewardRule]):
    model = Condition
    formset = ConditionFormSet
    form = ConditionForm
    fields = ("group", "kind", "segment", "parameters")
    extra = 1


class LimitInline(admin.TabularInline[Limit, RewardRule]):
    model = Limit
    extra = 1

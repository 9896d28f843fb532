"""Rules as sentences. Saving one that is in use makes its next version; the form shows all versions."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ConsoleAdmin, Verb, pill
from campaigns.admin.base import fact, moment, staff_of, step
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.models import Campaign
from config.lib import clock
from rewards.models import Condition, Limit, RewardRule, RuleAmount
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.services.rules import (
    ConditionDraft,
    LimitDraft,
    RuleDraft,
    amount_problems,
    budget_problems,
    is_in_use,
    part_problems,
    rule_retire,
    rule_save,
)
from rewards.words import condition_words, limit_words, rule_sentence

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
    kind = forms.ChoiceField(label=gettext_lazy("condition"), choices=[(name, name) for name in CONDITIONS])


class AmountInline(admin.TabularInline[RuleAmount, RewardRule]):
    model = RuleAmount
    formset = AmountFormSet
    extra = 1


class ConditionInline(admin.TabularInline[Condition, RewardRule]):
    model = Condition
    formset = ConditionFormSet
    form = ConditionForm
    extra = 1


class LimitInline(admin.TabularInline[Limit, RewardRule]):
    model = Limit
    extra = 1


def confirm_retire(rule: RewardRule) -> str:
    return _("From now on “%(rule)s” pays nobody new. Who signed up before is paid by it.") % {"rule": rule.key}


def run_retire(request: HttpRequest, rule: RewardRule, cleaned: dict[str, Any]) -> str:
    rule_retire(rule=rule, actor=staff_of(request), now=clock.now())
    return _("“%(rule)s” pays nobody new any more.") % {"rule": rule.key}


RETIRE: Verb[RewardRule] = Verb(
    name="retire",
    label=gettext_lazy("Retire this rule"),
    permission="rewards.change_rewardrule",
    run=run_retire,
    allowed=lambda rule: rule.superseded_at is None,
    confirm=confirm_retire,
    tone="danger",
    icon="ban",
)


@admin.register(RewardRule)
class RewardRuleAdmin(ConsoleAdmin[RewardRule]):
    form = RuleForm
    inlines = (AmountInline, ConditionInline, LimitInline)
    list_display = ("sentence", "campaign", "key", "version", "stands")
    list_display_links = ("sentence",)
    list_filter = ("campaign", "recipient", "benefit", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("campaign", "budget")
    ordering = ("campaign", "key", "-version")
    search_fields = ("key", "campaign__name")
    add_form_template = "admin/change_form.html"
    change_form_template = "admin/rewards/rewardrule/change_form.html"
    verbs = (RETIRE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RewardRule]:
        return super().get_queryset(request).prefetch_related("amounts", "conditions", "limits")

    def get_readonly_fields(self, request: HttpRequest, obj: RewardRule | None = None) -> tuple[str, ...]:
        return ("campaign", "key") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: RewardRule | None = None) -> bool:
        """What people relied on is history."""
        return super().has_change_permission(request, obj) and (obj is None or obj.superseded_at is None)

    @admin.display(description=gettext_lazy("rule"))
    def sentence(self, rule: RewardRule) -> str:
        return rule_sentence(rule)

    @admin.display(description=gettext_lazy("stands"), ordering="superseded_at")
    def stands(self, rule: RewardRule) -> SafeString:
        return pill(_("superseded"), "neutral") if rule.superseded_at else pill(_("in force"), "success")

    def save_model(self, request: HttpRequest, obj: RewardRule, form: Any, change: bool) -> None:
        """Nothing yet: the service writes the rule with its parts, in save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        rows = {formset.model: formset for formset in formsets}
        draft = draft_from(
            form.instance,
            amounts=amounts_of(rows[RuleAmount]),
            conditions=conditions_of(rows[Condition]),
            limits=limits_of(rows[Limit]),
        )
        campaign, actor = form.instance.campaign, staff_of(request)
        form.instance.pk = rule_save(campaign=campaign, draft=draft, actor=actor, now=clock.now()).pk

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        rule = self.get_object(request, object_id)
        context = self.story(request, rule) if rule else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def story(self, request: HttpRequest, rule: RewardRule) -> dict[str, Any]:
        versions = RewardRule.objects.filter(campaign=rule.campaign, key=rule.key).order_by("-version")
        detail = {
            "title": rule.key,
            "subtitle": rule_sentence(rule),
            "status": {"label": _("superseded"), "tone": "neutral"}
            if rule.superseded_at
            else {"label": _("in force"), "tone": "success"},
            "notes": notes_of(rule),
            "facts": facts_of(rule),
            "timeline": [version_step(version) for version in versions.prefetch_related("amounts")],
            "actions": self.verbs_for(request, rule),
        }
        return {"detail": detail, "show_form": rule.superseded_at is None}


def notes_of(rule: RewardRule) -> list[dict[str, str]]:
    if rule.superseded_at:
        return [{"tone": "info", "text": _("An earlier version: it pays those who signed up while it stood.")}]
    if is_in_use(rule):
        text = _("In use: saving a change makes version %(next)s. Who signed up before is paid by this one.")
        return [{"tone": "info", "text": text % {"next": rule.version + 1}}]
    return []


def facts_of(rule: RewardRule) -> list[dict[str, Any]]:
    campaign_url = reverse("admin:campaigns_campaign_change", args=[rule.campaign_id])
    facts = [
        fact(_("Campaign"), rule.campaign, url=campaign_url),
        fact(_("Version"), rule.version),
        fact(_("Rewards"), rule.rewards.count()),
    ]
    facts += [fact(_("Condition"), condition_words(condition)) for condition in rule.conditions.all()]
    facts += [fact(_("Limit"), limit_words(limit, rule)) for limit in rule.limits.all()]
    if rule.budget:
        facts.append(fact(_("Budget"), rule.budget, url=reverse("admin:rewards_budget_change", args=[rule.budget_id])))
    return facts


def version_step(rule: RewardRule) -> dict[str, str]:
    title = _("Version %(number)s") % {"number": rule.version}
    until = _("until %(moment)s") % {"moment": moment(rule.superseded_at)} if rule.superseded_at else ""
    return step(rule.valid_from, title, icon="file-text", text=rule_sentence(rule), who=until)


class RuleInline(admin.TabularInline[RewardRule, Campaign]):
    """The rules of a campaign on its page, to be read; each leads to its own page."""

    model = RewardRule
    extra = 0
    can_delete = False
    show_change_link = True
    fields = readonly_fields = ("sentence",)
    verbose_name_plural = gettext_lazy("what is earned")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RewardRule]:
        standing = super().get_queryset(request).filter(superseded_at=None)
        return standing.select_related("budget").prefetch_related("amounts", "conditions", "limits")

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("rule"))
    def sentence(self, rule: RewardRule) -> str:
        return rule_sentence(rule)


CAMPAIGN_INLINES.register("rules", RuleInline)

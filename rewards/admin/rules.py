"""Rules as sentences. Saving one that is in use makes its next version; the form shows all versions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note, step
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.models import Campaign
from config.lib import clock
from rewards.admin.rule_forms import (
    AmountInline,
    ConditionInline,
    LimitInline,
    RuleForm,
    amounts_of,
    conditions_of,
    draft_from,
    limits_of,
)
from rewards.models import Condition, Limit, RewardRule, RuleAmount
from rewards.services.rules import is_in_use, rule_retire, rule_save
from rewards.words import limit_words, rule_sentence, staff_words


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
class RewardRuleAdmin(DetailAdmin[RewardRule]):
    form = RuleForm
    inlines = (AmountInline, ConditionInline, LimitInline)
    list_display = ("sentence", "campaign", "key", "version", "state")
    list_display_links = ("sentence",)
    list_filter = ("campaign", "recipient", "benefit", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("campaign", "budget")
    ordering = ("campaign", "key", "-version")
    search_fields = ("key", "campaign__name")
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
        return rule_sentence(rule, told=staff_words)

    def status(self, rule: RewardRule) -> dict[str, Any]:
        if rule.superseded_at:
            return {"label": _("superseded"), "tone": "neutral"}
        return {"label": _("in force"), "tone": "success"}

    @admin.display(description=gettext_lazy("stands"), ordering="superseded_at")
    def state(self, rule: RewardRule) -> SafeString:
        return super().state(rule)

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

    def detail(self, request: HttpRequest, rule: RewardRule) -> dict[str, Any]:
        versions = RewardRule.objects.filter(campaign=rule.campaign, key=rule.key).order_by("-version")
        return {
            "title": rule.key,
            "subtitle": rule_sentence(rule, told=staff_words),
            "status": self.status(rule),
            "notes": notes_of(rule),
            "facts": facts_of(rule),
            "timeline": [version_step(version) for version in versions.prefetch_related("amounts")],
        }

    def sections(self, request: HttpRequest, rule: RewardRule) -> dict[str, Any]:
        return {"show_form": rule.superseded_at is None}


def notes_of(rule: RewardRule) -> list[dict[str, Any]]:
    if rule.superseded_at:
        return [note(_("An earlier version: it pays those who signed up while it stood."))]
    if is_in_use(rule):
        text = _("In use: saving a change makes version %(next)s. Who signed up before is paid by this one.")
        return [note(text % {"next": rule.version + 1})]
    return []


def facts_of(rule: RewardRule) -> list[dict[str, Any]]:
    facts = [
        fact(_("Campaign"), rule.campaign, url=page_url(rule.campaign)),
        fact(_("Version"), rule.version),
        fact(_("Rewards"), rule.rewards.count()),
    ]
    facts += [fact(_("Condition"), staff_words(condition)) for condition in rule.conditions.all()]
    facts += [fact(_("Limit"), limit_words(limit, rule)) for limit in rule.limits.all()]
    if rule.budget:
        facts.append(fact(_("Budget"), rule.budget, url=page_url(rule.budget)))
    return facts


def version_step(rule: RewardRule) -> dict[str, Any]:
    title = _("Version %(number)s") % {"number": rule.version}
    until = _("until %(moment)s") % {"moment": moment(rule.superseded_at)} if rule.superseded_at else ""
    return step(rule.valid_from, title, icon="file-text", text=rule_sentence(rule, told=staff_words), who=until)


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
        return rule_sentence(rule, told=staff_words)


CAMPAIGN_INLINES.register("rules", RuleInline)

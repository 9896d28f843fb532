"""Rules as sentences. Saving one that is in use makes its next version; the page shows what each version changed."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, note
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.models import Campaign
from config.lib import clock
from rewards.admin.rule_editor import ADD, CHANGE, choose_campaign, editor, preview_fragment
from rewards.admin.rule_versions import friends_promised, retired_note, version_steps, versions_of
from rewards.admin.simulate import simulate_urls
from rewards.models import RewardRule
from rewards.rules.rule import BY_HAND
from rewards.services.rules import rule_retire
from rewards.words import staff_sentence, staff_sentences


def confirm_retire(rule: RewardRule) -> str:
    head = _("From now on “%(rule)s” pays nobody new.") % {"rule": rule.key}
    return f"{head} {retired_note(rule)}"


def run_retire(request: HttpRequest, rule: RewardRule, cleaned: dict[str, Any]) -> str:
    rule_retire(rule=rule, actor=staff_of(request), now=clock.now())
    return _("“%(rule)s” pays nobody new any more.") % {"rule": rule.key}


RETIRE: Verb[RewardRule] = Verb(
    name="retire",
    label=gettext_lazy("Retire this rule"),
    permission=CHANGE,
    run=run_retire,
    allowed=lambda rule: rule.superseded_at is None,
    confirm=confirm_retire,
    tone="danger",
    icon="ban",
)


@admin.register(RewardRule)
class RewardRuleAdmin(DetailAdmin[RewardRule]):
    list_display = ("sentence", "campaign", "key", "version", "state")
    list_display_links = ("sentence",)
    list_filter = ("campaign", "recipient", "benefit", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("campaign", "budget")
    ordering = ("campaign", "key", "-version")
    search_fields = ("key", "campaign__name")
    change_form_template = "admin/rewards/rewardrule/change_form.html"
    verbs = (RETIRE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RewardRule]:
        return self._rules().exclude(trigger=BY_HAND)

    def has_change_permission(self, request: HttpRequest, obj: RewardRule | None = None) -> bool:
        """By the editor, which knows what a rule may say."""
        return False

    def get_urls(self) -> list[URLPattern]:
        door, name = self.admin_site.admin_view, "rewards_rewardrule"
        return [
            path("in/<int:campaign_pk>/preview/", door(self.preview_view), name=f"{name}_preview"),
            path("<int:pk>/preview/", door(self.preview_view), name=f"{name}_preview_of"),
            path("<int:pk>/edit/", door(self.edit_view), name=f"{name}_edit"),
            *simulate_urls(self.admin_site),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """`?campaign=`: whose rule it will be; `?from=`: the rule that it begins from."""
        model = self._rule(request.GET["from"]) if "from" in request.GET else None
        campaign_pk = request.GET.get("campaign") or (str(model.campaign_id) if model else "")
        if not campaign_pk:
            return choose_campaign(request, self._around(request))
        return editor(request, self._around(request), _campaign(campaign_pk), None, model)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self._rule(str(pk))
        if rule.superseded_at is None:
            return editor(request, self._around(request), rule.campaign, rule, None)
        # What people relied on is history: the version that stands is changed.
        newest = RewardRule.objects.standing().filter(campaign=rule.campaign, key=rule.key).first()
        return HttpResponseRedirect(_edit_url(newest) if newest else page_url(rule))

    def preview_view(self, request: HttpRequest, campaign_pk: int = 0, pk: int = 0) -> HttpResponse:
        if not (request.user.has_perm(ADD) or request.user.has_perm(CHANGE)):
            raise PermissionDenied
        rule = self._rule(str(pk)) if pk else None
        return preview_fragment(request, rule.campaign if rule else _campaign(str(campaign_pk)), rule)

    def _rule(self, pk: str) -> RewardRule:
        rule = self._rules().filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
        if rule is None:
            raise Http404
        return rule

    @staticmethod
    def _rules() -> QuerySet[RewardRule]:
        rules = RewardRule.objects.select_related("campaign", "budget")
        return rules.prefetch_related("amounts", "conditions", "limits")

    def _around(self, request: HttpRequest) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts}

    @admin.display(description=gettext_lazy("rule"))
    def sentence(self, rule: RewardRule) -> str:
        return staff_sentence(rule)

    def status(self, rule: RewardRule) -> dict[str, Any]:
        if rule.superseded_at:
            return {"label": _("superseded"), "tone": "neutral"}
        return {"label": _("in force"), "tone": "success"}

    @admin.display(description=gettext_lazy("stands"), ordering="superseded_at")
    def state(self, rule: RewardRule) -> SafeString:
        return super().state(rule)

    def detail(self, request: HttpRequest, rule: RewardRule) -> dict[str, Any]:
        return {
            "title": rule.key,
            "icon": "gift",
            "subtitle": _("Rule of %(campaign)s, version %(number)s")
            % {"campaign": rule.campaign, "number": rule.version},
            "status": self.status(rule),
            "notes": notes_of(rule),
            "facts": facts_of(rule),
            "timeline": version_steps(versions_of(rule)),
        }

    def sections(self, request: HttpRequest, rule: RewardRule) -> dict[str, Any]:
        add = reverse("admin:rewards_rewardrule_add")
        is_standing = rule.superseded_at is None
        return {
            "sentences": staff_sentences(rule),
            "edit_url": _edit_url(rule) if is_standing and request.user.has_perm(CHANGE) else "",
            "copy_url": f"{add}?from={rule.pk}" if request.user.has_perm(ADD) else "",
        }


def _edit_url(rule: RewardRule) -> str:
    return reverse("admin:rewards_rewardrule_edit", args=[rule.pk])


def _campaign(pk: str) -> Campaign:
    campaign = Campaign.objects.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
    if campaign is None:
        raise Http404
    return campaign


def notes_of(rule: RewardRule) -> list[dict[str, Any]]:
    if rule.superseded_at:
        return [note(_("An earlier version: it pays those who signed up while it stood."))]
    return []


def facts_of(rule: RewardRule) -> list[dict[str, Any]]:
    facts = [
        fact(_("Campaign"), rule.campaign, url=page_url(rule.campaign)),
        fact(_("Version"), rule.version),
        fact(_("Friends promised"), friends_promised(rule), hint=_("Who signed up while this version stood.")),
        fact(_("Rewards"), rule.rewards.count(), hint=_("That came of this version.")),
    ]
    if rule.budget:
        facts.append(fact(_("Budget"), rule.budget, url=page_url(rule.budget)))
    return facts


class RuleInline(admin.TabularInline[RewardRule, Campaign]):
    """The rules of a campaign on its page, to be read; each leads to its own page, and one to the editor of another."""

    model = RewardRule
    template = "admin/rewards/rewardrule/inline.html"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("sentence",)
    verbose_name_plural = gettext_lazy("what is earned")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RewardRule]:
        standing = super().get_queryset(request).filter(superseded_at=None).order_by("priority", "key")
        return standing.select_related("campaign", "budget").prefetch_related("amounts", "conditions", "limits")

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("rule"))
    def sentence(self, rule: RewardRule) -> str:
        return staff_sentence(rule)


CAMPAIGN_INLINES.register("rules", RuleInline)

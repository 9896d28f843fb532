"""What was earned: why it came to be, why it waits, what became of it, and the two words that a person has in it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, pill, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note
from config.lib import clock
from config.lib.money import Money, money_words
from referrals.admin.referrals import timeline_step
from rewards.admin.choosing import CHOOSE, option_words
from rewards.admin.explain import explain_urls, why_event_url
from rewards.explain.happenings import event_of_evaluation, event_title
from rewards.explain.steps import step_groups
from rewards.models import Evaluation, Reward, Transfer
from rewards.selectors import needs_approval
from rewards.services.rewards import reward_approve, reward_decline
from rewards.story import step_entry
from rewards.words import staff_reasons, staff_sentence, trace_words
from rewards.words.benefits import reward_words

Status = Reward.Status
CHANGE = "rewards.change_reward"


def amount_words(reward: Reward) -> str:
    return money_words(Money(reward.amount, reward.unit))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("Colleagues read it; the person does not."),
    )
    answer = forms.CharField(
        label=gettext_lazy("What the person is told"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One or two sentences, in their language; they get them by mail. Empty: they are told nothing."
        ),
    )


def confirm_approve(reward: Reward) -> str:
    return _("%(person)s gets %(amount)s.") % {"person": reward.contact, "amount": amount_words(reward)}


def confirm_decline(reward: Reward) -> str:
    return _("%(person)s does not get %(amount)s. This is for good; the budget gets the amount back.") % {
        "person": reward.contact,
        "amount": amount_words(reward),
    }


def run_approve(request: HttpRequest, reward: Reward, cleaned: dict[str, Any]) -> str:
    approved = reward_approve(reward=reward, actor=staff_of(request), now=clock.now())
    if approved.status == Status.PENDING:
        return " ".join([_("Approved."), *staff_reasons(approved)])
    return _("Approved: %(amount)s for %(person)s.") % {"amount": amount_words(reward), "person": reward.contact}


def run_decline(request: HttpRequest, reward: Reward, cleaned: dict[str, Any]) -> str:
    reward_decline(
        reward=reward,
        actor=staff_of(request),
        reason=cleaned["reason"],
        answer=cleaned["answer"],
        now=clock.now(),
    )
    return _("Declined, and the person is told.") if cleaned["answer"] else _("Declined.")


APPROVE: Verb[Reward] = Verb(
    name="approve",
    label=gettext_lazy("Approve"),
    permission=CHANGE,
    run=run_approve,
    allowed=lambda reward: reward.status == Status.PENDING and needs_approval(reward),
    confirm=confirm_approve,
    tone="primary",
    icon="check-check",
)
DECLINE: Verb[Reward] = Verb(
    name="decline",
    label=gettext_lazy("Decline"),
    permission=CHANGE,
    run=run_decline,
    allowed=lambda reward: reward.status == Status.PENDING,
    form=DeclineForm,
    confirm=confirm_decline,
    tone="danger",
    icon="ban",
)


class WaitsBecause(admin.SimpleListFilter):
    title = gettext_lazy("waits because")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Reward.PendingReason.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reward]) -> QuerySet[Reward]:
        # No database but PostgreSQL looks into a list of JSON; the reasons are words that no other contains.
        reason = self.value()
        return queryset.filter(pending_reasons__icontains=reason) if reason else queryset


@admin.register(Reward)
class RewardAdmin(DetailAdmin[Reward], ReadOnlyAdmin[Reward]):
    list_display = ("who", "what", "worth", "state", "waits", "campaign", "eligible_at")
    list_display_links = ("who",)
    list_filter = ("status", WaitsBecause, "benefit", "campaign", "is_test")
    list_select_related = ("campaign", "contact__details", "charity", "rule")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    search_fields = ("public_id", "contact__details__name", "coupon__code", "=contact__public_id")
    search_help_text = gettext_lazy("Number of a reward, a name, or a coupon")
    change_form_template = "admin/rewards/reward/change_form.html"
    verbs = (APPROVE, CHOOSE, DECLINE)
    tones = {
        Status.PENDING: "warning",
        Status.APPROVED: "accent",
        Status.PROCESSING: "accent",
        Status.FULFILLED: "success",
        Status.DECLINED: "danger",
        Status.FAILED: "danger",
    }

    @admin.display(description=gettext_lazy("who"), ordering="contact__details__name")
    def who(self, reward: Reward) -> str:
        return str(reward.contact or reward.charity or _("a good cause"))

    @admin.display(description=gettext_lazy("what"), ordering="benefit")
    def what(self, reward: Reward) -> str:
        return str(reward.get_benefit_display())

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def worth(self, reward: Reward) -> str:
        return amount_words(reward)

    @admin.display(description=gettext_lazy("waits because"))
    def waits(self, reward: Reward) -> SafeString | str:
        labels = [Reward.PendingReason(reason).label for reason in reward.pending_reasons]
        return format_html_join(" ", "{}", ((pill(label, "neutral"),) for label in labels)) or "–"

    def get_urls(self) -> list[URLPattern]:
        return [*explain_urls(self.admin_site), *super().get_urls()]

    def detail(self, request: HttpRequest, reward: Reward) -> dict[str, Any]:
        steps = reward.events.select_related("reward__contact__details", "actor").order_by("-occurred_at", "-pk")
        return {
            "title": self.who(reward),
            "subtitle": f"{amount_words(reward)} · {self.what(reward)}",
            "status": self.status(reward),
            "notes": [note(sentence) for sentence in staff_reasons(reward)],
            "facts": facts_of(reward),
            "timeline": [timeline_step(step_entry(step)) for step in steps],
        }

    def sections(self, request: HttpRequest, reward: Reward) -> dict[str, Any]:
        transfers = Transfer.objects.filter(reference=reward.public_id).order_by("pk")
        return {
            "rule_words": staff_sentence(reward.rule),
            "groups": step_groups(reward.trace, campaign=reward.campaign),
            "why_url": why_url(reward.evaluation),
            "transfers": list(transfers.select_related("debit", "credit"))
            if request.user.has_perm("rewards.view_transfer")
            else [],
        }


def why_url(evaluation: Evaluation) -> str:
    """The page that tells what every rule made of the event."""
    event = event_of_evaluation(evaluation)
    return why_event_url(event.public_id) if event else ""


def _came_by(reward: Reward) -> dict[str, Any]:
    change = getattr(reward, "changes_by_hand", None)
    if change:
        return fact(_("Given by hand"), change.reason, url=page_url(change))
    return fact(_("Rule"), reward.rule, url=page_url(reward.rule))


def facts_of(reward: Reward) -> list[dict[str, Any]]:
    facts = [
        fact(_("Number"), reward.public_id),
        fact(_("Earned"), moment(reward.created_at)),
        fact(_("Waiting time until"), moment(reward.eligible_at)),
        fact(_("Campaign"), reward.campaign, url=page_url(reward.campaign)),
        _came_by(reward),
    ]
    if reward.referral:
        facts.append(fact(_("Friend"), reward.referral, url=page_url(reward.referral)))
    if reward.charity:
        facts.append(fact(_("Good cause"), reward.charity, url=page_url(reward.charity)))
    if coupon := getattr(reward, "coupon", None):
        facts.append(fact(_("Code"), coupon.code, url=page_url(coupon)))
    facts += what_exactly(reward)
    if order := getattr(reward, "gift_order", None):
        facts.append(fact(_("Order"), order.item, url=page_url(order)))
    if reward.approved_by:
        facts.append(fact(_("Approved by"), reward.approved_by))
    if reward.taken_back:
        facts.append(fact(_("Taken back"), money_words(Money(reward.taken_back, reward.unit))))
    return facts


def what_exactly(reward: Reward) -> list[dict[str, Any]]:
    """Of a choice what there is, and of what runs from when to when."""
    facts = [fact(_("What exactly"), reward_words(reward))] if reward.benefit_settings.get("name") else []
    if reward.options:
        facts.append(fact(_("To choose from"), ", ".join(option_words(option) for option in reward.options)))
    if reward.chosen:
        facts.append(fact(_("Chosen"), reward.chosen))
    if reward.starts_at and reward.ends_at:
        facts += [fact(_("Begins"), moment(reward.starts_at)), fact(_("Ends"), moment(reward.ends_at))]
    return facts


class Found(admin.SimpleListFilter):
    """What may want a person: an amount without its currency, a limit, a coupon that was not good."""

    title = gettext_lazy("what was found")
    parameter_name = "found"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("currency_mismatch", _("no amount in the currency")),
            ("limit_reached", _("limit reached")),
            ("coupon_not_valid", _("coupon not valid")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Evaluation]) -> QuerySet[Evaluation]:
        code = self.value()
        return queryset.filter(trace__icontains=code) if code else queryset


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin[Evaluation]):
    """That the engine has looked at a fact, and what it found."""

    list_display = ("what", "evaluated_at", "found")
    list_display_links = ("evaluated_at",)
    list_filter = (Found, "source")
    ordering = ("-pk",)
    fields = ("what", "source", "source_id", "evaluated_at", "found")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("event"))
    def what(self, evaluation: Evaluation) -> SafeString | str:
        event = event_of_evaluation(evaluation)
        return (
            format_html('<a href="{}">{}</a>', why_event_url(event.public_id), event_title(event))
            if event
            else evaluation.source
        )

    @admin.display(description=gettext_lazy("how it was decided"))
    def found(self, evaluation: Evaluation) -> SafeString | str:
        lines = [
            (f"{rule['rule']}: " if "rule" in rule else "") + " ".join(trace_words(step) for step in rule["steps"])
            for rule in evaluation.trace
        ]
        return format_html_join(" ", "<p>{}</p>", ((line,) for line in lines)) or "–"

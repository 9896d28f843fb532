from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import page_url, pill, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, may, note, step
from advocates.models import Consent, User
from advocates.selectors import contact_email, contact_phone, display_name
from advocates.services.conflicts import conflicts_kept
from advocates.services.consents import SPOKEN_TEXT
from advocates.services.contacts import ContactFacts
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from referrals.admin.attribution import attribution_section
from referrals.admin.forms import HeardByPhoneForm
from referrals.admin.verbs import VERBS
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import FriendConsent, referral_heard
from referrals.timeline import TimelineEntry, timeline

Status, Review, Channel = Referral.Status, Referral.Review, Consent.Channel


class LateFilter(admin.SimpleListFilter):
    title = _lazy("first answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrOrPromise]]:
        return [("waiting", _lazy("waiting")), ("late", _lazy("late"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Referral]) -> QuerySet[Referral]:
        if self.value() == "waiting":
            return queryset.filter(status=Status.SUBMITTED, first_answered_at=None)
        if self.value() == "late":
            late = Referral.objects.late(at=clock.now())
            return queryset.filter(pk__in=late.values("pk"))
        return queryset


@admin.register(Referral)
class ReferralAdmin(DetailAdmin[Referral]):
    """Who was recommended by whom, and what is to be done next."""

    list_display = ("who", "state", "answer", "owner", "campaign", "recommended_by", "deal", "came_in")
    list_filter = (
        "status",
        LateFilter,
        "review",
        ("owner", admin.RelatedOnlyFieldListFilter),
        ("campaign", admin.RelatedOnlyFieldListFilter),
        "method",
    )
    list_select_related = ("friend__details", "advocate__details", "owner", "campaign")
    search_fields = (
        "public_id",
        "friend__details__name",
        "friend__details__company",
        "friend__keys__value",
        "=friend__public_id",
        "=advocate__public_id",
    )
    search_help_text = _lazy("Name, company, e-mail address or phone number of the friend")
    ordering = ("-submitted_at",)
    verbs = VERBS
    change_form_template = "admin/referrals/referral/detail.html"
    tones = {
        Status.SUBMITTED: "warm",
        Status.CONTACTED: "accent",
        Status.QUALIFIED: "accent",
        Status.CONVERTED: "success",
        Status.REJECTED: "danger",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Referral]:
        return super().get_queryset(request).prefetch_related("friend__keys", "advocate__keys")

    def has_change_permission(self, request: HttpRequest, obj: Referral | None = None) -> bool:
        """Nothing is edited in place; the verbs ask for their own permission."""
        return False

    # --- the list -----------------------------------------------------------------------------------------------------

    @admin.display(description=_lazy("friend"), ordering="friend__details__name")
    def who(self, referral: Referral) -> str:
        return display_name(referral.friend)

    @admin.display(description=_lazy("status"), ordering="status")
    def state(self, referral: Referral) -> SafeString:
        shown = super().state(referral)
        if referral.review != Review.HELD:
            return shown
        return format_html("{} {}", shown, pill(referral.get_review_display(), "warning"))

    @admin.display(description=_lazy("first answer"), ordering="first_answer_due_at")
    def answer(self, referral: Referral) -> SafeString | str:
        return answer_words(referral, at=clock.now())

    @admin.display(description=_lazy("recommended by"), ordering="advocate__details__name")
    def recommended_by(self, referral: Referral) -> str:
        return display_name(referral.advocate)

    @admin.display(description=_lazy("deal"), ordering="deal_amount")
    def deal(self, referral: Referral) -> str:
        return deal_words(referral)

    @admin.display(description=_lazy("came in"), ordering="submitted_at")
    def came_in(self, referral: Referral) -> SafeString:
        return ago(referral.submitted_at, now=clock.now())

    # --- the page of one referral -------------------------------------------------------------------------------------

    def detail(self, request: HttpRequest, referral: Referral) -> dict[str, Any]:
        return {
            "title": display_name(referral.friend),
            "subtitle": _("recommended by %(advocate)s in %(campaign)s")
            % {"advocate": display_name(referral.advocate), "campaign": referral.campaign},
            "status": self.status(referral),
            "notes": _notes(referral, at=clock.now()),
            "facts": _facts(referral),
            "may": [may(referral.friend, channel) for channel in (Channel.PHONE, Channel.EMAIL)],
            "timeline": [timeline_step(entry) for entry in timeline(referral)],
        }

    def sections(self, request: HttpRequest, referral: Referral) -> dict[str, Any]:
        return {"attribution": attribution_section(referral)}

    # --- a referral heard by phone ------------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HeardByPhoneForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            now = clock.now()
            try:
                with conflicts_kept(now):
                    referral = _heard(form.cleaned_data, actor=staff_of(request), now=now)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Entered. Everybody concerned is told by mail."))
                return HttpResponseRedirect(page_url(referral))
        context = self.admin_site.each_context(request) | {
            "title": _("Enter a referral heard by phone"),
            "form": form,
            "sentence": _("The advocate is thanked, and the friend is told who recommended us."),
            "verb": {"label": _("Enter it"), "tone": "primary"},
            "row": _("New"),
            "back_url": reverse("admin:referrals_referral_changelist"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/components/verb.html", context)


def _heard(answers: dict[str, Any], *, actor: User, now: datetime) -> Referral:
    friend = ContactFacts(
        email=answers["email"], phone=answers["phone"], name=answers["name"], company=answers["company"]
    )
    given = {Channel.EMAIL: answers["email"], Channel.PHONE: answers["phone"]}
    consent = FriendConsent(
        source=ReferralEvent.CONSOLE,
        given_at=now,
        basis=answers["basis"],
        channels=tuple(channel for channel, address in given.items() if address),
        text_version=SPOKEN_TEXT,
    )
    return referral_heard(
        campaign=answers["campaign"],
        advocate=answers["advocate"],
        friend=friend,
        consent=consent if answers["basis"] else None,
        note=answers["note"],
        actor=actor,
        now=now,
    )


def answer_words(referral: Referral, *, at: datetime) -> SafeString | str:
    """When the first answer was given or is due; late ones carry a mark."""
    if referral.first_answered_at:
        return ago(referral.first_answered_at, now=at)
    if referral.status != Status.SUBMITTED:
        return NOTHING
    if referral.is_late(at=at):
        return pill(_("late by %(time)s") % {"time": timesince(referral.first_answer_due_at, at, depth=1)}, "danger")
    return _("in %(time)s") % {"time": timesince(at, referral.first_answer_due_at, depth=1)}


def deal_words(referral: Referral) -> str:
    if referral.deal_amount is None:
        return NOTHING
    return money_words(Money(referral.deal_amount, referral.deal_unit))


def ago(moment: datetime, *, now: datetime) -> SafeString:
    """How long ago, with the exact moment on hover."""
    words = _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}
    return format_html('<time title="{}">{}</time>', date_format(moment, "DATETIME_FORMAT"), words)


def _notes(referral: Referral, *, at: datetime) -> list[dict[str, Any]]:
    notes = []
    if referral.is_late(at=at):
        notes.append(note(_("The first answer is late."), tone="danger"))
    if referral.review == Review.HELD:
        text = _("Something was noticed: see the story. Until somebody has looked, rewards wait.")
        notes.append(note(text, tone="warning"))
    if referral.is_test:
        notes.append(note(_("A test: it pays nothing and stands in no figure."), tone="warning"))
    return notes


def _facts(referral: Referral) -> list[dict[str, Any]]:
    rows: list[tuple[StrOrPromise, Any, str]] = [
        (_("E-mail address"), contact_email(referral.friend), ""),
        (_("Phone"), contact_phone(referral.friend), ""),
        (_("Company"), getattr(getattr(referral.friend, "details", None), "company", ""), ""),
        (_("Good fit"), referral.note, ""),
        (_("Advocate"), display_name(referral.advocate), page_url(referral.advocate)),
        (_("Friend"), display_name(referral.friend), page_url(referral.friend)),
        (_("Owner"), referral.owner or _("nobody yet"), ""),
        (_("Attributed by"), referral.get_method_display(), ""),
        (_("Channel"), referral.channel, ""),
        (_("Entered by"), referral.entered_by, ""),
        (_("Came in"), date_format(referral.submitted_at, "DATETIME_FORMAT"), ""),
        (_("First answer"), answer_words(referral, at=clock.now()), ""),
        (_("Counts until"), date_format(referral.credit_until, "DATE_FORMAT"), ""),
        (_("Deal value"), deal_words(referral), ""),
        (_("Why lost"), referral.lost_reason, ""),
        (_("Check"), referral.get_review_display(), ""),
    ]
    return [fact(label, value, url=url) for label, value, url in rows if value]


def timeline_step(entry: TimelineEntry) -> dict[str, Any]:
    return step(entry.at, entry.title, icon=entry.icon, tone=entry.tone, text=entry.text, who=entry.who)

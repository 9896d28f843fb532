from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb, pill
from advocates.errors import BadEmail
from advocates.models import AuditEntry, Contact
from advocates.services.contacts import ContactRef, contact_find
from campaigns.admin.base import SettingsAdmin, fact, moment, staff_of, step
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.errors import CopyMissing
from campaigns.forms import AskForm, ReasonForm
from campaigns.models import Campaign, CampaignCopy
from campaigns.selectors import copy_for, languages_missing
from campaigns.services.asks import AskResult, asks_send, inner_circle
from campaigns.services.campaigns import COPY_FIELDS, campaign_move, copy_write, what_is_missing
from config.lib import clock

Status = Campaign.Status

TONES = {
    Status.DRAFT: "neutral",
    Status.SCHEDULED: "accent",
    Status.ACTIVE: "success",
    Status.PAUSED: "warning",
    Status.ENDED: "neutral",
}
# Once people have joined, these stand as they are.
SETTLED_WITH_START = ("slug", "currency", "is_test")
STEPS_SHOWN = 30

VERB_WORDS = {
    "campaign_moved": gettext_lazy("Moved"),
    "copy_written": gettext_lazy("Texts written"),
    "asked": gettext_lazy("Advocates asked"),
    "created": gettext_lazy("Created"),
    "changed": gettext_lazy("Changed"),
}


class CopyInline(admin.StackedInline[CampaignCopy, Campaign]):
    """The newest texts of each language. After the start a change becomes the next version."""

    model = CampaignCopy
    extra = 0
    can_delete = False
    fields = ("language", *COPY_FIELDS)
    verbose_name_plural = gettext_lazy("texts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignCopy]:
        same = CampaignCopy.objects.filter(campaign=OuterRef("campaign"), language=OuterRef("language"))
        newest = same.order_by().values("language").annotate(newest=Max("version")).values("newest")
        return super().get_queryset(request).filter(version=Subquery(newest)).order_by("pk")


def move_verb(
    name: str, label: StrOrPromise, to: str, sentence: StrOrPromise, *, icon: str, tone: str = "secondary"
) -> Verb[Campaign]:
    """A verb that moves the campaign, offered where the table has that move."""

    def run(request: HttpRequest, campaign: Campaign, cleaned: dict[str, Any]) -> str:
        campaign_move(campaign=campaign, to=to, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
        return _("“%(campaign)s” is %(status)s now.") % {
            "campaign": campaign.name,
            "status": Status(to).label,
        }

    return Verb(
        name=name,
        label=label,
        permission="campaigns.change_campaign",
        run=run,
        allowed=lambda campaign: Campaign.MOVES.allows(campaign.status, to),
        form=ReasonForm,
        confirm=lambda campaign: sentence,
        icon=icon,
        tone=tone,
    )


def ask(request: HttpRequest, campaign: Campaign, cleaned: dict[str, Any]) -> str:
    chosen = cleaned["who"] == AskForm.CHOSEN
    people, unknown = _people(cleaned["addresses"]) if chosen else (inner_circle(), 0)
    result = asks_send(campaign=campaign, contacts=people, actor=staff_of(request), now=clock.now())
    return ask_words(result, unknown=unknown)


def ask_words(result: AskResult, *, unknown: int = 0) -> str:
    """How many were asked, and why the others were not."""
    asked = ngettext("One person is asked.", "%(count)s people are asked.", result.asked) % {"count": result.asked}
    left_out = {
        _("asked not long ago: %(count)s"): result.resting,
        _("without an address: %(count)s"): result.without_address,
        _("unsubscribed: %(count)s"): result.suppressed,
        _("no basis to write to them: %(count)s"): result.without_basis,
        _("cannot take part: %(count)s"): result.not_eligible,
        _("link switched off: %(count)s"): result.switched_off,
        _("not known here: %(count)s"): unknown,
    }
    others = ", ".join(words % {"count": count} for words, count in left_out.items() if count)
    return f"{asked} {_('Left out: %(others)s.') % {'others': others}}" if others else asked


def ask_sentence(campaign: Campaign) -> str:
    members = inner_circle().count()
    return ngettext(
        "There is one person in the inner circle. Whoever was asked within the rest period is left out.",
        "There are %(count)s people in the inner circle. Whoever was asked within the rest period is left out.",
        members,
    ) % {"count": members}


def _people(addresses: list[str]) -> tuple[list[Contact], int]:
    """The contacts behind these addresses, each once, and how many addresses are nobody's."""
    found: dict[int, Contact] = {}
    unknown = 0
    for address in addresses:
        try:
            contact = contact_find(ref=ContactRef(email=address), source="")
        except BadEmail:
            contact = None
        if contact:
            found[contact.pk] = contact
        else:
            unknown += 1
    return list(found.values()), unknown


@admin.register(Campaign)
class CampaignAdmin(SettingsAdmin[Campaign]):
    list_display = ("name", "state", "slug", "advocates", "starts_at", "ends_at")
    list_filter = ("status", "is_test")
    search_fields = ("name", "slug")
    change_form_template = "admin/components/detail.html"
    add_form_template = "admin/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "slug", "brand", "main_language", "referred", "is_test")}),
        (gettext_lazy("When"), {"fields": ("starts_at", "ends_at", "time_zone")}),
        (
            gettext_lazy("What counts"),
            {
                "fields": (
                    "currency",
                    "conversion_events",
                    "touch",
                    "known_customers",
                    "attribution_window_days",
                    "credit_window_days",
                )
            },
        ),
        (
            gettext_lazy("Who looks after it"),
            {"fields": ("default_owner", "team_email", "first_answer_hours", "destination_url")},
        ),
    )
    verbs = (
        move_verb(
            "activate",
            gettext_lazy("Activate"),
            Status.ACTIVE,
            gettext_lazy("Its links work from now on, friends can come, and what the rules promise is promised."),
            icon="play",
            tone="primary",
        ),
        move_verb(
            "schedule",
            gettext_lazy("Schedule"),
            Status.SCHEDULED,
            gettext_lazy("It starts by itself at the time that stands under “starts”."),
            icon="calendar-check",
        ),
        move_verb(
            "pause",
            gettext_lazy("Pause"),
            Status.PAUSED,
            gettext_lazy(
                "Nobody new can join or come by a link. Friends who are here go on, and every reward is kept."
            ),
            icon="pause",
        ),
        move_verb(
            "end",
            gettext_lazy("End"),
            Status.ENDED,
            gettext_lazy("Nobody new, for good. Friends who are here can still buy, and every reward is kept."),
            icon="flag",
            tone="danger",
        ),
        Verb(
            name="ask",
            label=gettext_lazy("Ask the inner circle"),
            permission="campaigns.change_campaign",
            run=ask,
            allowed=lambda campaign: campaign.status == Status.ACTIVE,
            form=AskForm,
            confirm=ask_sentence,
            icon="orbit",
            tone="primary",
        ),
    )

    def get_inlines(self, request: HttpRequest, obj: Campaign | None) -> list[type[InlineModelAdmin[Any, Any]]]:
        return [CopyInline, *CAMPAIGN_INLINES] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        return SETTLED_WITH_START if obj and obj.status != Status.DRAFT else ()

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Campaign],
        formset: BaseInlineFormSet[Any, Any, Any],
        change: bool,
    ) -> None:
        if formset.model is not CampaignCopy:
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)
        for texts in (one.cleaned_data for one in formset.forms if one.has_changed()):
            copy_write(campaign=form.instance, language=texts["language"], texts=texts, actor=staff_of(request))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Campaign | None = None,
    ) -> HttpResponse:
        if obj:
            context |= {"detail": self._detail(request, obj), "show_form": True}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _detail(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        status = {"label": campaign.get_status_display(), "tone": TONES[Status(campaign.status)]}
        enrolments = reverse("admin:campaigns_enrolment_changelist") + f"?campaign__id__exact={campaign.pk}"
        return {
            "title": campaign.name,
            "subtitle": f"/c/{campaign.slug}/",
            "status": status,
            "notes": _notes(campaign),
            "actions": self.verbs_for(request, campaign),
            "timeline": [_step(entry) for entry in _trail(campaign)],
            "facts": [
                *_offers(campaign),
                fact(_("Advocates"), campaign.enrolments.count(), url=enrolments),
                fact(_("Starts"), moment(campaign.starts_at)),
                fact(_("Ends"), moment(campaign.ends_at)),
                fact(_("Looks after new referrals"), campaign.default_owner or "–"),
                fact(_("Landing page"), f"/c/{campaign.slug}/", url=f"/c/{campaign.slug}/"),
            ],
        }

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, campaign: Campaign) -> str:
        return pill(campaign.get_status_display(), TONES[Status(campaign.status)])

    @admin.display(description=gettext_lazy("advocates"))
    def advocates(self, campaign: Campaign) -> int:
        return campaign.enrolments.count()


def _offers(campaign: Campaign) -> list[dict[str, Any]]:
    """What the pages promise, in the main language; nothing before there are texts."""
    try:
        copy = copy_for(campaign, campaign.main_language)
    except CopyMissing:
        return []
    return [fact(_("The friend gets"), copy.friend_offer), fact(_("The advocate gets"), copy.advocate_offer)]


def _notes(campaign: Campaign) -> list[dict[str, str]]:
    """What is missing before the start, and where the main language will stand in."""
    notes = []
    if campaign.status in (Status.DRAFT, Status.SCHEDULED):
        notes = [{"tone": "warning", "text": sentence} for sentence in what_is_missing(campaign)]
    gaps = languages_missing(campaign)
    if gaps and campaign.status != Status.ENDED:
        names = [str(dict(settings.LANGUAGES)[code]) for code in gaps]
        text = _("No texts in: %(languages)s. The main language stands in.") % {"languages": ", ".join(names)}
        notes.append({"tone": "info", "text": text})
    return notes


def _trail(campaign: Campaign) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(model=campaign._meta.label_lower, object_id=campaign.public_id)
    return entries.select_related("actor").order_by("-created_at", "-pk")[:STEPS_SHOWN]


def _step(entry: AuditEntry) -> dict[str, str]:
    title = VERB_WORDS.get(entry.verb, entry.verb)
    to = entry.after.get("status", "")
    words = f"{title}: {Status(to).label}" if to in Status.values else title
    return step(entry.created_at, words, icon="history", text=entry.reason, who=str(entry.actor or entry.actor_label))

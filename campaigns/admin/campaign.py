from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import page_url, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note, step
from advocates.models import AuditEntry, Segment
from advocates.segments.sentence import segment_sentence
from campaigns.admin.base import SettingsAdmin
from campaigns.admin.campaign_verbs import CAMPAIGN_VERBS
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.errors import CopyMissing
from campaigns.models import Campaign, CampaignCopy
from campaigns.selectors import copy_for, languages_missing
from campaigns.services.campaigns import COPY_FIELDS, copy_write, what_is_missing
from campaigns.services.settings import choice_noted

Status = Campaign.Status

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


@admin.register(Campaign)
class CampaignAdmin(DetailAdmin[Campaign], SettingsAdmin[Campaign]):
    list_display = ("name", "state", "slug", "advocates", "starts_at", "ends_at")
    list_filter = ("status", "is_test")
    search_fields = ("name", "slug")
    fieldsets = (
        (None, {"fields": ("name", "slug", "brand", "main_language", "referred", "is_test")}),
        (gettext_lazy("Who may recommend"), {"fields": ("segments",)}),
        (gettext_lazy("When"), {"fields": ("starts_at", "ends_at", "time_zone")}),
        (
            gettext_lazy("What counts"),
            {
                "fields": (
                    "currency",
                    "conversion_events",
                    "touch",
                    "known_customers",
                    "known_again_months",
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
    verbs = CAMPAIGN_VERBS
    tones = {Status.SCHEDULED: "accent", Status.ACTIVE: "success", Status.PAUSED: "warning"}

    def get_inlines(self, request: HttpRequest, obj: Campaign | None) -> list[type[InlineModelAdmin[Any, Any]]]:
        return [CopyInline, *CAMPAIGN_INLINES] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        return SETTLED_WITH_START if obj and obj.status != Status.DRAFT else ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "segments":
            kwargs["queryset"] = Segment.objects.filter(is_active=True).order_by("name")
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        campaign: Campaign = form.instance
        before = _segment_ids(campaign)
        super().save_related(request, form, formsets, change)
        choice_noted(
            row=campaign, name="segments", before=before, after=_segment_ids(campaign), actor=staff_of(request)
        )

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

    def detail(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        enrolments = reverse("admin:campaigns_enrolment_changelist") + f"?campaign__id__exact={campaign.pk}"
        return {
            "title": campaign.name,
            "subtitle": f"/c/{campaign.slug}/",
            "status": self.status(campaign),
            "notes": _notes(campaign),
            "timeline": [_step(entry) for entry in _trail(campaign)],
            "facts": [
                *_offers(campaign),
                *_chosen(campaign),
                fact(_("Advocates"), campaign.enrolments.count(), url=enrolments),
                fact(_("Starts"), moment(campaign.starts_at)),
                fact(_("Ends"), moment(campaign.ends_at)),
                fact(_("Looks after new referrals"), campaign.default_owner or NOTHING),
                fact(_("Landing page"), f"/c/{campaign.slug}/", url=f"/c/{campaign.slug}/"),
            ],
        }

    def sections(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        return {"show_form": True}

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


def _segment_ids(campaign: Campaign) -> list[str]:
    return list(campaign.segments.values_list("public_id", flat=True))


def _chosen(campaign: Campaign) -> list[dict[str, Any]]:
    """Who may recommend, where that is not everybody."""
    segments = campaign.segments.prefetch_related("conditions").order_by("name")
    label = _("Who may recommend")
    return [fact(label, one.name, hint=segment_sentence(one), url=page_url(one)) for one in segments]


def _notes(campaign: Campaign) -> list[dict[str, Any]]:
    """What is missing before the start, and where the main language will stand in."""
    notes = []
    if campaign.status in (Status.DRAFT, Status.SCHEDULED):
        notes = [note(sentence, tone="warning") for sentence in what_is_missing(campaign)]
    gaps = languages_missing(campaign)
    if gaps and campaign.status != Status.ENDED:
        names = [str(dict(settings.LANGUAGES)[code]) for code in gaps]
        text = _("No texts in: %(languages)s. The main language stands in.") % {"languages": ", ".join(names)}
        notes.append(note(text))
    return notes


def _trail(campaign: Campaign) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(model=campaign._meta.label_lower, object_id=campaign.public_id)
    return entries.select_related("actor").order_by("-created_at", "-pk")[:STEPS_SHOWN]


def _step(entry: AuditEntry) -> dict[str, Any]:
    title = VERB_WORDS.get(entry.verb, entry.verb)
    to = entry.after.get("status", "")
    words = f"{title}: {Status(to).label}" if to in Status.values else title
    return step(entry.created_at, words, icon="history", text=entry.reason, who=str(entry.actor or entry.actor_label))

"""Tiers of a campaign: on its page to be read, each on a page of its own to be changed."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact
from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.models import Campaign
from config.lib import clock
from config.lib.rounding import BASIS_POINTS
from rewards.admin.tier_moves import move_step, moves_of, saturation_notes
from rewards.models import Tier
from rewards.saturation import members_by_tier, tiers_in
from rewards.services.tiers import MOST_TIMES, is_removable, tier_remove, tier_save
from rewards.tiers import times


class TierForm(forms.ModelForm[Tier]):
    times = forms.DecimalField(
        label=gettext_lazy("multiplier"),
        min_value=Decimal("0.0001"),
        max_value=MOST_TIMES,
        decimal_places=4,
        initial=1,
        help_text=gettext_lazy("1.25 pays one and a quarter times, where a rule multiplies by the tier."),
    )

    class Meta:
        model = Tier
        fields = ("campaign", "name", "key", "from_confirmed", "benefits")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["times"] = times(self.instance)


def run_remove(request: HttpRequest, tier: Tier, _cleaned: dict[str, Any]) -> HttpResponseRedirect:
    tier_remove(tier=tier, actor=staff_of(request))
    messages.success(request, _("“%(tier)s” is no tier any more.") % {"tier": tier.name})
    return HttpResponseRedirect(reverse("admin:rewards_tier_changelist"))


def confirm_remove(tier: Tier) -> str:
    return _("Advocates who have reached “%(tier)s” fall back to the tier below it.") % {"tier": tier.name}


REMOVE: Verb[Tier] = Verb(
    name="remove",
    label=gettext_lazy("Remove this tier"),
    permission="rewards.change_tier",
    run=run_remove,
    allowed=is_removable,
    confirm=confirm_remove,
    tone="danger",
    icon="ban",
)


@admin.register(Tier)
class TierAdmin(DetailAdmin[Tier]):
    form = TierForm
    list_display = ("name", "campaign", "from_confirmed", "times_words", "members")
    list_filter = ("campaign",)
    list_select_related = ("campaign",)
    ordering = ("campaign", "from_confirmed")
    search_fields = ("name", "campaign__name")
    prepopulated_fields = {"key": ("name",)}
    fields = ("campaign", "name", "key", "from_confirmed", "times", "benefits")
    verbs = (REMOVE,)

    def get_readonly_fields(self, request: HttpRequest, obj: Tier | None = None) -> tuple[str, ...]:
        return ("campaign", "key") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Tier | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description=gettext_lazy("multiplier"), ordering="multiplier")
    def times_words(self, tier: Tier) -> str:
        return f"× {localize(times(tier))}"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Members are counted once for each campaign of the page."""
        changes = super().get_changelist_instance(request)
        campaigns = {tier.campaign_id: tier.campaign for tier in changes.result_list}
        found: dict[int, int] = {}
        for campaign in campaigns.values():
            found |= members_by_tier(campaign, tiers_in(campaign))
        for tier in changes.result_list:
            tier.stand_in_it = found[tier.pk]
        return changes

    @admin.display(description=gettext_lazy("advocates in it"))
    def members(self, tier: Tier) -> int:
        return tier.stand_in_it  # type: ignore[attr-defined,no-any-return]

    def save_model(self, request: HttpRequest, obj: Tier, form: Any, change: bool) -> None:
        obj.pk = tier_save(
            campaign=obj.campaign,
            key=obj.key,
            name=obj.name,
            from_confirmed=obj.from_confirmed,
            multiplier=int(form.cleaned_data["times"] * BASIS_POINTS),
            benefits=obj.benefits,
            actor=staff_of(request),
        ).pk

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    def detail(self, request: HttpRequest, tier: Tier) -> dict[str, Any]:
        now = clock.now()
        members = members_by_tier(tier.campaign, tiers_in(tier.campaign))[tier.pk]
        return {
            "title": tier.name,
            "subtitle": tier.campaign.name,
            "icon": "orbit",
            "notes": saturation_notes(tier.campaign, now),
            "timeline": [move_step(move) for move in moves_of(tier)],
            "facts": [
                fact(_("Campaign"), tier.campaign, url=page_url(tier.campaign)),
                fact(_("From so many confirmed referrals"), tier.from_confirmed),
                fact(_("Multiplier"), self.times_words(tier)),
                fact(_("Advocates in it"), members),
            ],
        }

    def sections(self, request: HttpRequest, tier: Tier) -> dict[str, Any]:
        return {"show_form": True}


class TierInline(admin.TabularInline[Tier, Campaign]):
    """The tiers of a campaign on its page, to be read; each leads to its own page."""

    model = Tier
    extra = 0
    can_delete = False
    show_change_link = True
    fields = readonly_fields = ("name", "from_confirmed", "times_words")
    ordering = ("from_confirmed",)
    times_words = TierAdmin.times_words

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False


CAMPAIGN_INLINES.register("tiers", TierInline)

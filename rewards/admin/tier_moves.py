"""Who moved between tiers and why, how the tiers of a campaign behave, and whether the highest is crowded."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.admin.base import ConsoleAdmin, ReadOnlyAdmin, staff_of
from advocates.admin.detail import note, step
from campaigns.models import Campaign
from rewards.models import Tier, TierMove, TierPolicy
from rewards.saturation import Saturation, saturation_of
from rewards.services.tiers import tier_policy_save
from rewards.tiers import IDLE

MOVES_SHOWN = 20


@admin.register(TierPolicy)
class TierPolicyAdmin(ConsoleAdmin[TierPolicy]):
    """One for each campaign; without it nobody is moved down."""

    list_display = ("campaign", "demote_after_months")
    list_select_related = ("campaign",)
    ordering = ("campaign",)
    fields = ("campaign", "demote_after_months")

    def get_readonly_fields(self, request: HttpRequest, obj: TierPolicy | None = None) -> tuple[str, ...]:
        return ("campaign",) if obj else ()

    def save_model(self, request: HttpRequest, obj: TierPolicy, form: Any, change: bool) -> None:
        tier_policy_save(policy=obj, actor=staff_of(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []


@admin.register(TierMove)
class TierMoveAdmin(ReadOnlyAdmin[TierMove]):
    list_display = ("person", "came_from", "came_to", "confirmed", "why", "occurred_at")
    list_filter = ("enrolment__campaign", "tier_to")
    list_select_related = ("enrolment__contact__details", "tier_from", "tier_to")
    ordering = ("-pk",)
    fields = ("person", "came_from", "came_to", "confirmed", "why", "occurred_at")

    @admin.display(description=gettext_lazy("advocate"))
    def person(self, move: TierMove) -> str:
        return str(move.enrolment.contact)

    @admin.display(description=gettext_lazy("from"))
    def came_from(self, move: TierMove) -> str:
        return move.tier_from.name if move.tier_from else "–"

    @admin.display(description=gettext_lazy("to"))
    def came_to(self, move: TierMove) -> str:
        return move.tier_to.name if move.tier_to else "–"

    @admin.display(description=gettext_lazy("why"))
    def why(self, move: TierMove) -> str:
        return why_moved(move)


def saturation_notes(campaign: Campaign, now: datetime) -> list[dict[str, Any]]:
    found = saturation_of(campaign, now)
    return [note(saturation_words(found), tone="warning")] if found and found.is_saturated else []


def saturation_words(found: Saturation) -> str:
    """'“Gold” has 12 advocates; in the last 90 days the campaign had 4 conversions.'"""
    values = {"tier": found.tier.name, "members": found.members, "conversions": found.conversions}
    return (
        _(
            "More advocates stand in “%(tier)s” (%(members)s) than there were conversions in the last 90 days "
            "(%(conversions)s). Add a tier above it, ask for more friends, or move down who brings nobody."
        )
        % values
    )


def move_step(move: TierMove) -> dict[str, Any]:
    names = {"person": str(move.enrolment.contact), "tier": move.tier_to.name if move.tier_to else _("no tier")}
    return step(
        move.occurred_at,
        _("%(person)s came to %(tier)s") % names,
        icon="orbit",
        tone="success" if is_up(move) else "warning",
        text=why_moved(move),
    )


def why_moved(move: TierMove) -> str:
    if move.key.startswith(IDLE):
        return _("No confirmed referral for long.")
    return ngettext("%(count)s confirmed referral", "%(count)s confirmed referrals", move.confirmed) % {
        "count": move.confirmed
    }


def is_up(move: TierMove) -> bool:
    old, new = (tier.from_confirmed if tier else -1 for tier in (move.tier_from, move.tier_to))
    return new > old


def moves_of(tier: Tier) -> list[TierMove]:
    moves = TierMove.objects.filter(Q(tier_to=tier) | Q(tier_from=tier)).order_by("-pk")
    return list(moves.select_related("enrolment__contact__details", "tier_from", "tier_to")[:MOVES_SHOWN])

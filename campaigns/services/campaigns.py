"""A campaign starts only when nothing is missing; what it promised, it keeps after it has closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import User
from advocates.services.audit import audit
from campaigns.errors import CampaignNotReady
from campaigns.models import Campaign, CampaignCopy
from campaigns.selectors import company
from config.lib.insert_once import insert_once
from config.lib.registry import Registry
from config.lib.states import move

Status = Campaign.Status

# Each says in sentences what is missing before the campaign may start.
ActivationCheck = Callable[[Campaign], list[str]]
ACTIVATION_CHECKS: Registry[ActivationCheck] = Registry("activation check")

COPY_FIELDS = (
    "headline",
    "intro",
    "friend_offer",
    "advocate_offer",
    "good_fit",
    "call_to_action",
    "share_text",
    "terms",
    "faq",
    "quotes",
)


def what_is_missing(campaign: Campaign) -> list[str]:
    """Sentences, empty when the campaign may start."""
    return [sentence for check in ACTIVATION_CHECKS for sentence in check(campaign)]


def postal_address_check(_campaign: Campaign) -> list[str]:
    if company().postal_address.strip():
        return []
    return [_("The company page has no postal address: the law asks for one in the foot of every mail.")]


def main_copy_check(campaign: Campaign) -> list[str]:
    if campaign.copies.filter(language=campaign.main_language).exists():
        return []
    return [_("The texts in the main language are missing.")]


def conversion_events_check(campaign: Campaign) -> list[str]:
    if campaign.conversion_events:
        return []
    return [_("It does not say which event makes a friend a customer.")]


def campaign_move(*, campaign: Campaign, to: str, actor: User | None, reason: str = "", now: datetime) -> Campaign:
    """Start, pause, end. `actor` is None when the calendar does it.

    Raises CampaignNotReady (with `reasons`) on the way to scheduled or active, NotAllowed, Stale.
    """
    Campaign.MOVES.check(campaign.status, to)
    missing = what_is_missing(campaign) if to in (Status.SCHEDULED, Status.ACTIVE) else []
    if missing:
        raise CampaignNotReady(" ".join(missing), reasons=missing)
    with transaction.atomic():
        before = move(campaign, to=to, table=Campaign.MOVES)
        audit(
            verb="campaign_moved",
            row=campaign,
            actor=actor,
            by="" if actor else "calendar",
            before={"status": before},
            after={"status": to, "at": now.isoformat()},
            reason=reason,
        )
    return campaign


def campaigns_turn(now: datetime) -> dict[str, int]:
    """The calendar: scheduled campaigns start when their day comes, and end when it has passed."""
    starting = Campaign.objects.filter(status=Status.SCHEDULED, starts_at__lte=now)
    ending = Campaign.objects.filter(status__in=[Status.ACTIVE, Status.PAUSED], ends_at__lte=now)
    ready = [campaign for campaign in starting if not what_is_missing(campaign)]
    for campaign in ready:
        campaign_move(campaign=campaign, to=Status.ACTIVE, actor=None, now=now)
    over = list(ending)
    for campaign in over:
        campaign_move(campaign=campaign, to=Status.ENDED, actor=None, now=now)
    return {"started": len(ready), "ended": len(over)}


def copy_write(*, campaign: Campaign, language: str, texts: dict[str, Any], actor: User | None) -> CampaignCopy:
    """The texts of one language. A draft is edited; once people may have seen them, the next version is written.

    `texts` holds all of COPY_FIELDS.
    """
    newest = campaign.copies.filter(language=language).order_by("-version").first()
    values = {name: texts[name] for name in COPY_FIELDS}
    with transaction.atomic():
        if newest and campaign.status == Status.DRAFT:
            CampaignCopy.objects.filter(pk=newest.pk).update(**values)
            newest.refresh_from_db()
            copy = newest
        else:
            version = newest.version + 1 if newest else 1
            copy, _is_new = insert_once(
                CampaignCopy,
                unique=["campaign", "language", "version"],
                campaign=campaign,
                language=language,
                version=version,
                **values,
            )
        audit(verb="copy_written", row=copy, actor=actor, after={"language": language, "version": copy.version})
    return copy

"""What was promised when the friend came in: written once, and what stands today never lowers it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.insert_once import insert_once
from referrals.models import Referral, ReferralEvent
from rewards.models import DemandRate, Evaluation, Quote
from rewards.rules.rule import Rule
from rewards.triggers.asked import asked_by
from rewards.triggers.people import counted_before, segments_held, tier_at, tiers_of

SOURCE = "referral_event"


def stands(promise: Quote | None, at: datetime) -> bool:
    """A campaign that always pays what stands today keeps a promise that ends as it begins."""
    if promise is None:
        return False
    until = promise.valid_until
    return until is None or (promise.rules_at < until and at <= until)


def region_of(event: ReferralEvent, friend: Contact, promise: Quote | None) -> str:
    """The promised one while the promise stands, else the event's, else the friend's, else what was known at last."""
    promised = promise.region if promise else ""
    if promised and stands(promise, event.occurred_at):
        return promised
    return event.region or friend.region or promised


def promised_demand(promise: Quote | None, at: datetime) -> Mapping[str, int]:
    """Empty where nothing was promised: then today's counts."""
    return promise.demand if promise and stands(promise, at) else {}


def is_to_be_kept(event: ReferralEvent, referral: Referral, promise: Quote | None) -> bool:
    """Is this the first look at the referral? One from before promises were kept has been looked at, and goes on so."""
    if promise is not None:
        return False
    others = ReferralEvent.objects.filter(referral=referral).exclude(pk=event.pk)
    looks = Evaluation.objects.filter(source=SOURCE, source_id__in=others.values("pk"))
    # What the friend did before may have joined the referral: it was looked at when there was none.
    return not looks.filter(evaluated_at__gte=referral.submitted_at).exists()


def promise_keep(*, event: ReferralEvent, referral: Referral, rules: Iterable[Rule], now: datetime) -> Quote:
    """Write down what stands, as of sign-up, of what these rules ask about; kept once, whoever comes again."""
    rules, at, campaign = list(rules), referral.submitted_at, referral.campaign
    values: dict[str, Any] = {"rules_at": at, "valid_until": _until(referral)}
    region = event.region or referral.friend.region
    values["region"] = region
    if campaign.quote_days != 0:
        values["demand"] = demand_at(campaign, region, at) if region and asked_by(rules).demand else {}
        values |= _standing_of_advocate(event, referral, rules, now)
    promise, _is_new = insert_once(Quote, unique=["referral"], referral=referral, made_at=now, **values)
    return promise


def advocate_keep(
    *, event: ReferralEvent, referral: Referral, promise: Quote, rules: Iterable[Rule], now: datetime
) -> Quote:
    """Somebody else gets the credit: how the one before stood was promised to that one."""
    values = _standing_of_advocate(event, referral, list(rules), now)
    Quote.objects.filter(pk=promise.pk).update(**values)
    promise.tier, promise.segments = values["tier"], values["segments"]
    return promise


def region_keep(*, event: ReferralEvent, promise: Quote, rules: Iterable[Rule]) -> Quote:
    """The first event that tells a region freezes it, with its demand where the promise stands."""
    region, campaign = event.region, event.referral.campaign if event.referral else None
    is_asked = campaign and stands(promise, event.occurred_at) and asked_by(rules).demand
    demand = demand_at(campaign, region, event.occurred_at) if campaign and is_asked else {}
    if Quote.objects.filter(pk=promise.pk, region="").update(region=region, demand=demand):
        promise.region, promise.demand = region, demand
    return promise


def demand_at(campaign: Campaign, region: str, at: datetime) -> dict[str, int]:
    """Minor units by currency."""
    rates = DemandRate.objects.standing(at=at).filter(campaign=campaign, region=region)
    return dict(rates.values_list("unit", "amount"))


def _standing_of_advocate(
    event: ReferralEvent, referral: Referral, rules: Iterable[Rule], now: datetime
) -> dict[str, Any]:
    asked = asked_by(rules)
    tier = tier_at(tiers_of(referral.campaign), counted_before(event, referral)) if asked.tier else None
    held = segments_held(referral.advocate, asked.advocate_segments, now) if asked.advocate_segments else frozenset()
    return {"tier": tier.key if tier else "", "segments": sorted(held)}


def _until(referral: Referral) -> datetime:
    days = referral.campaign.quote_days
    return referral.credit_until if days is None else referral.submitted_at + timedelta(days=days)

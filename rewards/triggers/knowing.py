"""Fills in what the rules at hand ask about: a rule without a question about tiers costs no statement about tiers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from referrals.models import ReferralEvent
from rewards.quotes import StoodRules, quote
from rewards.rules.facts import Facts, Party
from rewards.rules.rule import Rule
from rewards.rules.tiers import counted
from rewards.tiers import lowered_before
from rewards.triggers.asked import Asked, asked_by
from rewards.triggers.occasion import Occasion, local_date
from rewards.triggers.people import (
    better_tier,
    bought_last,
    charities_named,
    circle_level,
    confirmed_friends,
    counted_before,
    counts_up_to,
    customer_before,
    segments_now,
    tiers_of,
)
from rewards.triggers.promise import advocate_keep, demand_at, is_to_be_kept, promise_keep, promised_demand, region_keep
from rewards.triggers.referral_events import rules_at


def known(occasion: Occasion, now: datetime) -> tuple[Occasion, StoodRules]:
    """The occasion with all that its rules ask about, and these rules; the promise is kept at the first look.

    Raises BadSegment where a rule that is triggered asks about a segment that has a problem.
    """
    occasion = _promised(occasion, now)
    stood = quote(campaign=occasion.campaign, at=occasion.rules_at, stamp=occasion.stamp)
    triggered = [rule for rule in stood.rules if rule.trigger in occasion.facts.triggers]
    return replace(occasion, facts=filled(occasion, asked_by(triggered), now)), stood


# --- the promise ------------------------------------------------------------------------------------------------------


def _promised(occasion: Occasion, now: datetime) -> Occasion:
    event, referral, promise = occasion.event, occasion.referral, occasion.promise
    if event is None or referral is None or event.referral_id != referral.pk:
        return occasion
    if is_to_be_kept(event, referral, promise):
        rules = _rules_of_promise(occasion, referral.submitted_at)
        promise = promise_keep(event=event, referral=referral, rules=rules, now=now)
    elif promise and event.type == ReferralEvent.REASSIGNED:
        rules = _rules_of_promise(occasion, promise.rules_at)
        promise = advocate_keep(event=event, referral=referral, promise=promise, rules=rules, now=now)
    elif promise and event.region and not promise.region:
        rules = _rules_of_promise(occasion, promise.rules_at)
        promise = region_keep(event=event, promise=promise, rules=rules)
    return replace(occasion, promise=promise, rules_at=rules_at(event, referral, promise))


def _rules_of_promise(occasion: Occasion, at: datetime) -> tuple[Rule, ...]:
    return quote(campaign=occasion.campaign, at=at, stamp=occasion.stamp).rules


# --- what rules ask about ---------------------------------------------------------------------------------------------


def filled(occasion: Occasion, asked: Asked, now: datetime) -> Facts:
    """The occasion's facts with the answers to what is asked. Raises BadSegment."""
    facts, event = occasion.facts, occasion.event
    more: dict[str, Any] = {"parties": _parties(occasion, asked, now)}
    if event and asked.types:
        more["counts"] = counts_up_to(event, asked.types) if event.referral_id else {}
    if event and asked.bought:
        more |= _bought(occasion)
    if asked.demand:
        more["demand"] = _demand(occasion)
    return replace(facts, **more)


def _parties(occasion: Occasion, asked: Asked, now: datetime) -> Mapping[str, Party]:
    parties = dict(occasion.facts.parties)
    advocate, friend = parties.get("advocate"), parties.get("friend")
    if advocate:
        parties["advocate"] = _advocate(occasion, advocate, asked, now)
    if friend and asked.friend_segments:
        held = segments_now(occasion.people["friend"], asked.friend_segments, now)
        parties["friend"] = replace(friend, segments=held)
    return parties | charities_named(asked.charities)


def _advocate(occasion: Occasion, party: Party, asked: Asked, now: datetime) -> Party:
    """Tier and segments: the better of promised and present."""
    person, promise = occasion.people["advocate"], occasion.promise
    more: dict[str, Any] = {}
    if asked.advocate_segments:
        held = asked.advocate_segments & set(promise.segments if promise else ())
        more["segments"] = held | segments_now(person, asked.advocate_segments - held, now)
    if asked.tier:
        tiers, promised = tiers_of(occasion.campaign), promise.tier if promise else ""
        more["tier"] = better_tier(tiers, promised=promised, confirmed=_counted(occasion, now))
    if asked.circle:
        more["circle_level"] = circle_level(person)
    return replace(party, **more) if more else party


def _counted(occasion: Occasion, now: datetime) -> int:
    if occasion.event and occasion.referral:
        return counted_before(occasion.event, occasion.referral)
    campaign, advocate = occasion.campaign, occasion.people["advocate"]
    return counted(confirmed_friends(campaign, advocate), lowered_before(campaign, advocate, now))


def _bought(occasion: Occasion) -> dict[str, Any]:
    friend, at = occasion.people["friend"], occasion.occurred_at
    last = bought_last(friend, occasion.referral, at)
    since = customer_before(friend, occasion.referral, at)
    return {
        "friend_is_new": occasion.referral is not None and last is None and since is None,
        "friend_last_bought": local_date(last, occasion.campaign) if last else since,
    }


def _demand(occasion: Occasion) -> Mapping[str, int]:
    promised = promised_demand(occasion.promise, occasion.occurred_at)
    if promised or not occasion.facts.region:
        return promised
    return demand_at(occasion.campaign, occasion.facts.region, occasion.occurred_at)

"""'You will earn …': told before anybody shares, with the reason, how long it stands, and how much room is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.assumed import Assumed, assumed_for
from rewards.models import DemandRate, LimitUse
from rewards.quotes import quote
from rewards.rules.limits import period_key, place_of
from rewards.tiers import place_words, places_of
from rewards.triggers.asked import asked_by
from rewards.words import limit_words, trigger_words, what_words

BENEFITS = {
    "cash": gettext_lazy("%(amount)s in money"),
    "credit": gettext_lazy("%(amount)s in account credit"),
    "coupon": gettext_lazy("a coupon of %(amount)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What an advocate will earn. `because`, `until`, `limits`: whole sentences, empty where there is none."""

    what: str
    when: str
    because: str
    until: str
    limits: list[str]


def promise_block(request: HttpRequest, enrolment: Enrolment) -> str:
    """For the share panel of the portal."""
    now = clock.now()
    campaign, advocate = enrolment.campaign, enrolment.contact
    lines = promise_lines(campaign=campaign, advocate=advocate, now=now)
    place = next((place for place in places_of(advocate) if place.campaign == campaign), None)
    context = {
        "lines": lines,
        "tier_words": place_words(place) if place else "",
        "regions": regions_for(campaign, now) if pays_by_demand(campaign, now) else None,
        "region": advocate.region if needs_nobody(campaign, advocate, now) else "",
    }
    if not lines and not place and context["regions"] is None:
        return ""
    return render_to_string("rewards/portal/promise.html", context, request=request)


def region_block(request: HttpRequest, campaign: Campaign) -> str:
    """On the landing page of a campaign that pays by demand: where it pays, how much and until when."""
    now = clock.now()
    if not pays_by_demand(campaign, now):
        return ""
    context = {"regions": regions_for(campaign, now)}
    return render_to_string("rewards/portal/promise_regions.html", context, request=request)


def promise_lines(*, campaign: Campaign, advocate: Contact, now: datetime) -> list[Line]:
    return [
        _line(found, campaign, advocate, now) for found in assumed_for(campaign=campaign, advocate=advocate, now=now)
    ]


def pays_by_demand(campaign: Campaign, now: datetime) -> bool:
    return asked_by(quote(campaign=campaign, at=now).rules).demand


def needs_nobody(campaign: Campaign, advocate: Contact, now: datetime) -> bool:
    """The campaign pays by demand, and the advocate's own region has none: they are not invited to share."""
    if not advocate.region or not pays_by_demand(campaign, now):
        return False
    return not _rates(campaign, now).filter(region=advocate.region).exists()


def regions_for(campaign: Campaign, now: datetime) -> list[dict[str, str]]:
    """Regions that need people now, the best paid first."""
    return [
        {"region": rate.region, "amount": money_words(Money(rate.amount, rate.unit)), "until": _until(rate.valid_until)}
        for rate in _rates(campaign, now).order_by("-amount", "region")
    ]


def _rates(campaign: Campaign, now: datetime) -> Any:
    return DemandRate.objects.standing(at=now).filter(campaign=campaign, amount__gt=0)


# --- one line ---------------------------------------------------------------------------------------------------------


def _line(found: Assumed, campaign: Campaign, advocate: Contact, now: datetime) -> Line:
    what = what_words(found.row)
    if found.value:
        amount = money_words(Money(found.value.amount, found.value.unit))
        what = str(BENEFITS[found.row.benefit]) % {"amount": amount}
    return Line(
        what=what,
        when=_("%(when)s.") % {"when": trigger_words(found.rule.trigger)},
        because=_because(found, campaign, now),
        until=_stands_until(campaign, now),
        limits=_limits(found, campaign, now),
    )


def _because(found: Assumed, campaign: Campaign, now: datetime) -> str:
    """The first reason that tells this advocate from others. A segment's name is the house's own and is not told."""
    told = {step.code: step.values for step in found.decision.trace if step.passed and step.group != "not"}
    if told.keys() & {"advocate_tier", "tier_times"}:
        tier = (told.get("tier_times") or told["advocate_tier"])["tier"]
        names = dict(campaign.tiers.values_list("key", "name"))
        return _("Because you are in %(tier)s.") % {"tier": names.get(tier, tier)}
    if "advocate_segment" in told:
        return _("Because you belong to a group of customers whom we thank in particular.")
    if "circle_level" in told:
        return _("Because you belong to our inner circle.")
    if asked_by([found.rule]).demand or found.rule.calculator.name == "by_region":
        return _of_region(found.facts.region, campaign, now)
    if "advocate_purchases" in told:
        count = told["advocate_purchases"]["count"]
        return ngettext(
            "Because you have bought from us.", "Because you have bought from us at least %(count)s times.", count
        ) % {"count": count}
    return ""


def _of_region(region: str, campaign: Campaign, now: datetime) -> str:
    rate = _rates(campaign, now).filter(region=region).first()
    if rate is None:
        return _("This is what %(region)s pays.") % {"region": region}
    if rate.valid_until:
        values = {"region": region, "date": _day(rate.valid_until)}
        return _("Because %(region)s needs people now, until %(date)s.") % values
    return _("Because %(region)s needs people now.") % {"region": region}


def _stands_until(campaign: Campaign, now: datetime) -> str:
    if campaign.quote_days == 0:
        return _("What stands on the day that counts is paid.")
    days = campaign.credit_window_days if campaign.quote_days is None else campaign.quote_days
    return _("For a friend who comes in today it stands until %(date)s.") % {"date": _day(now + timedelta(days=days))}


def _limits(found: Assumed, campaign: Campaign, now: datetime) -> list[str]:
    rows = {(row.measure, row.per, row.window, row.over, row.value): row for row in found.row.limits.all()}
    pure = next(rule for rule in quote(campaign=campaign, at=now).rules if rule.key == found.rule.key).limits
    sentences = []
    for limit in pure:
        row = rows[limit.measure, limit.per, limit.window, limit.over, limit.value]
        used = _used(limit, found) if limit.per == "advocate" else ""
        sentences.append(" ".join(filter(None, [limit_words(row, found.row, is_yours=True), used])))
    return sentences


def _used(limit: Any, found: Assumed) -> str:
    """'$120.00 of it is used.'"""
    unit = found.value.unit if found.value else ""
    place = place_of(found.facts, rule_key=found.rule.key, unit=unit)
    queue = limit.queue(place)
    if queue is None or limit.window in ("event", "rolling") or (limit.measure == "amount" and not unit):
        return ""
    counter = LimitUse.objects.filter(key=f"{queue}:{period_key(limit.window, place.day)}")
    used = counter.values_list("used", flat=True).first() or 0
    if not used:
        return ""
    if limit.measure == "amount":
        return _("%(amount)s of it is used.") % {"amount": money_words(Money(used, unit))}
    return ngettext("%(count)s of it is used.", "%(count)s of them are used.", used) % {"count": used}


def _until(moment: datetime | None) -> str:
    return _("until %(date)s") % {"date": _day(moment)} if moment else ""


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")

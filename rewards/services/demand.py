"""What regions pay while they need people: a table with validity. Rows end, none is edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from advocates.models import User
from advocates.services.audit import audit
from campaigns.models import Campaign
from config.lib.money import Money
from rewards.errors import BadDemand
from rewards.locks import campaign_lock
from rewards.models import DemandRate

MAX_REGION = 64


@dataclass(frozen=True, slots=True)
class DemandDraft:
    """One line as somebody wants it. `begins` None: from now; `ends` None: until the table says something else."""

    region: str
    money: Money
    begins: datetime | None = None
    ends: datetime | None = None


def demand_put(
    *, campaign: Campaign, table: Sequence[DemandDraft], actor: User | None = None, by: str = "", now: datetime
) -> list[DemandRate]:
    """This is the table from now on: what stands and is not in it ends now. The same table again changes nothing.

    The lines that stand or will, by region. What has been promised to friends stays theirs. Raises BadDemand.
    """
    wanted = [draft for draft in table if draft.ends is None or draft.ends > now]
    _check(table)
    with transaction.atomic():
        campaign_lock(campaign.pk)
        standing = list(_ahead(campaign, now))
        kept = {rate.pk for draft in wanted for rate in standing if _is_same(rate, draft, now)}
        new = [draft for draft in wanted if not any(_is_same(rate, draft, now) for rate in standing)]
        ended = _end([rate for rate in standing if rate.pk not in kept], now)
        DemandRate.objects.bulk_create(_row(campaign, draft, now) for draft in new)
        if new or ended:
            after = {"lines": len(wanted), "begun": len(new), "ended": ended}
            audit(verb="demand_put", row=campaign, actor=actor, by=by, before={"lines": len(standing)}, after=after)
        return list(_ahead(campaign, now).order_by("region", "unit", "valid_from"))


def demand_add(*, campaign: Campaign, draft: DemandDraft, actor: User | None, now: datetime) -> list[DemandRate]:
    """One more line: it takes the place of what its region pays in that currency, the others stay. Raises BadDemand."""
    others = [
        _draft(rate)
        for rate in _ahead(campaign, now)
        if (rate.region, rate.unit) != (draft.region.strip(), draft.money.unit)
    ]
    return demand_put(campaign=campaign, table=[*others, draft], actor=actor, now=now)


def demand_end(*, rate: DemandRate, actor: User | None, now: datetime) -> None:
    """The region needs nobody any more."""
    others = [_draft(other) for other in _ahead(rate.campaign, now).exclude(pk=rate.pk)]
    demand_put(campaign=rate.campaign, table=others, actor=actor, now=now)


def _ahead(campaign: Campaign, now: datetime) -> QuerySet[DemandRate]:
    return DemandRate.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now), campaign=campaign)


def _is_same(rate: DemandRate, draft: DemandDraft, now: datetime) -> bool:
    """A line that stands is the one wanted from now or earlier; one that lies ahead begins when it is wanted."""
    if (rate.region, rate.unit, rate.amount) != (draft.region.strip(), draft.money.unit, draft.money.amount):
        return False
    begins = draft.begins or now
    has_begun = rate.valid_from <= now and begins <= now
    return rate.valid_until == draft.ends and (has_begun or rate.valid_from == begins)


def _end(rates: Iterable[DemandRate], now: datetime) -> int:
    """What has stood ends; what lay ahead never was."""
    pks = [rate.pk for rate in rates]
    never = DemandRate.objects.filter(pk__in=pks, valid_from__gte=now)
    never.delete()
    DemandRate.objects.filter(pk__in=pks, valid_from__lt=now).update(valid_until=now)
    return len(pks)


def _row(campaign: Campaign, draft: DemandDraft, now: datetime) -> DemandRate:
    return DemandRate(
        campaign=campaign,
        region=draft.region.strip(),
        unit=draft.money.unit,
        amount=draft.money.amount,
        valid_from=max(draft.begins or now, now),
        valid_until=draft.ends,
    )


def _draft(rate: DemandRate) -> DemandDraft:
    return DemandDraft(rate.region, Money(rate.amount, rate.unit), rate.valid_from, rate.valid_until)


def _check(table: Sequence[DemandDraft]) -> None:
    for number, draft in enumerate(table):
        region = draft.region.strip()
        if not region or len(region) > MAX_REGION:
            raise BadDemand(_("A region has 1 to 64 characters."), field=f"{number}.region")
        if draft.money.amount < 0:
            raise BadDemand(_("An amount is not negative."), field=f"{number}.amount")
        if draft.ends and draft.begins and draft.ends <= draft.begins:
            raise BadDemand(_("A line ends after it begins."), field=f"{number}.until")
        if any(_overlap(draft, other) for other in table[:number]):
            raise BadDemand(
                _("Two lines for %(region)s in %(currency)s hold at the same time. Say when the first ends.")
                % {"region": region, "currency": draft.money.unit},
                field=f"{number}.from",
            )


def _overlap(one: DemandDraft, other: DemandDraft) -> bool:
    if (one.region.strip(), one.money.unit) != (other.region.strip(), other.money.unit):
        return False
    return _before(one.begins, other.ends) and _before(other.begins, one.ends)


def _before(begins: datetime | None, ends: datetime | None) -> bool:
    """Does it begin before that end? Without a beginning it has begun, without an end it goes on."""
    return begins is None or ends is None or begins < ends

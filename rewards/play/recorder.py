"""What recording finds out about an event, worked out in memory: its number, the step it brings about, who counts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from referrals.models import Referral, ReferralEvent
from rewards.errors import BadHistory
from rewards.play.happenings import Happening, Person, Promise, Referred
from rewards.play.setting import Setting
from rewards.rules.facts import Item
from rewards.triggers.people import tier_at

WON = Referral.Status.CONVERTED
# What a referral's pipeline brings about by itself; here somebody says so.
STEPS = frozenset({Referral.Status.CONTACTED, Referral.Status.QUALIFIED, WON})
EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """An event as somebody tells it. `refunds`: the key of the event that it takes back; without an amount, wholly."""

    key: str
    type: str
    occurred_at: datetime
    advocate: Person | None = None
    friend: Person | None = None
    is_new: bool = True
    last_bought: date | None = None
    amount: int | None = None
    unit: str = ""
    items: tuple[Item, ...] = ()
    region: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    refunds: str = ""


@dataclass(slots=True)
class _Friend:
    referred: Referred | None
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    is_confirmed: bool = False
    won_by: str = ""
    won_by_hand: str = ""


@dataclass(slots=True)
class _Event:
    """`root`: the event that rewards were earned by, another one only for a sale that proves a *won*."""

    happening: Happening
    friend: _Friend | None
    root: str
    returned: int = 0
    is_gone: bool = False


class Recorder:
    """Tells the happenings of one campaign, one after the other, in the order in which they are recorded."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._friends: dict[str, _Friend] = {}
        self._events: dict[str, _Event] = {}
        self._confirmed: dict[str, int] = defaultdict(int)
        self._latest: datetime | None = None

    def record(self, told: Told) -> Happening | None:
        """None for one that was told before. Raises BadHistory for a refund that cannot be."""
        if told.key in self._events:
            return None
        # An event that is told late was recorded late.
        self._latest = max(told.occurred_at, self._latest or told.occurred_at)
        if told.refunds:
            return self._refund(told, self._latest)
        friend = self._friend(told)
        proven = self._proves(told, friend)
        happening = self._happening(told, friend, self._latest, is_proof=bool(proven))
        self._events[told.key] = _Event(happening, friend, root=proven or told.key)
        return happening

    def _friend(self, told: Told) -> _Friend | None:
        if told.friend is None:
            return None
        known = self._friends.get(told.friend.key)
        if known is None or (known.referred is None and told.advocate):
            known = self._friends[told.friend.key] = _Friend(self._referred(told))
        self._keep_region(known, told)
        return known

    def _referred(self, told: Told) -> Referred | None:
        if told.advocate is None or told.friend is None:
            return None
        return Referred(
            key=told.friend.key,
            advocate=told.advocate,
            friend=told.friend,
            signed_up_at=told.occurred_at,
            is_new=told.is_new,
            last_bought=told.last_bought,
            promise=self._promise(told, told.advocate),
        )

    def _promise(self, told: Told, advocate: Person) -> Promise:
        days, at = self._setting.quote_days, told.occurred_at
        if days == 0:
            return Promise(until=at)
        tier = tier_at(self._setting.tiers, self._confirmed[advocate.key])
        return Promise(
            region=told.region,
            demand=self._setting.demand(told.region, at),
            tier=tier.key if tier else "",
            segments=advocate.segments,
            until=None if days is None else at + timedelta(days=days),
        )

    def _keep_region(self, friend: _Friend, told: Told) -> None:
        """The first event that tells a region freezes it, and its demand, for as long as the promise stands."""
        referred = friend.referred
        promise = referred.promise if referred else None
        if not referred or not promise or promise.region or not told.region:
            return
        if promise.stands(referred.signed_up_at, told.occurred_at):
            demand = self._setting.demand(told.region, told.occurred_at)
            friend.referred = replace(referred, promise=replace(promise, region=told.region, demand=demand))

    def _happening(self, told: Told, friend: _Friend | None, recorded_at: datetime, *, is_proof: bool) -> Happening:
        may_win = friend is not None and friend.referred is not None and not friend.is_confirmed
        wins = may_win and not is_proof and self._converts(told)
        if friend and wins:
            self._win(friend, told)
        if friend and not is_proof:
            friend.counts[told.type] += 1
        people = {"friend": told.friend} if told.friend else {"advocate": told.advocate}
        return Happening(
            key=told.key,
            type=told.type,
            occurred_at=told.occurred_at,
            recorded_at=recorded_at,
            referred=friend.referred if friend else None,
            people={kind: person for kind, person in people.items() if person},
            step=WON if wins else "",
            sequence=friend.counts[told.type] if friend and not is_proof else 0,
            counts=dict(friend.counts) if friend else EMPTY,
            confirmed=self._confirmed[friend.referred.advocate.key] if friend and friend.referred else 0,
            has_confirmed=wins,
            amount=told.amount,
            unit=told.unit,
            items=told.items,
            region=told.region,
            metadata=told.metadata,
            is_proof=is_proof,
        )

    def _converts(self, told: Told) -> bool:
        return told.type == WON or told.type in self._setting.conversions

    def _proves(self, told: Told, friend: _Friend | None) -> str:
        """The key of the *won* that somebody typed and that this sale is the proof of."""
        if friend is None or not friend.won_by_hand or told.type not in self._setting.conversions:
            return ""
        proven, friend.won_by_hand = friend.won_by_hand, ""
        return proven

    def _win(self, friend: _Friend, told: Told) -> None:
        friend.is_confirmed, friend.won_by = True, told.key
        friend.won_by_hand = told.key if told.type == WON else ""
        if friend.referred:
            self._confirmed[friend.referred.advocate.key] += 1

    def _refund(self, told: Told, recorded_at: datetime) -> Happening:
        event = self._events.get(told.refunds)
        if event is None:
            raise BadHistory(_("There is no earlier event “%(id)s” to take back.") % {"id": told.refunds})
        sale = event.happening
        if event.is_gone:
            raise BadHistory(_("All of the event “%(id)s” has been taken back already.") % {"id": told.refunds})
        event.returned += told.amount or 0
        if told.amount is not None and event.returned > (sale.amount or 0):
            raise BadHistory(_("More would come back than the event “%(id)s” was worth.") % {"id": told.refunds})
        event.is_gone = told.amount is None or event.returned == sale.amount
        if event.is_gone and event.friend:
            self._gone(event.friend, sale)
        happening = Happening(
            key=told.key,
            type=ReferralEvent.REFUND,
            occurred_at=told.occurred_at,
            recorded_at=recorded_at,
            referred=sale.referred,
            people=sale.people,
            counts=dict(event.friend.counts) if event.friend else EMPTY,
            confirmed=self._confirmed[sale.referred.advocate.key] if sale.referred else 0,
            amount=told.amount,
            unit=sale.unit,
            root=event.root,
            is_whole=event.is_gone,
        )
        self._events[told.key] = _Event(happening, event.friend, root=told.key)
        return happening

    def _gone(self, friend: _Friend, sale: Happening) -> None:
        friend.counts[sale.type] -= 1
        if friend.won_by != sale.key or not friend.referred:
            return
        friend.is_confirmed, friend.won_by, friend.won_by_hand = False, "", ""
        self._confirmed[friend.referred.advocate.key] -= 1

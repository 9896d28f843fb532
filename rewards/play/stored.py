"""The events of a campaign as they were recorded, streamed in few statements whatever their number."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from advocates.models import Contact, Purchase
from advocates.segments.evaluate import segment_contacts
from campaigns.models import Campaign, EnrolmentEvent
from referrals.models import Referral, ReferralEvent
from rewards.models import Coupon, Quote, Reward
from rewards.play.game import Before
from rewards.play.happenings import Happening, Person, Promise, Referred
from rewards.play.people import levels_of_all, segments_asked
from rewards.play.setting import PlayRule
from rewards.rules.facts import Item
from rewards.tiers import lowered_in
from rewards.triggers import NO_STEPS

CHUNK = 2_000
ASKS_FOR_PURCHASES = frozenset({"friend_is_new", "not_customer_for"})
STANDS_NO_MORE = (Reward.Status.CANCELLED, Reward.Status.REVERSED)
REFUSED = Q(review=Referral.Review.REFUSED) | Q(status=Referral.Status.REJECTED)
COLUMNS = (
    "public_id",
    "type",
    "occurred_at",
    "recorded_at",
    "referral_id",
    "sequence",
    "confirmed_count",
    "amount",
    "unit",
    "items",
    "region",
    "metadata",
    "status_to",
    "evidence_for_id",
)
MORE_COLUMNS: Mapping[str, Any] = {
    "redeems": Exists(Coupon.objects.filter(used_by=OuterRef("pk"))),
    "home": F("contact__region"),
    "person": F("contact__public_id"),
    "currency": F("contact__lifetime_unit"),
    "taken": F("takes_back__public_id"),
    "taken_type": F("takes_back__type"),
    "taken_amount": F("takes_back__amount"),
    "proven": F("takes_back__evidence_for__public_id"),
}


class StoredHistory:
    """What happened in a campaign since a moment. Test data stand in no figure, unless the whole campaign is one.

    Referrals that a person refused earn nothing now, and are left out. Segments are asked as they are now.
    """

    def __init__(self, campaign: Campaign, rules: Sequence[PlayRule], *, since: datetime | None, now: datetime) -> None:
        self._campaign, self._rules, self._since, self._now = campaign, rules, since, now
        self._kinds = {one.kind for by in rules for group in by.rule.groups for one in group.conditions}
        self._referred: dict[int, Referred] = {}
        self._counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._returned: dict[str, int] = defaultdict(int)

    def events(self) -> QuerySet[ReferralEvent]:
        found = ReferralEvent.objects.filter(campaign=self._campaign)
        if self._since:
            found = found.filter(recorded_at__gte=self._since)
        return found if self._campaign.is_test else found.filter(is_test=False)

    def returning(self) -> frozenset[str]:
        """The keys of the events that are taken back, wholly or in part."""
        taken = self.events().exclude(takes_back=None)
        keys = taken.values_list("takes_back__public_id", "takes_back__evidence_for__public_id")
        return frozenset(key for pair in keys.iterator(chunk_size=CHUNK) for key in pair if key)

    def __len__(self) -> int:
        return self.events().count()

    def __iter__(self) -> Iterator[Happening]:
        """In the order of recording."""
        self._load()
        by_steps = {EnrolmentEvent.Type.ENROLLED, EnrolmentEvent.Type.SHARED} & {by.rule.trigger for by in self._rules}
        if not by_steps:
            return self._of_friends()
        return heapq.merge(self._of_friends(), self._of_advocates(by_steps), key=lambda one: one.recorded_at)

    # --- events ---

    def _of_friends(self) -> Iterator[Happening]:
        rows = self.events().order_by("pk").annotate(**MORE_COLUMNS).values(*COLUMNS, *MORE_COLUMNS)
        for row in rows.iterator(chunk_size=CHUNK):
            referral = row["referral_id"]
            if referral is None or referral in self._referred:
                yield self._happening(row)

    def _happening(self, row: Mapping[str, Any]) -> Happening:
        referred = self._referred.get(row["referral_id"])
        counts = self._counts[row["referral_id"]] if referred else {}
        is_proof = row["evidence_for_id"] is not None
        is_whole = bool(row["taken"]) and self._takes_all(row)
        if referred and not is_proof:
            counts[row["type"]] = counts.get(row["type"], 0) + 1
        if referred and is_whole and not row["proven"]:
            counts[row["taken_type"]] = counts.get(row["taken_type"], 0) - 1
        step = "" if row["type"] in NO_STEPS else row["status_to"]
        return Happening(
            key=row["public_id"],
            type=row["type"],
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
            referred=referred,
            people={} if referred else {"friend": Person(row["person"], currency=row["currency"])},
            step=step,
            sequence=row["sequence"],
            counts=dict(counts),
            confirmed=row["confirmed_count"],
            has_confirmed=step == Referral.Status.CONVERTED,
            amount=row["amount"],
            unit=row["unit"],
            items=tuple(_item(item) for item in row["items"]),
            region=row["region"] or row["home"],
            metadata=row["metadata"],
            root=row["proven"] or row["taken"] or "",
            is_whole=is_whole,
            is_proof=is_proof,
            redeems=row["redeems"],
        )

    def _takes_all(self, row: Mapping[str, Any]) -> bool:
        """As rewards.standing has it."""
        if row["type"] == ReferralEvent.WON_TAKEN_BACK or row["amount"] is None:
            return True
        self._returned[row["taken"]] += row["amount"]
        together = row["amount"] if row["proven"] else self._returned[row["taken"]]
        return row["taken_amount"] is not None and together >= row["taken_amount"]

    def _of_advocates(self, types: Iterable[str]) -> Iterator[Happening]:
        events = EnrolmentEvent.objects.filter(enrolment__campaign=self._campaign, type__in=types)
        if self._since:
            events = events.filter(occurred_at__gte=self._since)
        if not self._campaign.is_test:
            events = events.filter(enrolment__is_test=False)
        names = (
            "public_id",
            "type",
            "occurred_at",
            "enrolment__contact__public_id",
            "enrolment__contact__lifetime_unit",
        )
        for key, what, at, person, currency in (
            events.order_by("occurred_at", "pk").values_list(*names).iterator(chunk_size=CHUNK)
        ):
            yield Happening(key, what, at, at, people={"advocate": Person(person, currency=currency)})

    # --- what is known beforehand ---

    def _load(self) -> None:
        self._counts.clear()
        self._returned.clear()
        if self._since:
            self._count_before(self._since)
        people, promises, bought = self._people(), self._promises(), self._purchases()
        names = ("pk", "public_id", "advocate_id", "friend_id", "submitted_at")
        for pk, key, advocate, friend, at in self._referrals().values_list(*names).iterator(chunk_size=CHUNK):
            last, is_new = bought.get(pk, (None, True))
            self._referred[pk] = Referred(
                key, people[advocate], people[friend], at, is_new=is_new, last_bought=last, promise=promises.get(pk)
            )

    def _referrals(self) -> QuerySet[Referral]:
        """Those with events in the time that is asked for."""
        found = Referral.objects.filter(campaign=self._campaign).exclude(REFUSED)
        if self._since:
            found = found.filter(pk__in=self.events().values("referral"))
        return found if self._campaign.is_test else found.filter(is_test=False)

    def _people(self) -> dict[int, Person]:
        """By the contact's row; of somebody who was merged, the one they are now."""
        referrals = self._referrals()
        concerned = Q(pk__in=referrals.values("advocate")) | Q(pk__in=referrals.values("friend"))
        names = ("pk", "public_id", "lifetime_unit", "relation", "purchases_count", "merged_into_id")
        levels, segments, lowered = levels_of_all(), self._segments(concerned), lowered_in(self._campaign)
        found: dict[int, Person] = {}
        merged: dict[int, int] = {}
        rows: QuerySet[Contact] = Contact.objects.filter(concerned)
        while True:
            for pk, key, unit, relation, purchases, into in rows.values_list(*names).iterator(chunk_size=CHUNK):
                if into:
                    merged[pk] = into
                found[pk] = Person(
                    key,
                    "",
                    unit,
                    segments.get(pk, frozenset()),
                    levels.get(pk, ""),
                    relation,
                    purchases,
                    tuple(lowered.get(pk, ())),
                )
            missing = set(merged.values()) - found.keys()
            if not missing:
                break
            rows = Contact.objects.filter(pk__in=sorted(missing)[:CHUNK])
        for pk in merged:
            end = pk
            while end in merged:
                end = merged[end]
            found[pk] = found[end]
        return found

    def _segments(self, concerned: Q) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for segment in segments_asked(self._rules):
            members = segment_contacts(segment, self._now).filter(concerned)
            for pk in members.values_list("pk", flat=True).iterator(chunk_size=CHUNK):
                found[pk].add(segment.public_id)
        return {pk: frozenset(names) for pk, names in found.items()}

    def _promises(self) -> dict[int, Promise]:
        names = ("referral_id", "region", "demand", "tier", "segments", "valid_until")
        rows = Quote.objects.filter(referral__in=self._referrals().values("pk")).values_list(*names)
        return {
            pk: Promise(region, demand, tier, frozenset(segments), until)
            for pk, region, demand, tier, segments, until in rows.iterator(chunk_size=CHUNK)
        }

    def _purchases(self) -> dict[int, tuple[date | None, bool]]:
        """Of each referral: when the friend had last bought before they came in, and whether they are new."""
        if not self._kinds & ASKS_FOR_PURCHASES:
            return {}
        referrals = self._referrals()
        days: dict[int, list[datetime]] = defaultdict(list)
        sales = Purchase.objects.filter(contact__in=referrals.values("friend")).values_list("contact_id", "occurred_at")
        for contact, at in sales.iterator(chunk_size=CHUNK):
            days[contact].append(at)
        names = ("pk", "friend_id", "friend__customer_since", "submitted_at", "earliest")
        rows = referrals.annotate(earliest=Min("events__occurred_at")).values_list(*names)
        found: dict[int, tuple[date | None, bool]] = {}
        for pk, friend, since, submitted_at, earliest in rows.iterator(chunk_size=CHUNK):
            came = min(submitted_at, earliest or submitted_at)
            last = max((at for at in days.get(friend, ()) if at < came), default=None)
            is_new = last is None and not (since and since < came.date())
            day = last.astimezone(ZoneInfo(self._campaign.time_zone)).date() if last else None
            found[pk] = (day or (None if is_new else since), is_new)
        return found

    def _count_before(self, since: datetime) -> None:
        earlier = ReferralEvent.objects.filter(campaign=self._campaign, recorded_at__lt=since, evidence_for=None)
        standing = earlier.filter(referral__in=self._referrals().values("pk")).standing()
        counted = ReferralEvent.objects.filter(pk__in=standing.values("pk")).values("referral_id", "type")
        for row in counted.annotate(count=Count("pk")).iterator(chunk_size=CHUNK):
            self._counts[row["referral_id"]][row["type"]] = row["count"]


def before_of(campaign: Campaign, rules: Sequence[PlayRule], since: datetime) -> Before:
    """What had been rewarded before: its slots are taken, and it counts in limits and budgets."""
    earlier = Reward.objects.filter(campaign=campaign, created_at__lt=since, is_test=False)
    before, counts, markers = Before(), defaultdict[str, int](int), set[str]()
    named = earlier.filter(rule_key__in=[by.rule.key for by in rules]).exclude(status__in=STANDS_NO_MORE)
    names = ("rule_key", "recipient_kind", "party_key", "slot", "limit_uses")
    for rule, recipient, party, slot, uses in named.values_list(*names).iterator(chunk_size=CHUNK):
        before.slots.add((rule, recipient, party, slot))
        for use in uses:
            counts[use["key"]] += use["taken"]
            if use["counts"] and use["key"] not in markers:
                markers.add(use["key"])
                counts[use["counts"]] += 1
    before.counts = counts
    used = earlier.exclude(budget_period=None).values("budget_period__budget__name", "budget_period__period_key")
    before.pots = {
        f"{row['budget_period__budget__name']}:{row['budget_period__period_key']}": row["used"]
        for row in used.annotate(used=Sum(F("amount") - F("taken_back")))
    }
    return before


def _item(item: Mapping[str, Any]) -> Item:
    return Item(item.get("product") or "", item.get("quantity", 1), item.get("amount"), item.get("sku") or "")

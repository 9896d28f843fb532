"""The arithmetic of limits: whose use is counted where, and what there is room for.

Partial limits cut first, then the others refuse, then one that waits lets wait: what a rule pays does not hang on the
order in which somebody typed its limits. Where the counters stand is nobody's business here: rows in a database
(rewards/services/limits.py) and a dict answer alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from rewards.rules.facts import Facts, Value
from rewards.rules.verdict import Verdict

# What a reward took, to be given back: {"key": counter, "taken": 2000, "counts": another counter or "", "measure"}.
Use = dict[str, Any]
ORDER = {"partial": 0, "skip": 1, "wait": 2}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `value` of `measure` (amount, friends, rewards) per party in each window; over: skip, partial or wait.

    `days`: of a rolling window, which is every so many days in a row.
    """

    measure: str
    per: str
    window: str
    over: str
    value: int
    days: int = 0

    def queue(self, place: "Place") -> str | None:
        """The counter's name without its window, and without the rule's version: a new version goes on counting.

        None: there is nobody to count for.
        """
        whose = place.campaign_key if self.per == "campaign" else place.parties.get(self.per)
        if whose is None or (self.measure == "friends" and "friend" not in place.parties):
            return None
        counted = f"{self.measure}.{place.unit}" if self.measure == "amount" else self.measure
        base = f"{place.campaign_key}:{place.rule_key}:{counted}:{self.per}:{whose}"
        return f"{base}:rolling.{self.days}" if self.window == "rolling" else base


@dataclass(frozen=True, slots=True)
class Place:
    """What is counted, and on which day. `parties`: public ids by kind of recipient."""

    campaign_key: str
    rule_key: str
    unit: str
    day: date
    parties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """`value` None: a limit refused, and nothing was taken. `waits_for`: the queue in which the whole of it waits."""

    value: Value | None
    uses: tuple[Use, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    waits_for: str = ""


class Counters(Protocol):
    """Counters by their key. Nobody else comes between two calls for a queue that is held."""

    def hold(self, queue: str) -> None: ...

    def is_awaited(self, queue: str) -> bool:
        """Does somebody who was there earlier wait for room here?"""
        ...

    def take(self, key: str, wanted: int, cap: int) -> bool:
        """Add `wanted` unless the sum would exceed `cap`."""
        ...

    def take_rest(self, key: str, cap: int) -> int:
        """Add what is left up to `cap`; how much that was."""
        ...

    def add(self, key: str, amount: int) -> int:
        """Add without a cap; what stands there now."""
        ...

    def give_back(self, key: str, amount: int) -> int:
        """Take away again; what stands there now, -1 when so much did not stand there."""
        ...

    def used(self, key: str) -> int: ...

    def days_used(self, queue: str, first: date, last: date) -> Mapping[str, int]:
        """What stands in the counters of these days, by the rest of their keys: `2026-11-21` or `2026-11-21:friend`."""
        ...


def place_of(facts: Facts, *, rule_key: str, unit: str) -> Place:
    parties = {kind: party.key for kind, party in facts.parties.items()}
    return Place(facts.campaign_key, rule_key, unit, facts.local_date, parties)


def limits_take(limits: Iterable[Limit], *, value: Value, place: Place, counters: Counters) -> Taken:
    """Take what a new reward needs of each of its rule's limits; of those that let wait only where all have room."""
    limits = list(limits)
    taken = _take_each([limit for limit in limits if limit.over != "wait"], value, place, counters)
    if taken.value is None:
        return taken
    waiting = limits_enter(limits, value=taken.value, place=place, counters=counters)
    verdicts = taken.verdicts + waiting.verdicts
    if waiting.value is None:
        limits_give_back(taken.uses, counters=counters)
        return Taken(None, verdicts=verdicts)
    return Taken(taken.value, taken.uses + waiting.uses, verdicts, waiting.waits_for)


def limits_enter(limits: Iterable[Limit], *, value: Value, place: Place, counters: Counters) -> Taken:
    """Those limits alone that let wait: it stands in the queue of the first that has no room, or where others stand.

    What could never have room is refused instead: it would stand in everybody's way for good.
    """
    waited = _binding([limit for limit in limits if limit.over == "wait"], place)
    never = next((limit for limit, _queue in waited if _wanted(limit, value) > limit.value), None)
    if never:
        return Taken(None, verdicts=(_verdict("limit_reached", never, value, place, 0),))
    for _limit, queue in waited:
        counters.hold(queue)
    uses: list[Use] = []
    for limit, queue in waited:
        use = None if counters.is_awaited(queue) else _take(limit, queue, value, place, counters)
        if use is None:
            limits_give_back(uses, counters=counters)
            return _waits(limit, queue, value, place, counters)
        uses += use
    return Taken(value, tuple(uses))


def limits_give_back(uses: Iterable[Mapping[str, Any]], *, counters: Counters) -> None:
    """The reward is not to be: its room is free again."""
    for use in uses:
        left = counters.give_back(use["key"], use["taken"])
        if use["counts"] and left == 0:
            counters.give_back(use["counts"], 1)


def limits_shrink(uses: Iterable[Mapping[str, Any]], *, amount: int, counters: Counters) -> tuple[Use, ...]:
    """The reward is worth `amount` now: counters of amounts get the rest back. The uses that remain."""
    remaining = []
    for use in uses:
        kept = min(use["taken"], amount) if use["measure"] == "amount" else use["taken"]
        if kept < use["taken"]:
            counters.give_back(use["key"], use["taken"] - kept)
        remaining.append(dict(use) | {"taken": kept})
    return tuple(remaining)


def period_key(window: str, day: date) -> str:
    """The window that this day is in: 2026-11-21, 2026-11, 2026-Q4, 2026 or all."""
    if window in ("day", "rolling"):
        return day.isoformat()
    if window == "month":
        return f"{day.year}-{day.month:02}"
    if window == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year) if window == "year" else "all"


@dataclass(slots=True)
class MemoryCounters:
    """Counters that nobody shares: for playing a campaign through. `waiting`: how many stand in which queue."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def hold(self, queue: str) -> None:
        """Nobody else is here."""

    def is_awaited(self, queue: str) -> bool:
        return self.waiting.get(queue, 0) > 0

    def take(self, key: str, wanted: int, cap: int) -> bool:
        if self.used(key) + wanted > cap:
            return False
        self.counts[key] += wanted
        return True

    def take_rest(self, key: str, cap: int) -> int:
        rest = max(cap - self.used(key), 0)
        self.counts[key] += rest
        return rest

    def add(self, key: str, amount: int) -> int:
        self.counts[key] += amount
        return self.counts[key]

    def give_back(self, key: str, amount: int) -> int:
        if self.used(key) < amount:
            return -1
        self.counts[key] -= amount
        return self.counts[key]

    def used(self, key: str) -> int:
        return self.counts.get(key, 0)

    def days_used(self, queue: str, first: date, last: date) -> Mapping[str, int]:
        start = len(queue) + 1
        found = {key[start:]: used for key, used in self.counts.items() if used and key.startswith(f"{queue}:")}
        return {name: used for name, used in found.items() if first.isoformat() <= name[:10] <= last.isoformat()}


def _take_each(limits: Sequence[Limit], value: Value, place: Place, counters: Counters) -> Taken:
    uses: list[Use] = []
    verdicts: list[Verdict] = []
    for limit, queue in _binding(limits, place):
        use = _take(limit, queue, value, place, counters)
        if use is None:
            limits_give_back(uses, counters=counters)
            used = _used(limit, queue, place, counters)
            return Taken(None, verdicts=(*verdicts, _verdict("limit_reached", limit, value, place, used)))
        uses += use
        left = _cut(limit, use, value)
        if left != value:
            used = _used(limit, queue, place, counters) - left.amount
            verdicts.append(_verdict("limit_partial", limit, left, place, used, passed=True))
            value = left
    return Taken(value, limits_shrink(uses, amount=value.amount, counters=counters), tuple(verdicts))


def _binding(limits: Iterable[Limit], place: Place) -> list[tuple[Limit, str]]:
    """Those that count for somebody here, with their queues, always in the same order."""
    named = [(limit, queue) for limit in limits if (queue := limit.queue(place))]
    return sorted(named, key=lambda entry: (ORDER[entry[0].over], entry[1], entry[0].window))


def _wanted(limit: Limit, value: Value) -> int:
    return value.amount if limit.measure == "amount" else 1


def _take(limit: Limit, queue: str, value: Value, place: Place, counters: Counters) -> list[Use] | None:
    """What was taken; None: there is no room, and nothing was. An event needs no counter: a rule pays it once."""
    wanted = _wanted(limit, value)
    if limit.window == "event":
        return [] if wanted <= limit.value or limit.over == "partial" else None
    if limit.measure == "friends":
        return _take_friend(limit, queue, place, counters)
    if limit.window == "rolling":
        return _take_rolling(limit, queue, wanted, place, counters)
    key = f"{queue}:{period_key(limit.window, place.day)}"
    if wanted <= limit.value and counters.take(key, wanted, limit.value):
        return [_use(limit, key, wanted)]
    rest = counters.take_rest(key, limit.value) if limit.over == "partial" else 0
    return [_use(limit, key, rest)] if rest else None


def _take_rolling(limit: Limit, queue: str, wanted: int, place: Place, counters: Counters) -> list[Use] | None:
    """Every window that holds the day must have room: a late event falls into the middle of what came after it."""
    counters.hold(queue)
    room = limit.value - _busiest(limit, queue, place, counters)
    taken = min(wanted, room) if limit.over == "partial" else wanted
    if not 0 < taken <= room:
        return None
    key = f"{queue}:{period_key(limit.window, place.day)}"
    counters.add(key, taken)
    return [_use(limit, key, taken)]


def _take_friend(limit: Limit, queue: str, place: Place, counters: Counters) -> list[Use] | None:
    """A friend who already counts in this window counts no second time."""
    key = f"{queue}:{period_key(limit.window, place.day)}"
    marker = f"{key}:{place.parties['friend']}"
    if limit.window == "rolling":
        counters.hold(queue)
        if not _has_room_for_friend(limit, queue, place, counters):
            return None
        counters.add(marker, 1)
        return [_use(limit, marker, 1)]
    if counters.add(marker, 1) > 1 or counters.take(key, 1, limit.value):
        return [_use(limit, marker, 1, counts=key)]
    counters.give_back(marker, 1)
    return None


def _busiest(limit: Limit, queue: str, place: Place, counters: Counters) -> int:
    """The most that any window which holds the day has used. Friends are counted once a window."""
    windows = _windows(limit, queue, place, counters)
    if limit.measure == "friends":
        return max((len(_friends(window)) for window in windows), default=0)
    return max((sum(window.values()) for window in windows), default=0)


def _has_room_for_friend(limit: Limit, queue: str, place: Place, counters: Counters) -> bool:
    friend = place.parties["friend"]
    windows = [_friends(window) for window in _windows(limit, queue, place, counters)]
    return all(len(friends) < limit.value for friends in windows if friend not in friends)


def _windows(limit: Limit, queue: str, place: Place, counters: Counters) -> list[Mapping[str, int]]:
    """What was used in each window that holds the day; only those that begin with a use can be the busiest."""
    reach = timedelta(days=limit.days - 1)
    used = counters.days_used(queue, place.day - reach, place.day + reach)
    starts = {date.fromisoformat(name[:10]) for name in used} | {place.day}
    return [
        {name: count for name, count in used.items() if start <= date.fromisoformat(name[:10]) <= start + reach}
        for start in starts
        if start <= place.day
    ]


def _friends(window: Iterable[str]) -> set[str]:
    return {name.partition(":")[2] for name in window}


def _used(limit: Limit, queue: str, place: Place, counters: Counters) -> int:
    if limit.window == "event":
        return 0
    if limit.window == "rolling":
        return _busiest(limit, queue, place, counters)
    return counters.used(f"{queue}:{period_key(limit.window, place.day)}")


def _cut(limit: Limit, uses: Sequence[Use], value: Value) -> Value:
    """What a limit of amounts leaves of the value."""
    if limit.measure != "amount":
        return value
    taken = uses[0]["taken"] if uses else min(limit.value, value.amount)
    return Value(taken, value.unit)


def _waits(limit: Limit, queue: str, value: Value, place: Place, counters: Counters) -> Taken:
    used = _used(limit, queue, place, counters)
    return Taken(value, (), (_verdict("limit_waits", limit, value, place, used),), queue)


def _use(limit: Limit, key: str, taken: int, *, counts: str = "") -> Use:
    return {"key": key, "taken": taken, "counts": counts, "measure": limit.measure}


def _verdict(code: str, limit: Limit, value: Value, place: Place, used: int, *, passed: bool = False) -> Verdict:
    """Which limit bit: what it allows, what was used before this, and what this asked for or, in part, gets."""
    values = {
        "measure": limit.measure,
        "per": limit.per,
        "window": limit.window,
        "period": period_key(limit.window, place.day),
        "days": limit.days,
        "limit": limit.value,
        "used": used,
        "amount": value.amount,
        "unit": value.unit,
    }
    return Verdict(code, passed, values)

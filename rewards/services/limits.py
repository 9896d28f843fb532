"""Counters of limits as rows: each call is one conditional statement, so that nobody takes the last one twice.

What is counted where, and what there is room for, is reckoned in rewards/rules/limits.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest

from config.lib.insert_once import insert_once
from config.lib.money import MAX_AMOUNT
from rewards.locks import limit_queue_lock
from rewards.models import LimitUse, Reward
from rewards.rules.facts import Value
from rewards.rules.limits import (
    Limit,
    Place,
    Taken,
    limits_enter,
    limits_give_back as give_back,
    limits_shrink as shrink,
)

Uses = list[dict[str, Any]]

_TAKE = (
    "INSERT INTO rewards_limituse (key, cap, used) VALUES (%s, %s, %s) ON CONFLICT (key) DO UPDATE "
    "SET used = rewards_limituse.used + excluded.used, cap = excluded.cap "
    "WHERE rewards_limituse.used + excluded.used <= excluded.cap RETURNING used"
)
_ADD = (
    "INSERT INTO rewards_limituse (key, cap, used) VALUES (%s, %s, %s) ON CONFLICT (key) DO UPDATE "
    "SET used = rewards_limituse.used + excluded.used RETURNING used"
)
_GIVE_BACK = "UPDATE rewards_limituse SET used = used - %s WHERE key = %s AND used >= %s RETURNING used"


@dataclass(frozen=True, slots=True)
class LimitRows:
    """`of`: the reward that waited and is tried again: those behind it do not stand in its way."""

    of: Reward | None = None

    def hold(self, queue: str) -> None:
        limit_queue_lock(queue)

    def is_awaited(self, queue: str) -> bool:
        waiting = Reward.objects.waiting_for_limit(queue)
        return (waiting.before(self.of) if self.of else waiting).exists()

    def take(self, key: str, wanted: int, cap: int) -> bool:
        """The rule's own cap counts, not the one of an earlier version that stands on the row."""
        return _answer(_TAKE, [key, cap, wanted]) is not None

    def take_rest(self, key: str, cap: int) -> int:
        """What is left, unless somebody takes of it at this very moment: then what that one leaves."""
        used = self.used(key)
        if used >= cap:
            return 0
        insert_once(LimitUse, unique=["key"], key=key, cap=cap, used=0)
        if LimitUse.objects.filter(key=key, used=used).update(used=cap, cap=cap):
            return cap - used
        return self.take_rest(key, cap)

    def add(self, key: str, amount: int) -> int:
        return _answer(_ADD, [key, MAX_AMOUNT, amount]) or 0

    def give_back(self, key: str, amount: int) -> int:
        left = _answer(_GIVE_BACK, [amount, key, amount])
        return -1 if left is None else left

    def used(self, key: str) -> int:
        return LimitUse.objects.filter(key=key).values_list("used", flat=True).first() or 0

    def days_used(self, queue: str, first: date, last: date) -> Mapping[str, int]:
        """Looked up by months: keys are found by how they begin."""
        begins = Q()
        for month in _months(first, last):
            begins |= Q(key__startswith=f"{queue}:{month}")
        rows = LimitUse.objects.filter(begins, used__gt=0).values_list("key", "used")
        found = {key[len(queue) + 1 :]: used for key, used in rows}
        return {name: used for name, used in found.items() if first.isoformat() <= name[:10] <= last.isoformat()}


def limits_give_back(*, uses: Iterable[Mapping[str, Any]]) -> None:
    give_back(uses, counters=LimitRows())


def limits_shrink(*, uses: Iterable[Mapping[str, Any]], amount: int) -> Uses:
    return list(shrink(uses, amount=amount, counters=LimitRows()))


def limits_retry(*, reward: Reward, limits: Iterable[Limit], place: Place) -> Taken:
    """Room, by now, for a reward that waits? Nobody who was there earlier is overtaken. The caller holds its lock."""
    value = Value(reward.amount, reward.unit)
    return limits_enter(limits, value=value, place=place, counters=LimitRows(of=reward))


def limits_rename(*, uses: Iterable[Mapping[str, Any]], old: str, new: str) -> Uses:
    """What was used under one public id counts under the other; together they may exceed a limit: then nothing is free.

    Two people became one, or two again: the counters of both stay right for what each has used.
    """
    return [_renamed(use, old, new) if old in use["key"].split(":") else dict(use) for use in uses]


def key_renamed(key: str, old: str, new: str) -> str:
    """The name of a counter, a queue or a slot with one public id in the place of the other."""
    return ":".join(new if part == old else part for part in key.split(":"))


def _renamed(use: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    renamed = dict(use) | {name: key_renamed(use[name], old, new) for name in ("key", "counts")}
    limits_give_back(uses=[use])
    was_used = LimitUse.objects.filter(key=renamed["key"], used__gt=0).exists()
    _count_in(renamed["key"], use["taken"])
    if use["counts"] and not was_used:
        _count_in(renamed["counts"], 1)
    return renamed


def _count_in(key: str, taken: int) -> None:
    insert_once(LimitUse, unique=["key"], key=key, cap=MAX_AMOUNT, used=0)
    LimitUse.objects.filter(key=key).update(used=F("used") + taken, cap=Greatest("cap", F("used") + taken))


def _answer(sql: str, params: list[Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
    return int(found[0]) if found else None


def _months(first: date, last: date) -> list[str]:
    """2026-10, 2026-11: those that any day from the first to the last is in."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{month // 12}-{month % 12 + 1:02}" for month in months]

"""Counters of limits: taken by a conditional UPDATE, so that two events at once never take the last one twice."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest

from config.lib.insert_once import insert_once
from config.lib.money import MAX_AMOUNT
from rewards.models import LimitUse
from rewards.rules.conditions import Verdict
from rewards.rules.engine import Decision
from rewards.rules.facts import Facts, Value
from rewards.rules.limits import Limit

# What a reward took, to be given back: [{"key": counter, "taken": 2000, "counts": another counter or ""}].
Uses = list[dict[str, Any]]


def limits_take(*, decision: Decision, facts: Facts, is_test: bool) -> tuple[Value | None, Uses, Verdict | None]:
    """Take what the decision needs of each of its rule's limits, in the order of their keys.

    (value, uses, None) when there is room, with a smaller value where a limit pays what is left;
    (None, [], verdict) when one is used up: then nothing has been taken. Test data use nothing up.
    """
    value, uses = decision.value, Uses()
    if value is None or is_test:
        return value, [], None
    friend = facts.parties.get("friend")
    for key, limit in _keyed(decision, facts, value):
        taken = _take(limit, key=key, value=value, friend_key=friend.key if friend else "")
        if taken is None:
            limits_give_back(uses=uses)
            return None, [], Verdict("limit_reached", False, {"measure": limit.measure, "limit": limit.value})
        uses.append(taken)
        if limit.measure == "amount":
            value = Value(min(value.amount, taken["taken"]), value.unit)
    return value, limits_shrink(uses=uses, amount=value.amount), None


def limits_give_back(*, uses: Iterable[dict[str, Any]]) -> None:
    """The reward is not to be: its room is free again."""
    for use in uses:
        counter = LimitUse.objects.filter(key=use["key"], used__gte=use["taken"])
        counter.update(used=F("used") - use["taken"])
        if use["counts"] and LimitUse.objects.filter(key=use["key"], used=0).exists():
            LimitUse.objects.filter(key=use["counts"], used__gte=1).update(used=F("used") - 1)


def limits_shrink(*, uses: Iterable[dict[str, Any]], amount: int) -> Uses:
    """The reward is worth `amount` now: counters of amounts get the rest back. The uses that remain."""
    remaining = Uses()
    for use in uses:
        kept = min(use["taken"], amount) if use["measure"] == "amount" else use["taken"]
        back = use["taken"] - kept
        LimitUse.objects.filter(key=use["key"], used__gte=back).update(used=F("used") - back)
        remaining.append(use | {"taken": kept})
    return remaining


def _keyed(decision: Decision, facts: Facts, value: Value) -> list[tuple[str, Limit]]:
    keyed = [
        (limit.key(rule_key=decision.rule.key, facts=facts, unit=value.unit), limit) for limit in decision.rule.limits
    ]
    return sorted(((key, limit) for key, limit in keyed if key), key=lambda entry: entry[0])


def _take(limit: Limit, *, key: str, value: Value, friend_key: str) -> dict[str, Any] | None:
    if limit.measure == "friends":
        return _take_friend(limit, key=key, friend_key=friend_key)
    wanted = value.amount if limit.measure == "amount" else 1
    if _count(key, wanted, cap=limit.value):
        return _use(key, wanted, limit)
    return _take_rest(limit, key=key) if limit.over == "partial" else None


def _take_rest(limit: Limit, *, key: str) -> dict[str, Any] | None:
    """What is left, unless somebody takes of it at this very moment: then what that one leaves."""
    used = LimitUse.objects.values_list("used", flat=True).get(key=key)
    rest = limit.value - used
    if rest < 1:
        return None
    if LimitUse.objects.filter(key=key, used=used).update(used=limit.value, cap=limit.value):
        return _use(key, rest, limit)
    return _take_rest(limit, key=key)


def _take_friend(limit: Limit, *, key: str, friend_key: str) -> dict[str, Any] | None:
    """A friend who already counts in this window counts no second time."""
    marker = f"{key}:{friend_key}"
    insert_once(LimitUse, unique=["key"], key=marker, cap=MAX_AMOUNT, used=0)
    counts_anew = LimitUse.objects.filter(key=marker, used=0).update(used=1)
    if not counts_anew:
        LimitUse.objects.filter(key=marker).update(used=F("used") + 1)
        return _use(marker, 1, limit, counts=key)
    if _count(key, 1, cap=limit.value):
        return _use(marker, 1, limit, counts=key)
    LimitUse.objects.filter(key=marker).update(used=F("used") - 1)
    return None


def _count(key: str, wanted: int, *, cap: int) -> bool:
    """The rule's own cap counts, not the one of an earlier version that stands on the row."""
    insert_once(LimitUse, unique=["key"], key=key, cap=cap, used=0)
    room = LimitUse.objects.filter(key=key, used__lte=cap - wanted)
    return bool(room.update(used=F("used") + wanted, cap=cap))


def _use(key: str, taken: int, limit: Limit, *, counts: str = "") -> dict[str, Any]:
    return {"key": key, "taken": taken, "counts": counts, "measure": limit.measure}


def limits_rename(*, uses: Iterable[dict[str, Any]], old: str, new: str) -> Uses:
    """What was used under one public id counts under the other; together they may exceed a limit: then nothing is free.

    Two people became one, or two again: the counters of both stay right for what each has used.
    """
    return [_renamed(use, old, new) if old in use["key"].split(":") else use for use in uses]


def _renamed(use: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    renamed = use | {name: _swapped(use[name], old, new) for name in ("key", "counts")}
    limits_give_back(uses=[use])
    was_used = LimitUse.objects.filter(key=renamed["key"], used__gt=0).exists()
    _count_in(renamed["key"], use["taken"])
    if use["counts"] and not was_used:
        _count_in(renamed["counts"], 1)
    return renamed


def _swapped(key: str, old: str, new: str) -> str:
    return ":".join(new if part == old else part for part in key.split(":"))


def _count_in(key: str, taken: int) -> None:
    insert_once(LimitUse, unique=["key"], key=key, cap=MAX_AMOUNT, used=0)
    LimitUse.objects.filter(key=key).update(used=F("used") + taken, cap=Greatest("cap", F("used") + taken))

"""A crowd reports sales over HTTP while workers evaluate them: limits, budgets, refunds and keys.

Each has its twin here, but for the refund: its twin needs a meeting at one place in the code, and is one of
tests/concurrency/test_limits.py.
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Barrier
from typing import Any
from unittest.mock import patch

from django.db import connection

from campaigns.models import Campaign
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from referrals.models import ReferralEvent
from rewards.ledger.check import ledger_problems
from rewards.models import Budget, BudgetPeriod, LimitUse, Reward
from rewards.services import earning, evaluation
from rewards.services.limits import LimitRows
from rewards.services.rules import LimitDraft
from rewards.triggers import known
from tests.concurrency.race import meet
from tests.factories.referrals import referred
from tests.factories.rewards import budget_of, rule_of
from tests.servers import redis_server
from tests.trust.crowd import Answer, Call, evaluators, post_all
from tests.trust.stage import advocate_made, friend
from tests.trust.trial import Figures, Size, expect
from tests.trust.web import web_server

RUNS = {Size.SHORT: 1, Size.FULL: 20}
FRIENDS = {Size.SHORT: 40, Size.FULL: 500}
ROOM_FOR = {Size.SHORT: 8, Size.FULL: 100}
# The other races need no crowd, and neither do the twins.
FEW = {Size.SHORT: 10, Size.FULL: 100}
FEW_ROOM = {Size.SHORT: 3, Size.FULL: 20}
TWINS, TWIN_ROOM = 12, 2
BUDGETS = 4
COPIES = 4
AMOUNT = 2_000
THINK_SECONDS = 0.05
MEETING_SECONDS = 2.0
GONE = (Reward.Status.CANCELLED, Reward.Status.REVERSED)

campaigns, people = count(), count()


@dataclass(frozen=True, slots=True)
class Shop:
    port: int
    secret: str

    def post(self, errands: Sequence[Sequence[Call]]) -> list[list[Answer]]:
        return post_all(self.port, self.secret, errands)


def races(seed: int, size: Size) -> Figures:
    """Exactly what there is room for, in each run; each twin exceeds it."""
    now = clock.now()
    _key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    with redis_server() as redis_url, web_server(redis_url) as web:
        shop = Shop(web.port, secret)
        limited = [_limited(shop, FRIENDS[size], ROOM_FOR[size], now) for _run in range(RUNS[size])]
        expect(set(limited) == {ROOM_FOR[size]}, f"rewards of a limit of {ROOM_FOR[size]}, by run: {limited}")
        one = _budgets(shop, 1, FEW[size], FEW_ROOM[size], now)
        many = _budgets(shop, BUDGETS, FEW[size], FEW_ROOM[size], now)
        expect({*one, *many} == {FEW_ROOM[size]}, f"rewards of budgets for {FEW_ROOM[size]}: {one}, {many}")
        refunded = _refunded(shop, FEW[size], now)
        expect(refunded == 0, f"{refunded} rewards stand for sales that went back")
        _each_fact_earned_once()
        refused = _same_key(shop, FEW[size], now)
        expect(not ledger_problems(), f"the books: {ledger_problems()}")
        expect(_deadlocks() == 0, f"{_deadlocks()} deadlocks")
        twins = _twins(shop, now)
    return {
        "runs": len(limited),
        "conversions a run": FRIENDS[size],
        "cap": ROOM_FOR[size],
        "least": min(limited),
        "most": max(limited),
        "hot budgets": len(one) + len(many),
        "cap of each": FEW_ROOM[size],
        "standing after refunds": refunded,
        "keys": FEW[size],
        "calls with a key": FEW[size] * COPIES,
        "refused with another body": refused,
        **twins,
    }


def _twins(shop: Shop, now: datetime) -> Figures:
    """Without their guards all of them lose: else nothing raced."""
    with patch.object(LimitRows, "take", _look_then_take):
        limited = _limited(shop, TWINS, TWIN_ROOM, now)
    expect(limited > TWIN_ROOM, f"the twin of the limit rewarded {limited} of {TWIN_ROOM}: nothing raced")
    with patch.object(earning, "budget_take", _look_then_reserve):
        [funded] = _budgets(shop, 1, TWINS, TWIN_ROOM, now, is_guarded=False)
    expect(funded > TWIN_ROOM, f"the twin of the budget funded {funded} of {TWIN_ROOM}: nothing raced")
    rows = _without_the_key(now)
    expect(rows > 1, "the twin of the unique key wrote one row: nothing raced")
    return {
        "twins' cap": TWIN_ROOM,
        "twin limited": limited,
        "twin funded": funded,
        "twin rows of a key": rows,
    }


# --- the stage --------------------------------------------------------------------------------------------------------


def _campaign(friends: int, now: datetime) -> tuple[Campaign, list[str]]:
    """A campaign of its own, and the addresses of people whom nobody has recommended before."""
    enrolment = advocate_made(now=now, slug=f"race-{next(campaigns)}", conversion_events=["purchase"])
    crowd = [friend(next(people)) for _number in range(friends)]
    for person in crowd:
        referred(enrolment, now=now, person=person)
    return enrolment.campaign, [person.email for person in crowd]


def _sale(email: str, campaign: Campaign, **more: Any) -> Call:
    body = {"event_id": f"order-{email}", "type": "purchase", "friend": {"email": email}, "campaign": campaign.slug}
    return "events", body | {"amount": 10_000, "currency": "USD"} | more


def _all_sold(shop: Shop, errands: Sequence[Sequence[Call]]) -> None:
    with evaluators():
        answers = shop.post(errands)
    wrong = Counter(status for answer in answers for status, _body in answer if status != 202)
    expect(not wrong, f"answers: {wrong}")


# --- limits and budgets -----------------------------------------------------------------------------------------------


def _limited(shop: Shop, friends: int, cap: int, now: datetime) -> int:
    """How many of these conversions were rewarded under a limit of `cap` rewards."""
    campaign, emails = _campaign(friends, now)
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "campaign", cap, window="lifetime")])
    _all_sold(shop, [[_sale(email, campaign)] for email in emails])
    won = ReferralEvent.objects.filter(campaign=campaign, status_to="converted").count()
    expect(won == friends, f"{won} conversions of {friends} sales")
    return Reward.objects.filter(campaign=campaign).count()


def _look_then_take(_rows: LimitRows, key: str, wanted: int, cap: int) -> bool:
    """The twin: looks how much is used, and takes if that leaves room."""
    used = LimitRows().used(key)
    time.sleep(THINK_SECONDS)
    if used + wanted > cap:
        return False
    LimitRows().add(key, wanted)
    LimitUse.objects.filter(key=key).update(cap=cap * 100)
    return True


def _budgets(shop: Shop, budgets: int, friends: int, cap: int, now: datetime, *, is_guarded: bool = True) -> list[int]:
    """For how many rewards each budget set money aside. Every conversion wants some of each."""
    campaign, emails = _campaign(friends, now)
    rooms = [budget_of(campaign, cap * AMOUNT, name=f"Room {number}") for number in range(budgets)]
    for number, room in enumerate(rooms):
        # The last budget belongs to the first rule: whoever locked by rule would meet others the wrong way round.
        rule_of(campaign, now=now, key=f"rule-{budgets - number}", budget=room, amounts={"USD": AMOUNT})
    _all_sold(shop, [[_sale(email, campaign)] for email in emails])
    funded = [Reward.objects.filter(budget_period__budget=room).count() for room in rooms]
    used = [BudgetPeriod.objects.get(budget=room).used for room in rooms]
    expect(not is_guarded or used == [paid * AMOUNT for paid in funded], f"{used} used for {funded} rewards")
    return funded


def _look_then_reserve(*, budget_id: int, amount: int, **_day: Any) -> BudgetPeriod | None:
    """The twin: looks how much is taken, and takes if that leaves room."""
    budget = Budget.objects.get(pk=budget_id)
    values: dict[str, Any] = {"cap": budget.amount, "used": 0}
    period, _is_new = BudgetPeriod.objects.get_or_create(budget=budget, period_key="all", defaults=values)
    taken = Reward.objects.filter(budget_period=period).count() * amount
    time.sleep(THINK_SECONDS)
    return period if taken + amount <= budget.amount else None


# --- refunds ----------------------------------------------------------------------------------------------------------


def _refunded(shop: Shop, friends: int, now: datetime) -> int:
    """How many rewards stand once every sale went back right after it was told, while workers looked at it."""
    campaign, emails = _campaign(friends, now)
    rule_of(campaign, now=now, amounts={"USD": AMOUNT})
    with patch.object(evaluation, "known", _known_slowly):
        _all_sold(shop, [[_sale(email, campaign), _refund(email)] for email in emails])
    return Reward.objects.filter(campaign=campaign).exclude(status__in=GONE).count()


def _refund(email: str) -> Call:
    return "refunds", {"event_id": f"back-{email}", "refunds": f"order-{email}"}


def _known_slowly(occasion: Any, now: datetime) -> Any:
    found = known(occasion, now)
    if occasion.event and not occasion.event.takes_back_id:
        time.sleep(THINK_SECONDS)
    return found


# --- one fact, once ---------------------------------------------------------------------------------------------------


def _each_fact_earned_once() -> None:
    """All workers have looked at the same pages of facts."""
    pairs = Counter(Reward.objects.values_list("evaluation__source_id", "rule"))
    twice = [pair for pair, rewards in pairs.items() if rewards > 1]
    expect(not twice, f"{len(twice)} facts earned twice by a rule")


def _same_key(shop: Shop, keys: int, now: datetime) -> int:
    """Each key several times at once with the same body: one row, one answer. Then with another: all are refused.

    Half of the people are known; the others come with the call.
    """
    campaign, emails = _campaign(keys // 2, now)
    emails += [f"stranger-{number}@mail.example" for number in range(keys - len(emails))]
    calls = [_sale(email, campaign, event_id=f"key-{number}") for number, email in enumerate(emails)]
    answers = [answer for [answer] in shop.post([[call] for call in calls for _copy in range(COPIES)])]
    statuses = Counter(status for status, _body in answers)
    expect(statuses == {202: keys, 200: keys * (COPIES - 1)}, f"answers to the same call: {statuses}")
    rows = ReferralEvent.objects.filter(source="shop", event_id__startswith="key-").count()
    expect(rows == keys, f"{rows} rows for {keys} keys")
    for place in range(0, len(answers), COPIES):
        told = [body | {"duplicate": True} for _status, body in answers[place : place + COPIES]]
        expect(all(body == told[0] for body in told), f"different answers to one key: {told}")
    others = [("events", body | {"amount": 9_999}) for _path, body in calls]
    refused = Counter(status for [(status, _body)] in shop.post([[call] for call in others]))
    expect(refused == {409: keys}, f"answers to another body with a used key: {refused}")
    return refused[409]


def _without_the_key(now: datetime) -> int:
    """The twin: four callers look whether the fact is there, then write it."""
    campaign, _emails = _campaign(0, now)
    contact = campaign.enrolments.get().contact
    looked = Barrier(COPIES)

    def look_then_write(_copy: int) -> None:
        is_there = ReferralEvent.objects.filter(source="twin", event_id="key").exists()
        meet(looked, seconds=MEETING_SECONDS)
        if not is_there:
            facts = {"source": "twin", "event_id": "key", "type": "purchase", "contact": contact}
            ReferralEvent.objects.create(**facts, occurred_at=now, recorded_at=now)
        connection.close()

    with ExitStack() as undo:
        _execute("ALTER TABLE referrals_referralevent DROP CONSTRAINT referral_event_once")
        once = "ALTER TABLE referrals_referralevent ADD CONSTRAINT referral_event_once UNIQUE (source, event_id)"
        undo.callback(_execute, once)
        undo.callback(_execute, "DELETE FROM referrals_referralevent WHERE source = 'twin'")
        with ThreadPoolExecutor(COPIES) as pool:
            list(pool.map(look_then_write, range(COPIES)))
        return ReferralEvent.objects.filter(source="twin").count()


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])

"""Redis stops answering while the shop reports sales. The shop must not notice; rewards come later, none is lost."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import redis
import requests
from celery import Celery

from campaigns.services.api_keys import api_key_create
from config.lib import clock
from referrals.models import ReferralEvent
from rewards.models import Evaluation
from rewards.services.evaluation import rewards_evaluate
from tests.factories.rewards import rule_of
from tests.servers import redis_server
from tests.trust.stage import advocate_made, friends_referred
from tests.trust.trial import Figures, Size, expect
from tests.trust.web import web_server

PAUSE_SECONDS = {Size.SHORT: 6, Size.FULL: 30}
A_SECOND = {Size.SHORT: 2, Size.FULL: 5}
FRIENDS = 5
# A doorbell may wait this long for Redis, and it rings once for the fact and once for the mail.
PATIENCE_SECONDS = 10.0
CONTROL_PAUSE_SECONDS = 6


def redis_hang(seed: int, size: Size) -> Figures:
    """No error, no lost fact; without our time-outs the same call stands still as long as Redis does."""
    now = clock.now()
    enrolment = advocate_made(now=now, conversion_events=["purchase"])
    rule_of(enrolment.campaign, now=now, trigger="purchase", amounts={"USD": 100})
    friends_referred(enrolment, FRIENDS, now=now)
    _key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    with redis_server() as redis_url, web_server(redis_url) as web:
        call = partial(_sale, web.url, secret)
        calm = [call(number) for number in range(A_SECOND[size] * 2)]
        _hang(redis_url, PAUSE_SECONDS[size])
        paused = _at_a_rate(call, start=len(calm), seconds=PAUSE_SECONDS[size], a_second=A_SECOND[size])
        slow_without = _control(redis_url)
    answers = calm + paused
    errors = sum(status >= 500 for status, _seconds in answers)
    expect(errors == 0, f"{errors} of {len(answers)} requests failed")
    reported = ReferralEvent.objects.filter(type="purchase").count()
    expect(reported == len(answers), f"{reported} rows for {len(answers)} answers")
    waiting = _caught_up()
    seconds = sorted(seconds for _status, seconds in paused)
    expect(seconds[-1] < PATIENCE_SECONDS, f"a request took {seconds[-1]:.1f} s")
    return {
        "requests": len(paused),
        "5xx": errors,
        "calm median ms": _milliseconds(sorted(seconds for _status, seconds in calm), 0.5),
        "paused median ms": _milliseconds(seconds, 0.5),
        "paused p95 ms": _milliseconds(seconds, 0.95),
        "facts the sweep found": waiting,
        "control blocked s": round(slow_without, 1),
    }


def _caught_up() -> int:
    """How many facts waited for the sweep; none does afterwards."""
    waiting = ReferralEvent.objects.count() - Evaluation.objects.filter(source="referral_event").count()
    while rewards_evaluate(clock.now())["evaluated"]:
        continue
    left = ReferralEvent.objects.count() - Evaluation.objects.filter(source="referral_event").count()
    expect(left == 0, f"{left} facts are without an evaluation after the sweep")
    return waiting


def _sale(url: str, secret: str, number: int) -> tuple[int, float]:
    """Status and seconds of one call."""
    body: Any = {
        "event_id": f"order-{number}",
        "type": "purchase",
        "friend": {"email": f"friend-{number % FRIENDS}@mail.example"},
        "amount": 5_000,
        "currency": "USD",
    }
    began = time.monotonic()
    answer = requests.post(
        f"{url}/api/v1/events", json=body, headers={"Authorization": f"Bearer {secret}"}, timeout=PATIENCE_SECONDS * 3
    )
    expect(answer.status_code >= 500 or answer.status_code == 202, f"{answer.status_code}: {answer.text}")
    return answer.status_code, time.monotonic() - began


def _at_a_rate(
    call: Callable[[int], tuple[int, float]], *, start: int, seconds: int, a_second: int
) -> list[tuple[int, float]]:
    """So many calls a second, whether or not those before them have been answered."""
    with ThreadPoolExecutor(32) as pool:
        calls = []
        for number in range(start, start + seconds * a_second):
            calls.append(pool.submit(call, number))
            time.sleep(1 / a_second)
        return [done.result() for done in calls]


def _hang(redis_url: str, seconds: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.client_pause(seconds * 1_000)


def _control(redis_url: str) -> float:
    """Seconds that a doorbell with Celery's own settings takes while Redis hangs."""
    plain = Celery("control", broker=redis_url)
    plain.send_task("heard by nobody")
    _hang(redis_url, CONTROL_PAUSE_SECONDS)
    began = time.monotonic()
    plain.send_task("heard by nobody")
    blocked = time.monotonic() - began
    expect(blocked > CONTROL_PAUSE_SECONDS / 2, f"the control rang within {blocked:.1f} s: Redis did not hang")
    return blocked


def _milliseconds(ordered: list[float], share: float) -> int:
    return round(1_000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)])

"""Those who come all at once: callers of the API over HTTP, and workers that evaluate in processes of their own."""

import json
import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread
from typing import Any

from django.db import connection, connections
from django.db.models import Exists, OuterRef

from config.lib import clock
from referrals.models import ReferralEvent
from rewards.models import Evaluation
from rewards.services.evaluation import evaluate
from tests.trust.trial import expect

CALLERS = 24
PROCESSES, THREADS = 2, 4
# Few, so that the workers meet at the same facts.
PAGE = 8
LOOK_SECONDS = 0.1
STOP_SECONDS = 300

# Path and body of a call; status and body of its answer.
Call = tuple[str, dict[str, Any]]
Answer = tuple[int, dict[str, Any]]


def post_all(port: int, secret: str, errands: Sequence[Sequence[Call]]) -> list[list[Answer]]:
    """Errands side by side, the calls of each one after the other."""

    def run(errand: Sequence[Call]) -> list[Answer]:
        web = HTTPConnection("127.0.0.1", port, timeout=STOP_SECONDS)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        answers = []
        for path, body in errand:
            web.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
            response = web.getresponse()
            answers.append((response.status, json.loads(response.read())))
        web.close()
        return answers

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(run, errands))


@contextmanager
def evaluators() -> Iterator[None]:
    """Workers that look at facts as they come, and have looked at all of them afterwards. None of them failed.

    They are forked, so that what is patched here is patched there.
    """
    # A child that inherits a connection would end it for its parent.
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    stop, failures = fork.Event(), fork.SimpleQueue()
    workers = [fork.Process(target=_work, args=(stop, failures)) for _number in range(PROCESSES)]
    for worker in workers:
        worker.start()
    try:
        yield
        stop.set()
        for worker in workers:
            worker.join(STOP_SECONDS)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
    expect(failures.empty(), f"an evaluation failed: {'' if failures.empty() else failures.get()}")
    expect(not _waiting().exists(), "facts were left without an evaluation")


def _work(stop: Any, failures: Any) -> None:
    threads = [Thread(target=_evaluate_until, args=(stop, failures)) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _evaluate_until(stop: Any, failures: Any) -> None:
    while True:
        is_last = stop.is_set()
        waiting = list(_waiting().values_list("pk", flat=True)[:PAGE])
        if is_last and not waiting:
            break
        random.shuffle(waiting)
        for pk in waiting:
            try:
                evaluate(source="referral_event", source_id=pk, now=clock.now())
            except Exception as error:  # noqa: BLE001 - whatever it was, it must not be
                failures.put(f"{type(error).__name__}: {error}")
        if not waiting:
            time.sleep(LOOK_SECONDS)
    connection.close()


def _waiting() -> Any:
    looked_at = Evaluation.objects.filter(source="referral_event", source_id=OuterRef("pk"))
    return ReferralEvent.objects.filter(~Exists(looked_at)).order_by("pk")

"""Real threads on PostgreSQL."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import Sum

from advocates.facts import ContactFacts
from advocates.jobs import JOBS, Job
from advocates.models import Contact, ContactKey, Purchase, RateBucket
from advocates.services.contacts import contact_upsert
from advocates.services.jobs import job_run
from advocates.services.limits import rate_hit
from tests.advocates.cdnow import tenth

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(times)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def test_two_imports_of_one_file_count_each_sale_once(tmp_path):
    path = tenth(tmp_path)
    rows = len(path.read_text().splitlines()) - 1
    at_once(2, lambda _number: call_command("purchases_import", str(path), stdout=io.StringIO()))
    assert Purchase.objects.count() == rows
    assert Contact.objects.count() == ContactKey.objects.filter(kind=ContactKey.Kind.EXTERNAL).count()
    counted = Contact.objects.aggregate(n=Sum("purchases_count"), cents=Sum("lifetime_amount"))
    assert counted == {"n": rows, "cents": Purchase.objects.aggregate(cents=Sum("amount"))["cents"]}


def test_two_imports_in_opposite_order_do_not_dead_lock(tmp_path):
    forward = tenth(tmp_path)
    header, *rows = forward.read_text().splitlines(keepends=True)
    backward = tmp_path / "backward.txt"
    backward.write_text("".join([header, *reversed(rows)]))
    at_once(2, lambda n: call_command("purchases_import", str([forward, backward][n]), stdout=io.StringIO()))
    assert Purchase.objects.count() == len(rows)


def test_one_new_person_reported_by_six_at_once_is_one_contact(now):
    facts = ContactFacts(external_id="C-1", email="lena@posteo.example", name="Lena Vogt")
    outcomes = at_once(6, lambda _number: contact_upsert(facts=facts, source="shop", now=now).outcome)
    assert sorted(outcomes) == ["created", *["unchanged"] * 5]
    assert Contact.objects.count() == 1


def test_six_workers_run_a_job_once(monkeypatch):
    waiting = Barrier(2)
    times: list[int] = []

    def slowly(now):
        times.append(1)
        waiting.wait(timeout=20)
        return {}

    monkeypatch.setitem(JOBS._entries, "slowly", Job("slowly", slowly, JOBS["job_runs_purge"].every, ""))
    with ThreadPoolExecutor(1) as holder:
        held = holder.submit(at_once, 1, lambda _number: job_run(name="slowly"))
        while not times:
            pass
        statuses = at_once(5, lambda _number: job_run(name="slowly").status)
        waiting.wait(timeout=20)
        held.result()
    assert (statuses, len(times)) == (["running"] * 5, 1)


def test_a_limit_lets_through_as_many_as_it_says(now):
    window = JOBS["job_runs_purge"].every
    answers = at_once(8, lambda _number: rate_hit(key="one", limit=3, window=window, now=now))
    assert answers.count(True) == 3
    assert RateBucket.objects.get().count == 8

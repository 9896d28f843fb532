"""Real threads on PostgreSQL. A race has a twin without its guard, which shows that the race is there."""

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.models import Sum

from advocates.facts import ContactFacts
from advocates.jobs import JOBS, Job
from advocates.models import Contact, ContactKey, JobRun, Purchase, RateBucket
from advocates.services import contacts, jobs, limits
from advocates.services.contacts import contact_upsert
from advocates.services.jobs import job_run
from advocates.services.limits import rate_hit
from tests.advocates.cdnow import tenth
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


THREADS = 6


def at_once(act: Callable[[int], Any], *, times: int = THREADS) -> list[Any]:
    """What each call came to: its result, or what it raised."""
    return run_together(*(partial(act, number) for number in range(times)))


@contextmanager
def without_unique(model: type[models.Model], *columns: str) -> Iterator[None]:
    """The table without that unique key; it is empty before the key comes back."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
        name = next(name for name, key in found.items() if key["unique"] and key["columns"] == list(columns))
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def look_then_insert(model: type[models.Model], *, unique: Sequence[str], **values: Any) -> tuple[Any, bool]:
    """What insert_once is not: everybody looks before anybody writes."""
    standing = model._default_manager.filter(**{name: values[name] for name in unique}).first()
    meet(everybody_looked, seconds=10)
    return (standing, False) if standing else (model._default_manager.create(**values), True)


everybody_looked = Barrier(THREADS)


def test_two_imports_of_one_file_count_each_sale_once(tmp_path):
    path = tenth(tmp_path)
    rows = len(path.read_text().splitlines()) - 1
    at_once(lambda _number: call_command("purchases_import", str(path), stdout=io.StringIO()), times=2)
    assert Purchase.objects.count() == rows
    assert Contact.objects.count() == ContactKey.objects.filter(kind=ContactKey.Kind.EXTERNAL).count()
    counted = Contact.objects.aggregate(n=Sum("purchases_count"), cents=Sum("lifetime_amount"))
    assert counted == {"n": rows, "cents": Purchase.objects.aggregate(cents=Sum("amount"))["cents"]}


def test_two_imports_in_opposite_order_do_not_dead_lock(tmp_path):
    forward = tenth(tmp_path)
    header, *rows = forward.read_text().splitlines(keepends=True)
    backward = tmp_path / "backward.txt"
    backward.write_text("".join([header, *reversed(rows)]))
    at_once(lambda n: call_command("purchases_import", str([forward, backward][n]), stdout=io.StringIO()), times=2)
    assert Purchase.objects.count() == len(rows)


def test_one_new_person_reported_by_six_at_once_is_one_contact(now):
    facts = ContactFacts(external_id="C-1", email="lena@posteo.example", name="Lena Vogt")
    outcomes = at_once(lambda _number: contact_upsert(facts=facts, source="shop", now=now).outcome)
    assert sorted(outcomes) == ["created", *["unchanged"] * 5]
    assert Contact.objects.count() == 1


def test_twin_looking_for_a_person_before_making_one_makes_several(now, monkeypatch):
    monkeypatch.setattr(contacts, "insert_once", look_then_insert)
    with without_unique(ContactKey, "kind", "source", "value"):
        facts = ContactFacts(external_id="C-1")
        at_once(lambda _number: contact_upsert(facts=facts, source="shop", now=now))
        assert Contact.objects.count() > 1


def test_six_workers_run_a_job_once(monkeypatch):
    waiting = Barrier(2)
    times: list[int] = []

    def slowly(now):
        times.append(1)
        waiting.wait(timeout=20)
        return {}

    monkeypatch.setitem(JOBS._entries, "slowly", Job("slowly", slowly, JOBS["job_runs_purge"].every, ""))
    with ThreadPoolExecutor(1) as holder:
        held = holder.submit(at_once, lambda _number: job_run(name="slowly"), times=1)
        while not times:
            pass
        statuses = at_once(lambda _number: job_run(name="slowly").status, times=5)
        waiting.wait(timeout=20)
        held.result()
    assert (statuses, len(times)) == (["running"] * 5, 1)


def test_twin_looking_for_a_run_before_starting_one_runs_the_job_several_times(monkeypatch):
    times: list[datetime] = []

    def counted(now):
        times.append(now)
        return {}

    job = Job("counted", counted, JOBS["job_runs_purge"].every, "")
    monkeypatch.setitem(JOBS._entries, "counted", job)
    monkeypatch.setattr(jobs, "insert_once", look_then_insert)
    with without_unique(JobRun, "live_key"):
        at_once(lambda _number: job_run(name="counted"))
    assert len(times) > 1


def test_a_limit_lets_through_as_many_as_it_says(now):
    window = JOBS["job_runs_purge"].every
    answers = at_once(lambda _number: rate_hit(key="one", limit=3, window=window, now=now), times=8)
    assert answers.count(True) == 3
    assert RateBucket.objects.get().count == 8


def test_twin_reading_the_count_before_writing_it_lets_everybody_through(now, monkeypatch):
    def read_then_write(key: str, start: datetime) -> int:
        bucket = RateBucket.objects.get(key=key, window_start=start)
        meet(everybody_looked, seconds=10)
        RateBucket.objects.filter(pk=bucket.pk).update(count=bucket.count + 1)
        return bucket.count + 1

    window = JOBS["job_runs_purge"].every
    rate_hit(key="one", limit=3, window=window, now=now)
    monkeypatch.setattr(limits, "_counted", read_then_write)
    answers = at_once(lambda _number: rate_hit(key="one", limit=3, window=window, now=now))
    assert answers.count(True) == THREADS

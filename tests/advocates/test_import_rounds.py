"""Imports in the background: in rounds, under a lease, paused, cancelled, taken over, and never twice."""

import csv
import stat
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from advocates.errors import ImportRefused
from advocates.imports import run as run_module
from advocates.models import AuditEntry, Contact, ImportMapping, ImportRun, Purchase
from advocates.services import import_rounds, imports as services
from advocates.services.import_files import (
    KEPT,
    file_of,
    file_store,
    import_files_purge,
    refused_file_of,
)
from advocates.services.import_rounds import imports_run
from advocates.services.imports import (
    LEASE,
    import_cancel,
    import_choose,
    import_draft,
    import_hold,
    import_pause,
    import_queue,
    import_resume,
    import_take,
    mapping_of,
)
from config.lib import clock
from config.lib.states import NotAllowed, Stale

pytestmark = pytest.mark.django_db

Status = ImportRun.Status
ROWS = 30


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    """Ten rows are a chunk, as two thousand are in a real file."""
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)
    take = run_module._chunks
    monkeypatch.setattr(run_module, "_chunks", lambda rows, _size: take(rows, 10))


def people(rows=ROWS):
    lines = [f"C-{n},c{n}@mail.example,Customer {n}\n" if n % 7 else f"C-{n},nobody,Refused {n}\n" for n in range(rows)]
    return "customer_id,email,name\n" + "".join(lines)


def queued(ada, content=None, kind="contacts", **facts):
    stored = file_store([(content or people()).encode()])
    run = import_draft(kind=kind, source="crm", file_name="people.csv", path=stored, format="auto", actor=ada)
    if facts:
        import_choose(run=run, **facts)
    import_queue(run=run, actor=ada, remember={})
    return run


def stopped_after(monkeypatch, chunks):
    """The round is over after so many chunks."""
    true_hold = services.import_hold
    held: list[int] = []

    def hold(**said):
        held.append(1)
        return len(held) <= chunks and true_hold(**said)

    monkeypatch.setattr(import_rounds, "import_hold", hold)


def again(run):
    run.refresh_from_db()
    return run


def counts(run):
    run = again(run)
    return run.rows_read, run.created_count, run.refused_count


def refused_of(run):
    path = refused_file_of(again(run))
    assert path
    return path


def refused_lines(run):
    with refused_of(run).open(encoding="utf-8-sig", newline="") as text:
        return [int(row["line"]) for row in csv.DictReader(text)]


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_a_queued_file_is_read_to_its_end(ada):
    run = queued(ada)
    assert imports_run(now=clock.now()) == {"runs": 1, "rows": ROWS}
    run = again(run)
    assert (run.status, run.rows_total, run.rows_read) == (Status.DONE, ROWS, ROWS)
    assert (run.created_count, run.refused_count, run.lease_until) == (25, 5, None)
    assert Contact.objects.count() == 25
    assert refused_lines(run) == [2, 9, 16, 23, 30]
    assert set(AuditEntry.objects.filter(model="advocates.importrun").values_list("verb", flat=True)) >= {
        "import.queued"
    }


def test_the_oldest_is_taken_first_and_none_is_left(ada):
    first, second = queued(ada), queued(ada)
    assert imports_run(now=clock.now())["runs"] == 2
    assert again(first).created_count == 25
    assert again(second).unchanged_count == 25


def test_what_is_not_begun_or_paused_is_left_alone(ada):
    run = queued(ada)
    import_pause(run=run, actor=ada)
    assert imports_run(now=clock.now()) == {"runs": 0, "rows": 0}


def test_a_round_ends_and_the_next_goes_on(ada, monkeypatch):
    run = queued(ada)
    with monkeypatch.context() as patch:
        stopped_after(patch, 2)
        monkeypatch.setattr(import_rounds, "import_take", once(import_take))
        imports_run(now=clock.now())
    assert counts(run) == (20, 17, 3)
    assert (again(run).status, again(run).lease_until) == (Status.RUNNING, None)
    monkeypatch.setattr(import_rounds, "import_take", import_take)
    imports_run(now=clock.now())
    assert counts(run) == (ROWS, 25, 5)
    assert refused_lines(run) == [2, 9, 16, 23, 30]


def once(take):
    taken: list[int] = []

    def first(**said):
        if taken:
            return None
        taken.append(1)
        return take(**said)

    return first


# --- pause, cancel, errors --------------------------------------------------------------------------------------------


def test_a_pause_keeps_what_is_written_and_going_on_adds_the_rest(ada, monkeypatch):
    run = queued(ada)
    at_chunk(monkeypatch, 2, lambda: import_pause(run=again(run), actor=ada))
    imports_run(now=clock.now())
    assert counts(run) == (20, 17, 3)
    assert (again(run).status, again(run).lease_until) == (Status.PAUSED, None)
    import_resume(run=run, actor=ada)
    imports_run(now=clock.now())
    assert (again(run).status, counts(run)) == (Status.DONE, (ROWS, 25, 5))
    assert Contact.objects.count() == 25


def test_a_cancelled_import_reads_no_more_rows_and_stays_so(ada, monkeypatch):
    run = queued(ada)
    at_chunk(monkeypatch, 1, lambda: import_cancel(run=again(run), actor=ada, now=clock.now()))
    imports_run(now=clock.now())
    imports_run(now=clock.now())
    assert (again(run).status, counts(run)) == (Status.CANCELLED, (10, 8, 2))
    with pytest.raises(NotAllowed):
        import_resume(run=run, actor=ada)


def test_a_pause_in_the_last_chunk_is_kept(ada, monkeypatch):
    run = queued(ada)
    at_chunk(monkeypatch, 3, lambda: import_pause(run=again(run), actor=ada))
    imports_run(now=clock.now())
    assert (again(run).status, again(run).rows_read) == (Status.PAUSED, ROWS)
    import_resume(run=run, actor=ada)
    imports_run(now=clock.now())
    assert (again(run).status, counts(run)) == (Status.DONE, (ROWS, 25, 5))


def at_chunk(monkeypatch, number, do):
    """Somebody presses a button while that chunk is written."""
    true_take = run_module._take_once
    taken: list[int] = []

    def take(*said, **named):
        taken.append(1)
        true_take(*said, **named)
        if len(taken) == number:
            do()

    monkeypatch.setattr(run_module, "_take_once", take)


def test_a_damaged_end_is_found_before_the_first_row_is_written(ada):
    run = queued(ada, people() + 'C-99,last@mail.example,"open\n' + "x" * 200_000)
    imports_run(now=clock.now())
    run = again(run)
    assert (run.status, run.rows_read, Contact.objects.count()) == (Status.FAILED, 0, 0)
    assert "quotation mark" in run.error


def test_an_error_stops_one_import_and_not_the_next_and_tells_no_address(ada, monkeypatch):
    broken, fine = queued(ada), queued(ada)
    at_chunk(monkeypatch, 1, lambda: 1 / 0)
    imports_run(now=clock.now())
    assert (again(broken).status, again(broken).error) == (Status.FAILED, "ZeroDivisionError")
    assert again(fine).status == Status.DONE
    import_resume(run=broken, actor=ada)
    imports_run(now=clock.now())
    assert (again(broken).status, again(broken).rows_read, again(broken).error) == (Status.DONE, ROWS, "")


def test_a_file_that_is_gone_is_said(ada):
    run = queued(ada)
    file_of(run).unlink()
    imports_run(now=clock.now())
    assert "Hand it in again" in again(run).error


# --- killed and taken over --------------------------------------------------------------------------------------------


@contextmanager
def at(moment):
    """Somebody who looks at the clock at that moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        yield


class Killed(BaseException):
    """As a process ends that is killed: nothing more is written."""


def killed_after(monkeypatch, chunks):
    """The process is gone after so many chunks, and one more that never reached its commit."""
    true_progress = services.import_progress
    done: list[int] = []

    def progress(**said):
        done.append(1)
        if len(done) > chunks:
            raise Killed
        true_progress(**said)

    monkeypatch.setattr(run_module, "import_progress", progress)
    monkeypatch.setattr(run_module, "import_finish", lambda **said: None)
    monkeypatch.setattr(import_rounds, "import_release", lambda **said: None)


def test_a_killed_import_is_taken_over_when_its_lease_is_over_and_writes_nothing_twice(ada, monkeypatch):
    run = queued(ada)
    begun = clock.now()
    with monkeypatch.context() as patch:
        killed_after(patch, 1)
        with pytest.raises(Killed):
            imports_run(now=begun)
    # The list of refused rows is ahead: its chunk was never committed.
    assert counts(run) == (10, 8, 2)
    assert len(refused_lines(run)) == 3
    assert imports_run(now=clock.now())["runs"] == 0
    with at(begun + LEASE + timedelta(minutes=1)):
        assert imports_run(now=clock.now()) == {"runs": 1, "rows": 20}
    assert counts(run) == (ROWS, 25, 5)
    assert refused_lines(run) == [2, 9, 16, 23, 30]
    assert Contact.objects.count() == 25


def test_sales_that_repeat_each_other_are_counted_right_over_a_take_over(ada, monkeypatch):
    sales = "customer,date,amount\n" + "C-1,2026-03-01,10.00\n" * ROWS
    run = queued(ada, sales, kind="purchases", currency="EUR")
    begun = clock.now()
    with monkeypatch.context() as patch:
        killed_after(patch, 1)
        with pytest.raises(Killed):
            imports_run(now=begun)
    with at(begun + LEASE + timedelta(minutes=1)):
        imports_run(now=clock.now())
    assert (again(run).status, Purchase.objects.count(), again(run).created_count) == (Status.DONE, ROWS, ROWS)


def test_a_worker_that_comes_back_finds_anothers_lease_and_writes_nothing(ada):
    run = queued(ada)
    begun = clock.now()
    mine = import_take(now=begun)
    assert mine
    with at(begun + LEASE + timedelta(seconds=1)):
        theirs = import_take(now=clock.now())
        assert theirs
        assert not import_hold(run=mine, now=clock.now(), worked=timedelta())
        with pytest.raises(Stale):
            services.import_progress(run=mine, read=1, created=1, updated=0, merged=0, unchanged=0, refused=0)
        services.import_finish(run=mine, now=clock.now(), error="late")
    assert (again(run).status, again(run).rows_read) == (Status.RUNNING, 0)


def test_a_resumed_import_waits_until_the_old_worker_let_go(ada):
    run = queued(ada)
    held = import_take(now=clock.now())
    assert held
    import_pause(run=held, actor=ada)
    import_resume(run=again(run), actor=ada)
    assert import_take(now=clock.now()) is None
    services.import_release(run=held)
    assert import_take(now=clock.now()) == run


def test_an_import_of_a_command_is_never_taken(ada):
    ImportRun.objects.create(kind="contacts", source="crm", file_name="people.csv")
    assert import_take(now=clock.now() + timedelta(days=1)) is None


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_for_us_alone_under_a_name_that_nobody_guesses(settings):
    name = file_store([b"email\n"])
    path = Path(settings.IMPORT_ROOT) / name
    assert (len(name), stat.S_IMODE(path.stat().st_mode)) == (32, 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_refused_rows_are_kept_for_us_alone_too(ada):
    run = queued(ada)
    imports_run(now=clock.now())
    assert stat.S_IMODE(refused_of(run).stat().st_mode) == 0o600


def test_a_file_that_is_too_large_is_not_kept(settings):
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(ImportRefused, match="larger"):
        file_store([b"12345", b"67890", b"1"])
    assert not list(Path(settings.IMPORT_ROOT).iterdir())


def test_files_go_after_thirty_days_and_counts_stay(ada):
    done, waiting = queued(ada), queued(ada)
    imports_run(now=clock.now())
    ImportRun.objects.filter(pk=waiting.pk).update(status=Status.PAUSED, finished_at=None)
    path, refused = file_of(done), refused_of(done)
    assert import_files_purge(now=clock.now() + KEPT - timedelta(hours=1))["deleted"] == 0
    assert import_files_purge(now=clock.now() + KEPT + timedelta(hours=1))["deleted"] == 2
    assert not path.exists()
    assert not refused.exists()
    assert (again(done).path, again(done).created_count) == ("", 25)
    assert file_of(again(waiting)).exists()


def test_a_draft_that_nobody_begins_goes_too(ada):
    stored = file_store([b"email\n"])
    run = import_draft(kind="contacts", source="crm", file_name="a", path=stored, format="auto", actor=ada)
    import_files_purge(now=clock.now() + KEPT + timedelta(hours=1))
    assert (again(run).status, again(run).path) == (Status.CANCELLED, "")


def test_a_command_that_was_killed_is_closed_after_a_day():
    run = ImportRun.objects.create(kind="contacts", source="crm", file_name="people.csv")
    import_files_purge(now=clock.now() + timedelta(hours=25))
    assert again(run).status == Status.FAILED


# --- what is remembered -----------------------------------------------------------------------------------------------


def test_columns_are_remembered_by_source_and_kind(ada):
    stored = file_store([b"Who\n"])
    run = import_draft(kind="contacts", source="crm", file_name="a", path=stored, format="auto", actor=ada)
    import_queue(run=run, actor=ada, remember={"who": "external_id", "town": ""})
    assert mapping_of(source="crm", kind="contacts") == {"who": "external_id", "town": ""}
    assert mapping_of(source="crm", kind="purchases") == {}
    assert ImportMapping.objects.count() == 1


def test_what_has_begun_cannot_be_read_otherwise(ada):
    with pytest.raises(Stale):
        import_choose(run=queued(ada), mapping={"email": "phone"})

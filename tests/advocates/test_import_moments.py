"""A file of moments: each once, of people who are known, and taken back as a whole."""

import csv
import io

import pytest
from django.core.management import call_command

from advocates.errors import RowRefused
from advocates.imports import run as run_module
from advocates.imports.moments import moment_kind
from advocates.models import Contact, ImportRun, Moment
from advocates.selectors import open_complaint
from advocates.services.import_undo import import_undo
from config.lib import clock
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

CSV = """Customer,E-Mail,What,Date,Note,Ticket ID
C-1001,,public_praise,2026-03-01,Five stars,1
,omar@mail.example,Complained,1.4.2026,It leaks,2
C-1001,,sunshine,2026-03-01,,3
C-9999,,milestone,2026-03-01,,4
,,milestone,2026-03-01,,5
C-1001,,milestone,2999-01-01,,6
C-1001,,milestone,yesterday,,7
"""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)


@pytest.fixture
def lena(company):
    return contact_of(LENA)


@pytest.fixture
def omar(company):
    return contact_of(OMAR)


def imported(path, *options):
    out = io.StringIO()
    call_command("moments_import", str(path), "--source", "shop", *options, stdout=out)
    return out.getvalue()


def written(tmp_path, text):
    path = tmp_path / "moments.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_moments_are_read_once_and_what_cannot_be_taken_is_named(tmp_path, lena, omar):
    path = written(tmp_path, CSV)
    assert "2 created, 0 updated, 0 unchanged, 5 refused" in imported(path)
    assert "0 created, 0 updated, 2 unchanged, 5 refused" in imported(path)
    assert list(lena.moments.values_list("kind", "note", "source", "event_id")) == [
        ("public_praise", "Five stars", "shop", "1")
    ]
    assert open_complaint(omar)
    with path.with_name("moments.csv.refused.csv").open(encoding="utf-8-sig", newline="") as text:
        refused = list(csv.DictReader(text))
    assert [row["Ticket ID"] for row in refused][:5] == ["3", "4", "5", "6", "7"]


def test_a_trial_writes_nothing(tmp_path, lena, omar):
    assert "2 created" in imported(written(tmp_path, CSV), "--dry-run")
    assert not Moment.objects.exists()


def test_without_ids_the_same_row_is_the_same_moment(tmp_path, lena):
    path = written(tmp_path, "customer,kind,date\nC-1001,milestone,2026-03-01\nC-1001,milestone,2026-03-02\n")
    assert "2 created" in imported(path)
    assert "2 unchanged" in imported(path)
    assert not any(LENA.external_id in event_id for event_id in Moment.objects.values_list("event_id", flat=True))


def test_an_import_is_taken_back_as_a_whole(tmp_path, lena, omar):
    imported(written(tmp_path, CSV))
    run = ImportRun.objects.get()
    assert run.kind == ImportRun.Kind.MOMENTS
    import_undo(run=run, actor=None, now=clock.now())
    assert not Moment.objects.exists()
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "kind"), [("Issue resolved", "issue_resolved"), ("SOLVED", "issue_resolved"), ("review", "public_praise")]
)
def test_kinds_are_known_by_what_others_call_them(text, kind):
    assert moment_kind(text) == kind


def test_an_unknown_kind_is_refused():
    with pytest.raises(RowRefused):
        moment_kind("rain")

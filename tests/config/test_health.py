from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from campaigns.models import OutboundMessage

pytestmark = pytest.mark.django_db


def test_alive_is_said_without_asking_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_ready_is_said_with_the_facts(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "broker": True, "oldest_due_seconds": 0}


@pytest.mark.parametrize(("waited", "status"), [(timedelta(minutes=1), 200), (timedelta(minutes=6), 503)])
def test_a_worker_that_stands_still_is_noticed(client, waited, status):
    OutboundMessage.objects.create(
        dedupe_key="1",
        mail="ask",
        nature="ask",
        language="en",
        to_address="x@mail.example",
        due_at=timezone.now() - waited,
    )
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["oldest_due_seconds"] == pytest.approx(waited.total_seconds(), abs=5)


def test_a_database_that_does_not_answer_is_said(client, monkeypatch):
    def refuse(*args):
        raise DatabaseError("gone")

    monkeypatch.setattr("config.health.connection.cursor", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": False})


def test_a_broker_that_does_not_answer_is_said(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("refused")

    monkeypatch.setattr("config.health.app.connection_for_write", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] is False


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_is_kept_and_nothing_is_changed_by_asking(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405
    assert client.cookies == {}

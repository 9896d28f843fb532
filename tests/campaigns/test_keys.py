"""API keys and the first answer that stands."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from campaigns.errors import BadApiKey, IdempotencyKeyReused
from campaigns.models import ApiKey, IdempotentAnswer
from campaigns.services.api_keys import api_key_check, api_key_create, api_key_revoke
from campaigns.services.idempotency import KEPT, Call, answer_find, answer_keep, answers_purge
from config.lib.lately import Lately

pytestmark = pytest.mark.django_db


def test_a_key_is_known_by_its_hash_only(now: datetime) -> None:
    key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    assert secret.startswith("ick_")
    assert len(secret) >= 36
    assert secret not in str(list(ApiKey.objects.values()))
    assert api_key_check(secret=secret, now=now) == key


def test_a_wrong_a_revoked_and_an_old_key_are_refused_alike(now: datetime) -> None:
    revoked, revoked_secret = api_key_create(name="A", source="shop", scope="read", now=now)
    api_key_revoke(key=revoked, actor=None, now=now)
    _old, old_secret = api_key_create(name="B", source="shop", scope="read", expires_at=now, now=now)
    sentences = set()
    for secret in (revoked_secret, old_secret, "ick_guess", "", "\x00"):
        with pytest.raises(BadApiKey) as refusal:
            api_key_check(secret=secret, now=now)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_use_is_noted_once_a_minute(now: datetime) -> None:
    _key, secret = api_key_create(name="Shop", source="shop", scope="read", now=now)
    for seconds in (0, 30, 90):
        api_key_check(secret=secret, now=now + timedelta(seconds=seconds))
    assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=90)


def test_the_command_prints_the_key_alone_on_the_last_line(now: datetime) -> None:
    out = StringIO()
    call_command(
        "api_key", "create", "--name", "Shop", "--source", "shop", "--scope", "write", "--test",
        "--expires", "2099-12-31", stdout=out,
    )  # fmt: skip
    secret = out.getvalue().splitlines()[-1]
    key = api_key_check(secret=secret, now=now)
    assert (key.source, key.scope, key.is_test) == ("shop", "write", True)
    assert key.expires_at is not None


@pytest.mark.parametrize("wrong", [("--source", "my shop"), ("--expires", "soon"), ("--scope", "all")])
def test_the_command_refuses_what_makes_no_sense(wrong: tuple[str, str]) -> None:
    options = {"--name": "A", "--source": "shop", "--scope": "read"} | dict([wrong])
    with pytest.raises(CommandError):
        call_command("api_key", "create", *[word for pair in options.items() for word in pair])
    assert not ApiKey.objects.exists()


def test_a_known_key_is_looked_up_once_a_second_and_a_revoked_one_is_dead_within_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[..., Any]
) -> None:
    passed = [1_000.0]
    monkeypatch.setattr(Lately, "SECONDS", 1.0)
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    api_key_check(secret=secret, now=now)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=now)  # by another process
    passed[0] += 0.9
    with django_assert_num_queries(0):
        api_key_check(secret=secret, now=now)
    passed[0] += 0.1
    with pytest.raises(BadApiKey):
        api_key_check(secret=secret, now=now)


def test_a_key_revoked_here_is_dead_at_once(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lately, "SECONDS", 3600.0)
    key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    api_key_check(secret=secret, now=now)
    api_key_revoke(key=key, actor=None, now=now)
    with pytest.raises(BadApiKey):
        api_key_check(secret=secret, now=now)


CALL = Call(source="shop", key="k1", path="POST /api/v1/events", body_hash="body")


def test_the_same_request_gets_the_first_answer_again(now: datetime) -> None:
    assert answer_find(CALL) is None
    assert answer_keep(CALL, status=201, body='{"id": "x"}', now=now)
    assert not answer_keep(CALL, status=200, body='{"id": "y"}', now=now)
    kept = answer_find(CALL)
    assert kept is not None
    assert (kept.response_status, kept.response_body) == (201, '{"id": "x"}')


@pytest.mark.parametrize("other", [{"body_hash": "other"}, {"path": "POST /api/v1/refunds"}])
def test_the_same_key_for_another_request_is_refused(now: datetime, other: dict[str, str]) -> None:
    answer_keep(CALL, status=201, body="{}", now=now)
    with pytest.raises(IdempotencyKeyReused):
        answer_find(replace(CALL, **other))


def test_a_call_that_died_before_it_answered_keeps_nobody_out(now: datetime) -> None:
    IdempotentAnswer.objects.create(source="shop", key="k1", path="", body_hash="", created_at=now)
    assert answer_find(CALL) is None
    assert answer_keep(CALL, status=201, body="{}", now=now)
    assert answer_find(CALL) is not None


def test_answers_are_forgotten_after_72_hours(now: datetime) -> None:
    answer_keep(CALL, status=201, body="{}", now=now)
    assert answers_purge(now + KEPT) == {"deleted": 0}
    assert answers_purge(now + KEPT + timedelta(seconds=1)) == {"deleted": 1}

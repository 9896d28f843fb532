"""API keys and the first answer that stands."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.errors import BadApiKey, IdempotencyKeyReused, StillRunning
from campaigns.models import ApiKey
from campaigns.services.api_keys import api_key_check, api_key_create, api_key_revoke
from campaigns.services.idempotency import KEPT, RUNNING_AT_MOST, answer_begin, answer_finish, answers_purge

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


def begin(now: datetime, *, body: str = "body", path: str = "/api/v1/events"):
    return answer_begin(source="shop", key="k1", path=path, body_hash=body, now=now)


def test_the_same_request_gets_the_first_answer_again(now: datetime) -> None:
    first = begin(now)
    assert not first.is_replay
    answer_finish(answer=first.answer, status=201, body='{"id": "x"}')
    again = begin(now)
    assert again.is_replay
    assert (again.answer.response_status, again.answer.response_body) == (201, '{"id": "x"}')


@pytest.mark.parametrize("other", [{"body": "other"}, {"path": "/api/v1/refunds"}])
def test_the_same_key_for_another_request_is_refused(now: datetime, other: dict[str, str]) -> None:
    begin(now)
    with pytest.raises(IdempotencyKeyReused):
        begin(now, **other)


def test_a_call_that_still_runs_is_not_run_twice_and_a_dead_one_is_taken_over(now: datetime) -> None:
    begin(now)
    with pytest.raises(StillRunning):
        begin(now + RUNNING_AT_MOST / 2)
    assert not begin(now + RUNNING_AT_MOST).is_replay
    with pytest.raises(StillRunning):
        begin(now + RUNNING_AT_MOST)


def test_answers_are_forgotten_after_72_hours(now: datetime) -> None:
    begin(now)
    assert answers_purge(now + KEPT) == {"deleted": 0}
    assert answers_purge(now + KEPT + timedelta(seconds=1)) == {"deleted": 1}

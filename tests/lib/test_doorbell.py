from typing import Any
from unittest.mock import Mock

import pytest
from kombu.exceptions import OperationalError

from config.lib.doorbell import SILENCE_SECONDS, Bell


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that stand on it; a test moves them."""
    hand = [1_000.0]
    monkeypatch.setattr("config.lib.doorbell.time.monotonic", lambda: hand[0])
    return hand


def task(*, fails: bool) -> Any:
    answer = OperationalError("nobody answers") if fails else None
    return Mock(delay=Mock(side_effect=answer), name="task")


def test_a_ring_carries_ids_by_name(clock: list[float]) -> None:
    heard = task(fails=False)
    assert Bell().ring(heard, source="referral_event", source_id=7)
    heard.delay.assert_called_once_with(source="referral_event", source_id=7)


def test_after_a_ring_that_failed_nobody_waits_for_another(clock: list[float]) -> None:
    bell, deaf = Bell(), task(fails=True)
    assert not bell.ring(deaf)
    assert not bell.ring(deaf)
    assert deaf.delay.call_count == 1


def test_after_a_while_it_is_tried_again(clock: list[float]) -> None:
    bell = Bell()
    bell.ring(task(fails=True))
    clock[0] += SILENCE_SECONDS
    assert bell.ring(task(fails=False))

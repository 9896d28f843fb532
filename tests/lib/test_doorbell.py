from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest
from kombu.exceptions import OperationalError

from config.lib.doorbell import PATIENCE_SECONDS, SILENCE_SECONDS, Bell


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


def test_while_a_ring_hangs_other_threads_do_not_join_it(clock: list[float]) -> None:
    bell, bystander = Bell(), task(fails=False)

    def hang() -> None:
        clock[0] += PATIENCE_SECONDS + 0.01
        with ThreadPoolExecutor(1) as other:
            assert other.submit(bell.ring, bystander).result() is False

    assert bell.ring(Mock(delay=Mock(side_effect=hang)))
    bystander.delay.assert_not_called()
    assert bell.ring(bystander)

import time
from typing import Any

import pytest

from config.lib.lately import MOST, Lately


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the process's own clock shows."""
    shown = [50.0]
    monkeypatch.setattr(Lately, "SECONDS", 1.0)
    monkeypatch.setattr(time, "monotonic", lambda: shown[0])
    return shown


@pytest.fixture
def asked() -> list[Any]:
    return []


@pytest.fixture
def double(asked: list[Any]) -> Lately[int, int | None]:
    def ask(number: int) -> int | None:
        asked.append(number)
        return 2 * number or None

    return Lately(ask)


def test_an_answer_serves_for_a_second(double, asked, passed):
    assert [double(2), double(2), double(3)] == [4, 4, 6]
    passed[0] += 0.99
    assert double(2) == 4
    assert asked == [2, 3]
    passed[0] += 0.01
    assert double(2) == 4
    assert asked == [2, 3, 2]


def test_that_there_is_nothing_is_asked_each_time(double, asked, passed):
    assert [double(0), double(0)] == [None, None]
    assert asked == [0, 0]


def test_what_was_changed_here_is_forgotten_at_once(double, asked, passed):
    double(2)
    double.forget()
    double(2)
    assert asked == [2, 2]


def test_the_memory_does_not_grow_for_ever(double, asked, passed):
    for number in range(1, MOST + 2):
        double(number)
    assert len(double._answers) == 1

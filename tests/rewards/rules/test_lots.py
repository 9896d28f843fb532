"""The lots of a contest: the same for everybody who reckons them, and fair."""

import hashlib
import hmac
from collections import Counter

from hypothesis import given, strategies as st

from rewards.rules.lots import Prize, Won, draw, lot, seed_hash

SEED = "5f" * 32
COFFEE = [Prize("A week on the coast", 1), Prize("A bag of coffee", 2)]


def alone(count: int) -> dict[int, int]:
    """As many people with an entry each."""
    return {number: number for number in range(1, count + 1)}


def test_the_draw_is_what_the_page_says_how_to_repeat() -> None:
    order = sorted(alone(9), key=lambda number: hmac.digest(SEED.encode(), str(number).encode(), "sha256"))
    assert [won.number for won in draw(SEED, alone(9), COFFEE)] == order[:3]
    assert seed_hash(SEED) == hashlib.sha256(SEED.encode()).hexdigest()


def test_known_lots_stay_what_they_are() -> None:
    """Whoever repeats a draw of today in ten years finds the same winners."""
    assert lot("00" * 32, 1) == hmac.new(b"00" * 32, b"1", hashlib.sha256).hexdigest()
    assert draw("00" * 32, alone(5), COFFEE) == KNOWN


KNOWN = [
    Won(1, 4, "A week on the coast"),
    Won(2, 3, "A bag of coffee"),
    Won(3, 1, "A bag of coffee"),
]


def test_who_has_won_enough_is_passed_over() -> None:
    of_one = {1: 1, 2: 1, 3: 1, 4: 4}
    assert {of_one[won.number] for won in draw(SEED, of_one, COFFEE)} == {1, 4}
    assert len(draw(SEED, of_one, COFFEE)) == 2
    assert len(draw(SEED, of_one, COFFEE, prizes_each=2)) == 3


def test_without_entries_or_prizes_nobody_wins() -> None:
    assert draw(SEED, {}, COFFEE) == []
    assert draw(SEED, alone(3), []) == []


@given(st.dictionaries(st.integers(1, 500), st.integers(1, 20), max_size=60), st.integers(1, 5), st.integers(1, 3))
def test_winners_are_entries_each_once_and_nobody_wins_too_often(
    people: dict[int, int], prizes: int, prizes_each: int
) -> None:
    won = draw(SEED, people, [Prize("Coffee", prizes)], prizes_each=prizes_each)
    assert [one.rank for one in won] == list(range(1, len(won) + 1))
    assert len({one.number for one in won}) == len(won) <= prizes
    wins = Counter(people[one.number] for one in won)
    assert all(count <= prizes_each for count in wins.values())
    room = sum(min(count, prizes_each) for count in Counter(people.values()).values())
    assert len(won) == min(prizes, room)


def test_each_entry_wins_about_as_often_as_any_other() -> None:
    """3,000 seeds, ten entries: 300 wins each, give or take four standard deviations of 16.4."""
    prize = [Prize("Coffee", 1)]
    wins = Counter(draw(f"{seed:064x}", alone(10), prize)[0].number for seed in range(3_000))
    assert all(234 <= wins[number] <= 366 for number in alone(10))

"""The campaign's own events under other rules, beside what was really paid. Reads only."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign
from config.lib.patience import TookTooLong
from rewards.play.game import Before, Game
from rewards.play.happenings import Happening
from rewards.play.setting import PlayRule, setting_of
from rewards.play.stored import StoredHistory, before_of
from rewards.play.totals import Difference, Entry, Totals, differences, paid_entries, totals_of, would_be_entries

# Looked at the clock, and told how far it is, each so many events.
EACH = 500


@dataclass(frozen=True, slots=True)
class Backtest:
    """`would`, `paid`: rewards one by one; `events`: how many were played."""

    game: Game
    events: int
    would: list[Entry]
    paid: list[Entry]
    would_totals: Totals
    paid_totals: Totals
    differences: dict[str, Difference]


def backtest(
    *,
    campaign: Campaign,
    rules: Sequence[PlayRule],
    since: datetime | None,
    now: datetime,
    progress: Callable[[int], None] | None = None,
    seconds: float | None = None,
) -> Backtest:
    """As though these rules had stood since then: what was rewarded before keeps its slots and counts in limits.

    Raises TookTooLong after so many `seconds`.
    """
    history = StoredHistory(campaign, rules, since=since, now=now)
    before = before_of(campaign, rules, since) if since else Before()
    game = Game(setting_of(campaign), rules, before=before, returning=history.returning())
    events = game_play(game, history, progress=progress, seconds=seconds)
    game.day_comes(game.setting.day(now))
    would, paid = list(would_be_entries(game.rewards)), list(paid_entries(campaign, since=since))
    totals, really = totals_of(would), totals_of(paid)
    return Backtest(game, events, would, paid, totals, really, differences(totals, really))


def game_play(
    game: Game,
    happenings: Iterable[Happening],
    *,
    progress: Callable[[int], None] | None = None,
    seconds: float | None = None,
) -> int:
    """How many there were. Raises TookTooLong."""
    count = 0
    for happening in _within(happenings, seconds):
        game.one(happening)
        count += 1
        if progress and count % EACH == 0:
            progress(count)
    return count


def _within(happenings: Iterable[Happening], seconds: float | None) -> Iterator[Happening]:
    end = None if seconds is None else time.monotonic() + seconds
    for number, happening in enumerate(happenings):
        if end is not None and number % EACH == 0 and time.monotonic() > end:
            raise TookTooLong
        yield happening

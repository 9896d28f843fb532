"""What was played, as lines of text for a terminal and as rows for a page."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from config.lib.money import Money, money_words
from rewards.play.backtest import Backtest
from rewards.play.game import LIMIT, Game, Refused, WouldBe
from rewards.play.totals import addend
from rewards.rules.engine import verdict_json
from rewards.rules.registry import PERCENT
from rewards.rules.verdict import Verdict
from rewards.words import trace_words


def amount_words(amount: int, unit: str) -> str:
    return money_words(Money(amount, unit))


def sum_words(amount: int, unit: str) -> str:
    """Of a sum as rewards/play/totals.py makes it: there percentages are counted."""
    if unit != PERCENT:
        return amount_words(amount, unit)
    return ngettext("%(count)s percentage off", "%(count)s percentages off", abs(amount)) % {"count": amount}


def sums_words(by_unit: Mapping[str, int]) -> str:
    """'US$120.00 · 500 MB'; a dash for nothing."""
    return " · ".join(sum_words(amount, unit) for unit, amount in sorted(by_unit.items()) if amount) or "–"


def why(trace: tuple[Verdict, ...], *, passed: bool) -> str:
    """The steps that passed, or the last one that did not, in words."""
    steps = [step for step in trace if step.passed == passed]
    told = steps if passed else steps[-1:]
    return " ".join(trace_words(verdict_json(step)) for step in told)


def standing_words(reward: WouldBe) -> str:
    """Whether it goes out, and when."""
    if not reward.left:
        return _("Goes back: what happened was taken back.")
    if reward.waits:
        return _("Waits for room under its limit.") if reward.waits == LIMIT else _("Waits: the budget is used up.")
    if reward.out_on and reward.out_on != reward.day:
        return _("Goes out on %(day)s, when there is room.") % {"day": date_format(reward.out_on)}
    if reward.left < reward.amount:
        return _("%(amount)s of it came back.") % {"amount": amount_words(reward.amount - reward.left, reward.unit)}
    return ""


def refused_words(refused: Refused) -> str:
    return why(refused.trace, passed=False)


def waiting_sums(game: Game) -> Counter[str]:
    sums: Counter[str] = Counter()
    for reward in game.waiting:
        sums[reward.unit] += addend(reward.left, reward.unit)
    return sums


def month_rows(result: Backtest) -> Iterator[tuple[str, str, int, int]]:
    """(month, unit, would be paid, was paid), by month."""
    would, paid = result.would_totals.by_month, result.paid_totals.by_month
    for month, unit in sorted(would.keys() | paid.keys()):
        yield month, unit, would[month, unit], paid[month, unit]


def rule_rows(result: Backtest) -> Iterator[tuple[str, str, int, int]]:
    would, paid = result.would_totals.by_rule, result.paid_totals.by_rule
    for rule, unit in sorted(would.keys() | paid.keys()):
        yield rule, unit, would[rule, unit], paid[rule, unit]

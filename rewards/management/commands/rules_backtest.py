from argparse import ArgumentParser
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from config.lib import clock
from config.lib.errors import DomainError
from rewards.management.base import campaign_named, read_text, refusal_lines
from rewards.play.backtest import Backtest, backtest
from rewards.play.outlook import cost_sentence, outlook_of, prices_of
from rewards.play.report import month_rows, rule_rows, sum_words, sums_words, waiting_sums
from rewards.play.setting import PlayRule, drafted_rules
from rewards.rule_files import rule_file_read, rules_standing, rules_write

LINE = "{:<24} {:>16} {:>16} {:>16}"
MAX_BYTES = 1 << 20


class Command(BaseCommand):
    help = "The campaign's real events since a day under other rules, beside what was really paid. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="address of the campaign")
        parser.add_argument("--rules", type=Path, help="TOML or JSON, see docs/simulate.md")
        parser.add_argument("--since", type=date.fromisoformat, help="the first day, such as 2026-01-01")
        parser.add_argument("--export", action="store_true", help="print the rules that stand as such a file, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = campaign_named(options["slug"])
        if options["export"]:
            self.stdout.write(rules_write(rules_standing(campaign)), ending="")
            return
        if not options["rules"] or not options["since"]:
            raise CommandError("Say --rules FILE and --since DATE, or --export.")
        since = datetime.combine(options["since"], time.min, ZoneInfo(campaign.time_zone))
        now = clock.now()
        try:
            file = rule_file_read(read_text(options["rules"], most=MAX_BYTES), campaign=campaign)
            rules = drafted_rules(file.rules)
            result = backtest(campaign=campaign, rules=rules, since=since, now=now, progress=self._progress)
        except DomainError as refusal:
            raise CommandError(refusal_lines(refusal)) from refusal
        self._tell(campaign, rules, result, since, now)

    def _progress(self, count: int) -> None:
        # One line that moves in a terminal; a log is spared it.
        if self.stdout.isatty():
            self.stdout.write(f"\r{count:,} events", ending="")
            self.stdout.flush()

    def _tell(
        self, campaign: Campaign, rules: list[PlayRule], result: Backtest, since: datetime, now: datetime
    ) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        self.stdout.write(f"{result.events:,} events since {since.date()}.")
        self.stdout.write(LINE.format("", "would be paid", "was paid", "difference"))
        for name, unit, would, paid in [*month_rows(result), *rule_rows(result), *_sums(result)]:
            cells = [sum_words(amount, unit) for amount in (would, paid, would - paid)]
            self.stdout.write(LINE.format(name[:24], *cells))
        for unit, people in sorted(result.differences.items()):
            self.stdout.write(f"{unit}: {people.more} would get more, {people.less} less, {people.same} the same.")
        if waiting := waiting_sums(result.game):
            self.stdout.write(f"Would still wait: {sums_words(waiting)}.")
        outlook = outlook_of(result.would, rules=rules, prices=prices_of(campaign), first=since.date(), last=now.date())
        for cost in outlook.costs.values():
            self.stdout.write(cost_sentence(cost))


def _sums(result: Backtest) -> list[tuple[str, str, int, int]]:
    would, paid = result.would_totals.by_unit, result.paid_totals.by_unit
    return [("in all", unit, would[unit], paid[unit]) for unit in sorted(would.keys() | paid.keys())]

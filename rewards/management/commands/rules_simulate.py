from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from config.lib import clock
from config.lib.errors import DomainError
from rewards.management.base import campaign_named, read_text, refusal_lines
from rewards.play.backtest import game_play
from rewards.play.event_files import events_read
from rewards.play.game import Game
from rewards.play.report import amount_words, refused_words, standing_words, sum_words, sums_words, waiting_sums, why
from rewards.play.setting import PlayRule, drafted_rules, setting_of, standing_rules
from rewards.play.totals import totals_of, would_be_entries
from rewards.rule_files import rule_file_read

LINE = "{:<10}  {:<22} {:<22} {:>14}  {}"
MAX_BYTES = 64 << 20


class Command(BaseCommand):
    help = "What would be paid for the events of a file, under the rules that stand or those of a file. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="address of the campaign")
        parser.add_argument("--events", type=Path, required=True, help="CSV or JSON Lines, see docs/simulate.md")
        parser.add_argument("--rules", type=Path, help="TOML or JSON; default: the rules that stand today")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = campaign_named(options["slug"])
        try:
            game = self._played(campaign, options)
        except DomainError as refusal:
            raise CommandError(refusal_lines(refusal)) from refusal
        self._tell(game)

    def _played(self, campaign: Campaign, options: dict[str, Any]) -> Game:
        rules = self._rules(campaign, options["rules"])
        setting = setting_of(campaign)
        content = read_text(options["events"], most=MAX_BYTES)
        events = events_read(content, campaign=campaign, setting=setting, rules=rules, now=clock.now())
        game = Game(setting, rules)
        game_play(game, events)
        return game

    def _rules(self, campaign: Campaign, path: Path | None) -> list[PlayRule]:
        if path is None:
            return standing_rules(campaign)
        return drafted_rules(rule_file_read(read_text(path, most=MAX_BYTES), campaign=campaign).rules)

    def _tell(self, game: Game) -> None:
        for reward in game.rewards:
            words = " ".join(filter(None, [why(reward.trace, passed=True), standing_words(reward)]))
            party = reward.party.name or reward.party.key
            left = amount_words(reward.left, reward.unit)
            self.stdout.write(LINE.format(f"{reward.day}", party[:22], reward.rule[:22], left, words))
        for refused in game.refused:
            at = f"{game.setting.day(refused.happening.occurred_at)}"
            self.stdout.write(
                LINE.format(at, refused.happening.key[:22], refused.rule[:22], "–", refused_words(refused))
            )
        totals = totals_of(would_be_entries(game.rewards))
        waiting = waiting_sums(game)
        self.stdout.write("")
        self.stdout.write(f"Would be paid: {sums_words(totals.by_unit)}. Rewards: {sum(totals.counts.values())}.")
        for (rule, unit), amount in sorted(totals.by_rule.items()):
            self.stdout.write(f"  {rule}: {sum_words(amount, unit)}")
        if waiting:
            self.stdout.write(f"Would wait: {sums_words(waiting)}. Rewards: {len(game.waiting)}.")
        if game.refused:
            self.stdout.write(f"Would pay nothing: {len(game.refused)} times.")

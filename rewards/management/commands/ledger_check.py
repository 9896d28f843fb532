import sys
from typing import Any

from django.core.management.base import BaseCommand

from rewards.ledger.check import ledger_problems
from rewards.models import Account, Transfer


class Command(BaseCommand):
    help = "Proves the ledger: balances, signs, units, guards. Exit code 1 and the offending rows otherwise."

    def handle(self, *_args: Any, **_options: Any) -> None:
        problems = ledger_problems()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            sys.exit(1)
        self.stdout.write(f"Sound: {Transfer.objects.count()} transfers between {Account.objects.count()} accounts.")

"""One figure in a process of its own, on the database in DATABASE_URL: JSON on its standard output."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

import django

django.setup()

from benchmarks.bench import Bench  # noqa: E402 - models load after django.setup()
from benchmarks.evaluate_rules import evaluate_rules  # noqa: E402
from benchmarks.event_ingest import event_ingest  # noqa: E402
from benchmarks.harness import Figure, Scale  # noqa: E402
from benchmarks.import_contacts import import_contacts, import_contacts_again  # noqa: E402
from benchmarks.import_purchases import import_again, import_purchases  # noqa: E402
from benchmarks.ledger_posting import ledger_posting, ledger_posting_together  # noqa: E402
from benchmarks.message_claim import message_claim  # noqa: E402
from config.celery import app  # noqa: E402

MEASURE: dict[str, Callable[[Bench], Figure]] = {
    "import_contacts": import_contacts,
    "import_contacts_again": import_contacts_again,
    "import_purchases": import_purchases,
    "import_again": import_again,
    "ledger_posting": ledger_posting,
    "ledger_posting_together": ledger_posting_together,
    "evaluate_rules": evaluate_rules,
    "event_ingest": event_ingest,
    "message_claim": message_claim,
}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.one", description=__doc__)
    parser.add_argument("name", choices=MEASURE)
    parser.add_argument("--scale", type=Scale, required=True)
    arguments = parser.parse_args(argv)
    # What is rung in this process is heard by nobody.
    app.conf.update(broker_url="memory://")
    print(json.dumps(MEASURE[arguments.name](Bench.of_environment(arguments.scale)).json()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

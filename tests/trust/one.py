"""One trial in a process of its own, on the database in DATABASE_URL: prints its figures, ends with 0 or 1."""

import argparse
import os
import sys
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.test.utils import setup_test_environment  # noqa: E402 - models load after django.setup()

from config.celery import app  # noqa: E402
from tests.trust.trial import GoalMissed, Size  # noqa: E402
from tests.trust.trials import TRIALS  # noqa: E402


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust.one", description=__doc__)
    parser.add_argument("name", choices=sorted(TRIALS))
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args(argv)
    setup_test_environment(debug=False)
    # What is rung in this process is heard by nobody; processes that a trial starts have a broker of their own.
    app.conf.update(broker_url="memory://")
    try:
        figures = TRIALS[arguments.name](arguments.seed, Size.FULL)
    except GoalMissed as missed:
        print(missed)
        return 1
    print(", ".join(f"{name} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

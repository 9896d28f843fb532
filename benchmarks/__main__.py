"""`python -m benchmarks [--scale quick|full] [--only NAME,…]`: each figure beside its floor.

A table on the terminal; JSON and Markdown in var/bench/. Exit code 1 when a gate failed or a result was wrong.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.catalogue import FIGURES
from benchmarks.environment import environment_facts
from benchmarks.harness import Scale, Verdict
from benchmarks.report import table, write
from tests.servers import ROOT, Cluster, Missing, end_tidily_when_told, environment, migrate, postgresql

FOLDER = ROOT / "var" / "bench"
TEMPLATE = "figures"
REASON_LENGTH = 2_000


def main(argv: Sequence[str]) -> int:
    arguments = _arguments(argv)
    end_tidily_when_told()
    try:
        with postgresql() as cluster:
            facts = environment_facts(cluster)
            migrate(cluster.create(TEMPLATE))
            figures = [_measure(name, arguments.scale, cluster) for name in arguments.only]
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    write(FOLDER, figures, facts, scale=arguments.scale)
    print(table(figures))
    return 1 if {figure["verdict"] for figure in figures} & {Verdict.FAILED, Verdict.WRONG} else 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=Scale, choices=list(Scale), default=Scale.QUICK)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(FIGURES), metavar="NAME,…")
    arguments = parser.parse_args(argv)
    unknown = sorted(set(arguments.only) - set(FIGURES))
    if unknown:
        parser.error(f"there is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    return arguments


def _measure(name: str, scale: Scale, cluster: Cluster) -> dict[str, Any]:
    """The figure, or its name and that something was wrong: with what, the terminal says."""
    print(f"measuring {name}", flush=True)
    url = cluster.create(name, template=TEMPLATE)
    variables = environment(url, BENCHMARK_POSTGRESQL_PID=str(cluster.pid))
    command = [sys.executable, "-m", "benchmarks.one", name, "--scale", scale]
    ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    if ended.returncode:
        print(ended.stderr[-REASON_LENGTH:], file=sys.stderr)
        return {"name": name, "verdict": Verdict.WRONG}
    figure: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return figure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

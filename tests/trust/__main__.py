"""`python -m tests.trust [NAME …] [--seed N]`: each trial on a database of its own, one line of figures each.

Exit code 1 when a goal was missed. The seed is printed and replays the same schedule of faults.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers import ROOT, Cluster, Missing, end_tidily_when_told, environment, migrate, postgresql
from tests.trust.catalogue import PLACES

TEMPLATE = "trials"
REASON_LENGTH = 4_000


def main(argv: Sequence[str]) -> int:
    arguments = _arguments(argv)
    end_tidily_when_told()
    try:
        with postgresql() as cluster, tempfile.TemporaryDirectory(prefix="innercircle-trust-") as folder:
            return _hold(arguments.names or list(PLACES), arguments.seed, cluster, Path(folder))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PLACES))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    arguments = parser.parse_args(argv)
    unknown = sorted(set(arguments.names) - set(PLACES))
    if unknown:
        parser.error(f"there is no trial {', '.join(unknown)}; there are {', '.join(PLACES)}")
    return arguments


def _hold(names: Sequence[str], seed: int, cluster: Cluster, folder: Path) -> int:
    migrate(cluster.create(TEMPLATE))
    migrate(f"sqlite:///{folder / TEMPLATE}")
    failed = []
    for name in names:
        for database in PLACES[name]:
            began = time.monotonic()
            url = _copy(database, name, cluster, folder)
            command = [sys.executable, "-m", "tests.trust.one", name, "--seed", str(seed)]
            ended = subprocess.run(command, cwd=ROOT, env=environment(url), capture_output=True, text=True)
            passed = ended.returncode == 0
            failed += [] if passed else [f"{name} on {database}"]
            said = " ".join(ended.stdout.split("\n")).strip()
            mark = "ok    " if passed else "FAILED"
            if not passed:
                print(ended.stderr[-REASON_LENGTH:], file=sys.stderr)
            print(f"{mark} {name} {database} seed {seed} {time.monotonic() - began:.0f} s: {said}", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _copy(database: str, name: str, cluster: Cluster, folder: Path) -> str:
    if database == "postgresql":
        return cluster.create(name, template=TEMPLATE)
    return f"sqlite:///{shutil.copy(folder / TEMPLATE, folder / f'{name}.sqlite3')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

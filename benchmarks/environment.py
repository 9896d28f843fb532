"""Where it was measured. Figures of two environments are never compared."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.servers import Cluster, Missing, postgresql_program

PACKAGES = ("django", "psycopg", "celery", "gunicorn")


def environment_facts(cluster: Cluster) -> dict[str, str]:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "load before": load,
        "a commit to disk": _commit_cost(),
        "PostgreSQL": cluster.version,
        "Python": platform.python_version(),
    } | {name: version(name) for name in PACKAGES}


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _commit_cost() -> str:
    """Microseconds of an fdatasync, by PostgreSQL's own program."""
    try:
        program = postgresql_program("pg_test_fsync")
    except Missing:
        return "not measured"
    said = subprocess.run([program, "-s", "1", "-f", "/var/tmp/innercircle-fsync"], capture_output=True, text=True)
    found = re.search(r"fdatasync\s+.*?(\d+) usecs/op", said.stdout)
    return f"{found.group(1)} µs" if found else "not measured"

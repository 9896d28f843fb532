"""A migrated database, made once a run and copied by whoever needs one: to migrate takes many seconds of processor."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# All workers of a run share the process that started them.
RUN = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
STEM = f"innercircle-migrated-{RUN}"
LOCK, SQLITE, POSTGRES = (Path(tempfile.gettempdir()) / f"{STEM}.{kind}" for kind in ("lock", "sqlite3", "postgres"))
TEMPLATE = f"innercircle_story_template_{RUN}"

Maintain = Callable[[str], None]


def sqlite_copy(target: Path, migrate: Callable[[], object]) -> None:
    """`migrate` makes `target` where nobody has made one yet."""
    with _alone():
        if not SQLITE.exists():
            migrate()
            shutil.copyfile(target, SQLITE)
            return
    shutil.copyfile(SQLITE, target)


def postgres_copy(name: str, maintain: Maintain, migrate: Callable[[], object]) -> None:
    """The same for a database of that name; `maintain` carries out a statement beside all of them."""
    with _alone():
        if POSTGRES.exists():
            maintain(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
            return
        maintain(f'CREATE DATABASE "{name}"')
        migrate()
        maintain(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "{name}"')
        POSTGRES.touch()


def copies_forget(maintain: Maintain) -> None:
    """At the end of a run."""
    if POSTGRES.exists():
        maintain(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')
    for file in (LOCK, SQLITE, POSTGRES):
        file.unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    with LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

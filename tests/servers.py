"""A PostgreSQL and a Redis of our own, for trials and benchmarks: on a free loopback port, in a temporary folder.

Nothing outside is asked for or touched, so that a server that is paused, filled or slowed is nobody else's.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
# Durable as in production; the rest fits a machine that has other things to do.
POSTGRESQL_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "256MB",
    "max_connections": "120",
    "fsync": "on",
    "synchronous_commit": "on",
    "autovacuum": "off",
    "max_wal_size": "2GB",
}


class Missing(Exception):
    """A program that has to be installed first, named."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL; its superuser is postgres, trusted on the loopback."""

    port: int
    pid: int
    version: str

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """The URL of a new database, a copy of `template`."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)


@contextmanager
def postgresql() -> Iterator[Cluster]:
    """A cluster, ended and removed afterwards. Raises Missing without PostgreSQL's programs."""
    initdb, postgres = postgresql_program("initdb"), postgresql_program("postgres")
    # initdb refuses to run as root; who runs us as anybody else runs it as themselves.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="innercircle-postgresql-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        made = [str(initdb), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(made, user=user, check=True, capture_output=True, cwd="/")
        port = free_port()
        options = POSTGRESQL_OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
        command = [str(postgres), "-D", str(data), *(f"-c{name}={value}" for name, value in options.items())]
        with (folder / "log").open("wb") as log, _running(command, log=log.fileno(), user=user) as process:
            version = _postgresql_is_up(f"postgresql://postgres@127.0.0.1:{port}/postgres", process)
            yield Cluster(port, process.pid, version)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis that keeps nothing on disk. Raises Missing without redis-server."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed (Debian, Ubuntu: apt install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/"]
    with _running(command, log=subprocess.DEVNULL) as process:
        url = f"redis://127.0.0.1:{port}/0"
        with redis.Redis.from_url(url) as client:
            _redis_is_up(client, process)
        yield url


def postgresql_program(name: str) -> Path:
    """On the PATH, else where Debian puts the newest version. Raises Missing."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not packaged:
        raise Missing(f"PostgreSQL's {name} is not installed (Debian, Ubuntu: apt install postgresql)")
    return packaged[-1]


def migrate(database_url: str) -> None:
    """As an operator does it. Raises CalledProcessError."""
    command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(database_url), check=True)


def environment(database_url: str, *, redis_url: str = "", **more: str) -> dict[str, str]:
    """The variables of a process of ours: of the surroundings only what any program needs."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "EMAIL_URL": "",
        "SECRET_KEY": "trial-" + "0123456789abcdef" * 4,
        "LOG_LEVEL": "ERROR",
        "PYTHONUNBUFFERED": "1",
    }
    return {**kept, **own, **more}


def end_tidily_when_told() -> None:
    """SIGTERM ends this process as Ctrl-C does, by way of every `finally`: no server is left behind."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], *, log: int, user: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    plain: Mapping[str, str] = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, user=user, cwd="/", env=plain
    )
    try:
        yield process
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            # Writing gigabytes to a busy disk takes longer, and nobody needs them: at once, without a checkpoint.
            process.send_signal(signal.SIGQUIT)
            process.wait(START_SECONDS)


def _postgresql_is_up(url: str, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(url) as connection:
                return str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)


def _redis_is_up(client: "redis.Redis", process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            client.ping()
            return
        except redis.ConnectionError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)

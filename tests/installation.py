"""A whole installation of its own, made as an operator makes one: environment, database, commands, processes.

Nothing of it is shared with the process that tests, so what works here works after `make setup`. It stands on SQLite
with the embedded broker, or on PostgreSQL with Redis when the suite's own DATABASE_URL and REDIS_URL say so.
"""

import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
import requests

from tests.migrated import postgres_copy, sqlite_copy
from tests.pages import TIMEOUT, Visitor

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
COMMAND_SECONDS = 180
STOP_SECONDS = 30
# Written after each message by Django's file backend; what has none yet is still being written.
MAIL_END = b"\n" + b"-" * 79 + b"\n"
# What waits for a moment in the future, by table. `later()` moves all of it, so that the clock need not be touched.
DUE_COLUMNS = {
    "advocates_contact": ["last_asked_at"],
    "campaigns_outboundmessage": ["due_at", "expires_at"],
    "referrals_referral": ["first_answer_due_at", "credit_until"],
    "rewards_coupon": ["expires_at"],
    "rewards_payoutmethod": ["usable_from"],
    "rewards_reward": ["eligible_at", "expires_at"],
}


@dataclass(frozen=True)
class Mail:
    """One mail as it would have reached its reader."""

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://[^\s)>\]]+", self.text)

    def link(self, part: str) -> str:
        """The first link whose address holds this."""
        found = [link for link in self.links if part in link]
        assert found, f"no link with “{part}” in “{self.subject}”: {self.links}"
        return found[0]


@dataclass(frozen=True)
class Answer:
    """Of the HTTP API."""

    status: int
    body: Any
    headers: dict[str, str]


def eventually(look: Callable[[], T], *, timeout: float = 20) -> T:
    """What `look` finds, as soon as it is true; until then it may also raise AssertionError.

    Work is done by other processes: they are waited for, and no longer than needed.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            found = look()
            assert found, f"still {found!r} after {timeout} seconds"
            return found
        except AssertionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


class Installation:
    """`with Installation(folder) as house:` gives a set-up installation whose processes are not started yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mailbox = folder / "mail"
        self._suite_database = os.environ.get("DATABASE_URL", "")
        self.is_postgres = urlsplit(self._suite_database).scheme in {"postgres", "postgresql"}
        self.database_url = self._database_url()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._api_key = ""

    def __enter__(self) -> "Installation":
        self.mailbox.mkdir(parents=True)
        self._database_create()
        self.manage("schedule_sync")
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self.stop()
        finally:
            self._database_drop()

    # --- commands and processes ---------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            # gunicorn keeps a socket of its own there.
            "HOME": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": os.environ.get("REDIS_URL", "") if self.is_postgres else "",
            "SECRET_KEY": "story-" + "0123456789abcdef" * 4,
            "PORT": str(self.port),
            "SITE_URL": self.url,
            # The path of a URL begins after its slash.
            "EMAIL_URL": f"filemail:///{self.mailbox}",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }

    def manage(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """A command of manage.py: what it printed. It must end well, or badly where `fails`."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, f"manage.py {' '.join(arguments)}: {done.returncode}\n{said}"
        assert "Traceback" not in said, said
        return said

    def start(self, *, beat: bool = False) -> None:
        """Web server and worker, and the beat where wanted: without it, jobs run when the test says so."""
        web = ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--threads", "4"]
        worker = ["celery", "-A", "config.celery", "worker", "--pool", "threads", "--concurrency", "2"]
        self._spawn("web", web)
        self._spawn("worker", [*worker, "--loglevel", "WARNING"])
        if beat:
            self._spawn("beat", ["celery", "-A", "config.celery", "beat", "--loglevel", "WARNING"])
        eventually(self._is_up, timeout=60)

    def stop(self) -> None:
        """As Ctrl-C and init systems do. Asserts that nothing is left of any of them."""
        for process in self._processes.values():
            process.terminate()
        left = [name for name, process in self._processes.items() if not _is_gone(process)]
        self._processes.clear()
        assert not left, f"still running {STOP_SECONDS} seconds after they were told to stop: {left}"

    def log(self, name: str) -> str:
        """Everything that a process has written: web, worker or beat."""
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    # --- through the doors --------------------------------------------------------------------------------------------

    def visitor(self) -> Visitor:
        """Somebody at a browser that has never been here."""
        return Visitor(self.url)

    def staff(self, email: str, password: str) -> Visitor:
        """A colleague, signed in to the console."""
        colleague = self.visitor()
        home = colleague.send(colleague.get("/accounts/login/").form(), login=email, password=password)
        assert home.path == "/admin/", home
        return colleague

    def api(self, method: str, path: str, json: Any = None, **headers: str) -> Answer:
        """A call of the shop's. `headers`: further ones, underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = requests.request(
            method,
            f"{self.url}/api/v1/{path}",
            json=json,
            headers={"Authorization": f"Bearer {self.api_key}"} | named,
            timeout=TIMEOUT,
        )
        assert response.status_code < 500, response.text
        return Answer(response.status_code, response.json(), dict(response.headers))

    @property
    def api_key(self) -> str:
        """Of the source `shop`, made by the command when it is first asked for."""
        if not self._api_key:
            made = self.manage("api_key", "create", "--name", "Shop", "--source", "shop", "--scope", "write")
            self._api_key = made.strip().splitlines()[-1]
        return self._api_key

    def mails(self, *, to: str = "", subject: str = "") -> list[Mail]:
        """What was sent so far, the oldest first; `subject` is a part of it."""
        letters = sorted(self.mailbox.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        mails = [mail for path in letters for mail in _mails_in(path)]
        return [mail for mail in mails if to in ("", mail.to) and subject in mail.subject]

    def mail(self, *, to: str, subject: str = "") -> Mail:
        """The newest such mail, waited for."""
        return eventually(lambda: self.mails(to=to, subject=subject))[-1]

    # --- time ---------------------------------------------------------------------------------------------------------

    def later(self, days: int) -> None:
        """As if so many days had gone by: what is due at a moment is due that much earlier.

        Only DUE_COLUMNS move. What has happened keeps its date, and no process's clock is touched.
        """
        for table, columns in DUE_COLUMNS.items():
            moves = ", ".join(f"{column} = {self._earlier(column, days)}" for column in columns)
            self._execute(f"UPDATE {table} SET {moves}")

    def _earlier(self, column: str, days: int) -> str:
        if self.is_postgres:
            return f"{column} - interval '{days} days'"
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-{days} days')"

    def query(self, question: str) -> list[tuple[Any, ...]]:
        """Rows of the database, for what no door shows: all purchases of an import, say."""
        return self._execute(question, lambda cursor: [tuple(row) for row in cursor.fetchall()])

    def _execute(self, statement: str, read: Callable[[Any], Any] = lambda _cursor: None) -> Any:
        if self.is_postgres:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                return read(connection.execute(statement))
        with closing(sqlite3.connect(self._sqlite_path, timeout=20)) as file, file:
            return read(file.execute(statement))

    # --- the database -------------------------------------------------------------------------------------------------

    @property
    def _sqlite_path(self) -> Path:
        return self.folder / "innercircle.sqlite3"

    def _database_url(self) -> str:
        if not self.is_postgres:
            return f"sqlite:///{self._sqlite_path}"
        assert os.environ.get("REDIS_URL"), "a story on PostgreSQL needs REDIS_URL"
        name = f"innercircle_story_{secrets.token_hex(4)}"
        return urlsplit(self._suite_database)._replace(scheme="postgresql", path=f"/{name}").geturl()

    def _database_create(self) -> None:
        if self.is_postgres:
            postgres_copy(urlsplit(self.database_url).path[1:], maintain, self._migrate)
        else:
            sqlite_copy(self._sqlite_path, self._migrate)

    def _migrate(self) -> None:
        self.manage("migrate", "--noinput", "--verbosity", "0")

    def _database_drop(self) -> None:
        if self.is_postgres:
            maintain(f'DROP DATABASE IF EXISTS "{urlsplit(self.database_url).path[1:]}" WITH (FORCE)')

    # --- processes ----------------------------------------------------------------------------------------------------

    def _spawn(self, name: str, command: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that children can be counted and none outlives the test.
                start_new_session=True,
            )

    def _is_up(self) -> bool:
        ended = [name for name, process in self._processes.items() if process.poll() is not None]
        if ended:
            logs = "\n".join(f"{name}:\n{self.log(name)[-3000:]}" for name in ended)
            raise RuntimeError(f"did not start: {logs}")
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):
            return False


@contextmanager
def running(folder: Path) -> Iterator[Installation]:
    """A set-up installation with its web server and worker."""
    with Installation(folder) as house:
        house.start()
        yield house


def maintain(statement: str) -> None:
    """Beside all databases of the suite, on one that is always there: the suite's own may not have been made yet."""
    always = urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(always, autocommit=True) as connection:
        connection.execute(statement)


def _mails_in(path: Path) -> Iterator[Mail]:
    for raw in path.read_bytes().split(MAIL_END)[:-1]:
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
        yield Mail(
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=text.get_content() if text else "",
            html=html.get_content() if html else "",
            headers={name: str(value).strip() for name, value in message.items()},
        )


def _is_gone(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended in time and left no child behind. Whatever is left is killed."""
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""What every test may use: the company, its staff, a fixed moment, and leave to flush what is append-only."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.signals import connection_created
from django.test import SimpleTestCase, TransactionTestCase, override_settings

from advocates.guards import GUARDS
from advocates.models import User
from campaigns.models import Company
from config.celery import app
from config.lib.lately import Lately
from tests.cast import ADA, MAYA, MIRA, PASSWORD, SAM, TOM, Colleague
from tests.installation import maintain
from tests.migrated import copies_forget

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

hypothesis.settings.register_profile("suite", max_examples=60, deadline=None, derandomize=True)
hypothesis.settings.register_profile("trust", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def chromium() -> str | None:
    """Path of a browser that Playwright can drive, or None."""
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


# --- what runs here ---


class MissedBrowserTests:
    """Says in one line how many tests a missing Chromium left out, also when workers did the collecting."""

    def __init__(self) -> None:
        self.count = 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        self.count = max(self.count, getattr(node, "workeroutput", {}).get("missed_browser_tests", 0))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["missed_browser_tests"] = self.count

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.count:
            terminalreporter.write_line(
                f"Chromium is not installed: {self.count} browser tests were not run.", yellow=True
            )


missed = MissedBrowserTests()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="Leave out what has nothing to do with the kind of database, because it has been run beside another one.",
    )


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("INNERCIRCLE_REQUIRE_BROWSER") == "1" and chromium() is None:
        raise pytest.UsageError("INNERCIRCLE_REQUIRE_BROWSER=1, but Chromium is not installed.")
    config.pluginmanager.register(missed)
    # A folder or a Redis of the installation must never carry a test's task.
    app.conf.update(broker_url="memory://")
    override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ).enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        copies_forget(maintain)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    impossible = set()
    if settings.IS_SQLITE:
        impossible |= {item for item in items if item.get_closest_marker("postgres")}
    if chromium() is None:
        blind = {item for item in items if item.get_closest_marker("browser")}
        missed.count = len(blind)
        impossible |= blind
    if config.getoption("--database-only"):
        impossible |= {item for item in items if not reaches_the_database(item)}
    if impossible:
        config.hook.pytest_deselected(items=sorted(impossible, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in impossible]


# These start an installation of their own, with the database of this run.
INSTALLATIONS = ("browser", "concurrency", "config", "stories", "trust", "test_bootstrap.py", "test_canary.py")


def reaches_the_database(item: pytest.Item) -> bool:
    """pytest-django keeps every other test from it, or it says itself that it is all the same to it."""
    if item.get_closest_marker("any_database"):
        return False
    if item.path.relative_to(Path(__file__).parent).parts[0] in INSTALLATIONS:
        return True
    if issubclass(getattr(item, "cls", None) or object, SimpleTestCase):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"})


# --- append-only tables ---


class Leave:
    """Whether this process may delete what guards protect. Off, except while a test database is flushed."""

    granted = False


@contextmanager
def deleting_allowed() -> Iterator[None]:
    Leave.granted = True
    try:
        yield
    finally:
        Leave.granted = False


def answer_the_guards(connection: Any, **_signal: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("innercircle_may_delete", 0, lambda: int(Leave.granted))


# What a migration leaves behind, and every test may count on.
KEPT = frozenset(
    {"auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations"}
)


def filled_tables(connection: Any) -> list[str]:
    """Tables of models that hold a row, those that point before those that are pointed at as far as apps go."""
    models = reversed(apps.get_models(include_auto_created=True))
    tables = dict.fromkeys(model._meta.db_table for model in models if model._meta.managed)
    questions = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables if table not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return [table for (table,) in cursor.fetchall()]


def guards_switch(connection: Any, tables: Sequence[str], *, to: str) -> None:
    """On PostgreSQL; on SQLite the guards ask this process."""
    guarded = {guard.table for guard in GUARDS}
    with connection.cursor() as cursor:
        for table in guarded & set(tables) if connection.vendor == "postgresql" else ():
            cursor.execute(f"ALTER TABLE {table} {to} TRIGGER USER")


def flush(connection: Any) -> None:
    """Empty the tables that hold something. Django truncates all of them and makes every permission and role anew,
    which takes seconds a test.
    """
    tables = filled_tables(connection)
    guards_switch(connection, tables, to="DISABLE")
    try:
        # Foreign keys are looked at when it commits.
        with deleting_allowed(), transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
    finally:
        guards_switch(connection, tables, to="ENABLE")


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> Iterator[None]:
    slow = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    # Connected after the guards' own receiver, so that this answer stands.
    connection_created.connect(answer_the_guards)
    TransactionTestCase._fixture_teardown = lambda _case: flush(connections[DEFAULT_DB_ALIAS])  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = slow  # type: ignore[attr-defined]
    connection_created.disconnect(answer_the_guards)


# --- surroundings ---


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    """No test writes into var/."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.IMPORT_ROOT = tmp_path / "imports"


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process may remember for a second would outlive a test's rows."""
    monkeypatch.setattr(Lately, "SECONDS", 0.0)


@pytest.fixture
def now() -> datetime:
    """A Monday morning, for services that are told the time."""
    return datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Callable[[], AbstractContextManager[Any]]:
    """`with committed():` runs what was put off to the commit, which a test's own transaction never reaches."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- the company and its staff ---


@pytest.fixture
def company(db: None) -> Company:
    row, _created = Company.objects.update_or_create(
        singleton=True,
        defaults={
            "name": "Fernway Coffee",
            "website": "https://fernway.example",
            "postal_address": "Fernway Coffee\n12 Harbour Street\nBristol BS1 4QA",
            "reply_to": "hello@fernway.example",
            "team_email": "team@fernway.example",
            "currency": "USD",
            "four_eyes": Company.FourEyes.ABOVE,
            "four_eyes_amount": 0,
            "debit_account_name": "Fernway Coffee",
            "debit_account_iban": "DE89370400440532013000",
        },
    )
    return row


def staff(colleague: Colleague) -> User:
    user = User.objects.create_user(colleague.email, PASSWORD, name=colleague.name)
    user.groups.add(Group.objects.get_or_create(name=colleague.role)[0])
    return user


@pytest.fixture
def maya(db: None) -> User:
    """Sells, and looks after referrals."""
    return staff(MAYA)


@pytest.fixture
def sam(db: None) -> User:
    """Answers customers."""
    return staff(SAM)


@pytest.fixture
def mira(db: None) -> User:
    """Runs the campaigns."""
    return staff(MIRA)


@pytest.fixture
def tom(db: None) -> User:
    """Pays."""
    return staff(TOM)


@pytest.fixture
def ada(db: None) -> User:
    """Administers; may do everything that a role may do."""
    return staff(ADA)

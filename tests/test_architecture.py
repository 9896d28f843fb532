"""The laws of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from config.celery import app as celery_app

ROOT = Path(settings.BASE_DIR)
FLOORS = ["advocates", "campaigns", "referrals", "rewards"]
MODEL_SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init"}
NETWORK_MODULES = {"socket", "ssl", "urllib3", "requests", "httpx", "smtplib", "http.client", "urllib.request"}
NETWORK_DOORS = ("config/lib/http.py", "campaigns/messaging/transport.py", "rewards/providers/")
DELAYS = {"eta", "countdown"}


def sources() -> list[Path]:
    folders = (ROOT / folder for folder in ["config", *FLOORS])
    return sorted(path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def code() -> dict[str, ast.Module]:
    return {place(path): ast.parse(path.read_text()) for path in sources()}


def own_models() -> Iterator[type[models.Model]]:
    return (model for name in FLOORS for model in apps.get_app_config(name).get_models(include_auto_created=True))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that the code names in an import, and every name that it takes from one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_foreign_keys_point_down():
    upward = [
        f"{field} → {field.related_model._meta.label}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in FLOORS
        if FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


def test_no_model_signal_is_used(code):
    assert [
        name for name, tree in code.items() if MODEL_SIGNALS & {module.split(".")[-1] for module in imported(tree)}
    ] == []


def test_rows_are_locked_in_one_place_an_app(code):
    locking = {name for name, tree in code.items() if any(called(call) == "select_for_update" for call in calls(tree))}
    assert [name for name in locking if not name.endswith("/locks.py")] == []


def test_the_network_is_touched_in_three_places(code):
    touching = [name for name, tree in code.items() if NETWORK_MODULES & set(imported(tree))]
    assert [name for name in touching if not name.startswith(NETWORK_DOORS)] == []


def test_no_task_is_put_off_by_the_broker(code):
    """A time lies in a row; Redis would run a task again and again that waits longer than its visibility timeout."""
    putting_off = [
        f"{name}:{call.lineno}"
        for name, tree in code.items()
        for call in calls(tree)
        if called(call) in {"apply_async", "retry", "signature", "s", "si"} and DELAYS & {k.arg for k in call.keywords}
    ]
    assert putting_off == []


def test_tasks_are_told_ids_by_name_and_nothing_else(code):
    rung = ((name, call) for name, tree in code.items() for call in calls(tree) if called(call) == "delay")
    unnamed = [f"{name}:{call.lineno}" for name, call in rung if call.args]
    assert unnamed == []


def test_imports_are_absolute_and_stand_at_the_top(code):
    """Only what AppConfig.ready() runs imports late: the models have to be loaded before it."""
    wrong = []
    for name, tree in code.items():
        imports = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
        for node in imports:
            is_late = node.col_offset > 0 and not name.endswith("/apps.py")
            is_relative = isinstance(node, ast.ImportFrom) and node.level > 0
            if is_late or is_relative:
                wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


def test_the_tasks_are_those_we_know():
    """A new task is a new door; here it is let in by name."""
    own = {name for name in celery_app.tasks if not name.startswith("celery.")}
    assert own == {"campaigns.tasks.mail_doorbell", "config.tasks.run_job", "rewards.tasks.evaluation_doorbell"}


def test_money_is_never_a_float():
    floats = [
        str(field)
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField | models.DecimalField)
    ]
    assert floats == []


def test_every_state_is_held_by_the_database():
    """A column with choices says so to the database too; only languages do not, as settings may name more."""
    unchecked = []
    for model in own_models():
        checks = (rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint))
        conditions = " ".join(str(check.condition) for check in checks)
        for field in model._meta.concrete_fields:
            is_state = field.choices and field.name not in ("language", "main_language")
            if is_state and f"{field.name}__in" not in conditions:
                unchecked.append(str(field))
    assert unchecked == []

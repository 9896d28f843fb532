"""Rules know what they are told: no framework, no clock, no database, no chance, no file."""

import ast
from pathlib import Path

import pytest

import rewards.rules

FOLDER = Path(rewards.rules.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))

# Whatever stands here gives the same answer to the same question.
MAY_IMPORT = frozenset(
    {
        "abc",
        "bisect",
        "calendar",
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "fractions",
        "hashlib",
        "hmac",
        "itertools",
        "types",
        "typing",
    }
    | {"config.lib.rounding"}
)
CLOCKS = frozenset({"now", "today", "utcnow", "time", "fromtimestamp"})


def imported(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_rules_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    foreign = {name for name in imported(tree) if not name.startswith("rewards.rules")} - MAY_IMPORT
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & CLOCKS
    opened = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & {"open", "print", "input"}
    assert (foreign, called, opened) == (set(), set(), set())


def test_the_one_thing_they_import_imports_nothing() -> None:
    source = (FOLDER.parent.parent / "config/lib/rounding.py").read_text(encoding="utf-8")
    assert imported(ast.parse(source)) == set()


def test_the_guard_sees_what_it_looks_for() -> None:
    tree = ast.parse("from django.db import models\nfrom datetime import datetime\nat = datetime.now()")
    assert imported(tree) == {"django.db", "datetime"}
    assert "now" in {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

"""The operations are tried out on a table of their own, in a database that others use at the same time."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import CreateModel
from django.db.migrations.state import ProjectState

from config.lib.migrations import AddCheckSafely, AddIndexSafely, ReplaceCheckSafely

pytestmark = pytest.mark.django_db(transaction=True)

APP = "advocates"
TABLE = "advocates_shelf"
INDEX = models.Index(fields=["size"], name="shelf_by_size")


def at_least(size: int) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(size__gte=size), name="shelf_size_known")


@pytest.fixture
def state():
    """A table Shelf with one row, outside every migration."""
    empty, state = ProjectState(), ProjectState()
    fields: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    shelf = CreateModel("Shelf", fields)
    shelf.state_forwards(APP, state)
    with connection.schema_editor() as editor:
        shelf.database_forwards(APP, editor, empty, state)
    insert(5)
    yield state
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def insert(size: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (size) VALUES (%s)", [size])


def forwards(operation, state):
    """The state after the operation, which has been carried out."""
    after = state.clone()
    operation.state_forwards(APP, after)
    with connection.schema_editor(atomic=operation.atomic and connection.features.can_rollback_ddl) as editor:
        operation.database_forwards(APP, editor, state, after)
    return after


def standing() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, TABLE))


def test_an_index_is_made_and_taken_away_again(state):
    operation = AddIndexSafely("shelf", INDEX)
    after = forwards(operation, state)
    assert "shelf_by_size" in standing()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(APP, editor, after, state)
    assert "shelf_by_size" not in standing()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no half-made index")
def test_an_index_that_was_left_half_made_is_made_anew(state):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX shelf_by_size ON {TABLE} (id)")
    forwards(AddIndexSafely("shelf", INDEX), state)
    with connection.cursor() as cursor:
        assert connection.introspection.get_constraints(cursor, TABLE)["shelf_by_size"]["columns"] == ["size"]


def test_a_check_holds_from_then_on(state):
    forwards(AddCheckSafely("shelf", at_least(1)), state)
    with pytest.raises(IntegrityError):
        insert(0)


def test_a_check_that_old_rows_break_is_refused(state):
    with pytest.raises(IntegrityError):
        forwards(AddCheckSafely("shelf", at_least(6)), state)


def test_a_check_is_replaced_by_a_wider_one(state):
    after = forwards(AddCheckSafely("shelf", at_least(4)), state)
    forwards(ReplaceCheckSafely("shelf", at_least(2)), after)
    insert(3)
    with pytest.raises(IntegrityError):
        insert(1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is nobody to hold up")
def test_writers_are_not_held_up_by_a_long_reader_that_the_index_waits_for(state):
    """An index made the plain way waits behind the reader and everybody who writes behind it."""
    done = threading.Event()

    def make() -> None:
        forwards(AddIndexSafely("shelf", INDEX), state)
        done.set()
        connection.close()

    def write() -> None:
        insert(8)
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (size) VALUES (7)")
        thread = threading.Thread(target=make)
        thread.start()
        wrote = threading.Thread(target=write)
        wrote.start()
        wrote.join(timeout=5)
        assert not wrote.is_alive()
        assert not done.is_set()
    thread.join(timeout=20)
    assert done.is_set()
    assert "shelf_by_size" in standing()

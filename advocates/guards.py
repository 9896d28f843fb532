"""Append-only is held by the database: triggers on both kinds refuse to change or delete a row, whoever asks.

What a colleague typed as a reason may name somebody: where it is kept, it may be blanked, and nothing else.

They are installed after each migration, since SQLite drops them without a word when it remakes a table, and their
presence is checked. Only tests may delete, to clean up: on SQLite by an SQL function that answers 1, on PostgreSQL
TRUNCATE is left alone.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from config.lib.registry import Registry

MAY_DELETE = "innercircle_may_delete"

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION innercircle_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: its name and the statement that creates it, for each kind of database.

    A guard that is present is left as it is; to change one, give it another name and say which one it `replaces`.
    """

    name: str
    table: str
    postgresql: str
    sqlite: str
    replaces: str = ""


GUARDS: Registry[Guard] = Registry("guard")


def append_only(table: str) -> list[Guard]:
    """The two guards of a table whose rows are only ever added."""
    return [_refusing(table, "update", "1"), _refusing(table, "delete", f"{MAY_DELETE}() = 0")]


def append_only_but(model: type[models.Model], *, blankable: str) -> list[Guard]:
    """The same, except that the text in one column may be emptied: erasing a person needs that."""
    table = model._meta.db_table
    others = [field.column for field in model._meta.local_concrete_fields if field.column != blankable]
    same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in others)
    name = f"{table}_keeps_all_but_{blankable}"
    update = Guard(
        name=name,
        table=table,
        postgresql=(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT (NEW.{blankable} = '' AND to_jsonb(NEW) - '{blankable}' = to_jsonb(OLD) - '{blankable}')) "
            "EXECUTE FUNCTION innercircle_append_only()"
        ),
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN NOT (NEW.{blankable} = '' AND {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ),
        replaces=f"{table}_no_update",
    )
    return [update, _refusing(table, "delete", f"{MAY_DELETE}() = 0")]


def guards_register(*guards: Guard) -> None:
    for guard in guards:
        GUARDS.register(guard.name, guard)


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Create the guards that are missing. Safe to repeat; takes no lock where all stand."""
    missing = set(missing_guards(connection))
    if not missing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for guard in GUARDS:
            if guard.name in missing:
                if guard.replaces:
                    where = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.replaces}{where}")
                cursor.execute(guard.postgresql if connection.vendor == "postgresql" else guard.sqlite)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that do not stand, or are switched off, on a table that does."""
    tables = set(connection.introspection.table_names())
    standing = _standing_triggers(connection)
    return [guard.name for guard in GUARDS if guard.table in tables and (guard.table, guard.name) not in standing]


def refuse_deletes(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Receiver of `connection_created`: teaches SQLite the function that the delete guards ask."""
    if isinstance(connection.connection, sqlite3.Connection):
        connection.connection.create_function(MAY_DELETE, 0, lambda: 0)


def _refusing(table: str, act: str, when: str) -> Guard:
    name = f"{table}_no_{act}"
    return Guard(
        name=name,
        table=table,
        postgresql=(
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION innercircle_append_only()"
        ),
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ),
    )


def _standing_triggers(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
        )
    else:
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return set(cursor.fetchall())

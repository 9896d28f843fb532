"""Tens of thousands of rows at once: ids ahead of the rows, rows by COPY (executemany on SQLite), look-ups by joining a
temporary table. All of it belongs into the caller's transaction.

No conflict is taken in silence: a key that a rival wrote meanwhile raises IntegrityError, and the caller looks again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

Converter = Callable[[Any], Any]


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """That many primary keys that nobody else will use; those that are not used in the end are lost."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [f'"{table}"', column, count])
            return [number for (number,) in cursor.fetchall()]
        # The one writer is us: the transaction began IMMEDIATE.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0]
    return list(range(last + 1, last + 1 + count))


def defaults_of(model: type[models.Model]) -> dict[str, Any]:
    """Column attribute → what a row has that says nothing, except for key, unique ids and moments."""
    return {field.attname: _default(field) for field in model._meta.local_concrete_fields if not field.primary_key}


def add_rows(model: type[models.Model], attributes: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of these columns, in the order in which they are given. Raises IntegrityError.

    Values are plain: text, whole numbers, moments, None, and what a JSON column holds.
    """
    fields = [_field(model, name) for name in attributes]
    converters = [(place, convert) for place, field in enumerate(fields) if (convert := _converter(field))]
    converted = _converted(rows, converters) if converters else rows
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            _copy(cursor, f"{table} ({columns})", converted)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", converted)  # noqa: S608 - names come from the model


class Stage:
    """A temporary table that lives as long as the transaction. `columns`: name → type, such as bigint or text."""

    def __init__(self, name: str, columns: dict[str, str]) -> None:
        self.name = name
        self._names = ", ".join(columns)
        self._columns = columns

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """These rows instead of those that stood there before."""
        typed = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
        with connection.cursor() as cursor, connection.wrap_database_errors:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{self.name}"])
                if cursor.fetchone()[0]:
                    cursor.execute(f"TRUNCATE pg_temp.{self.name}")
                else:
                    cursor.execute(f"CREATE TEMPORARY TABLE {self.name} ({typed}) ON COMMIT DROP")
                _copy(cursor, f"pg_temp.{self.name} ({self._names})", rows)
            else:
                cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.name} ({typed})")
                cursor.execute(f"DELETE FROM temp.{self.name}")  # noqa: S608 - our own name
                marks = ", ".join(["%s"] * len(self._columns))
                cursor.executemany(f"INSERT INTO temp.{self.name} ({self._names}) VALUES ({marks})", rows)  # noqa: S608

    def joined(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The answer to a SELECT from `{stage}` CROSS JOIN a table by its unique key: one look into the index a row.

        Without statistics (a table that was empty a moment ago) PostgreSQL would compare each with each.
        """
        with connection.cursor() as cursor, by_index():
            cursor.execute(sql.format(stage=self.name), params)
            return cursor.fetchall()


@contextmanager
def by_index() -> Iterator[None]:
    """Let the planner of PostgreSQL know no other way than by index, row for row."""
    if connection.vendor != "postgresql":
        yield
        return
    others = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = off" for name in others))
        yield
        cursor.execute("; ".join(f"SET LOCAL {name} = on" for name in others))


def _copy(cursor: Any, target: str, rows: Iterable[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _converted(rows: Iterable[Sequence[Any]], converters: Sequence[tuple[int, Converter]]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for place, convert in converters:
            values[place] = convert(values[place])
        yield values


def _converter(field: Any) -> Converter | None:
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return connection.ops.adapt_datefield_value if isinstance(field, models.DateField) else None


def _field(model: type[models.Model], attribute: str) -> Any:
    return next(field for field in model._meta.local_concrete_fields if field.attname == attribute)


def _default(field: Any) -> Any:
    return None if field.unique or not field.has_default() else field.get_default()

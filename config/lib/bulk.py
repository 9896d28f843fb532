"""Tens of thousands of rows at once: ids ahead of the rows, rows by COPY (executemany on SQLite), look-ups by joining a
temporary table. All of it belongs into the caller's transaction.

No conflict is taken in silence: a key that a rival wrote meanwhile raises IntegrityError, and the caller looks again.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def defaults_of(model: type[models.Model], *, but: Sequence[str] = ()) -> dict[str, Any]:
    """Column attribute → what a row has that says nothing, except for the key and those that the caller has."""
    return {
        field.attname: None if field.unique or not field.has_default() else field.get_default()
        for field in model._meta.local_concrete_fields
        if not field.primary_key and field.attname not in but
    }


def add_rows(
    model: type[models.Model],
    attributes: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
) -> None:
    """Write rows of these columns, in the order in which they are given, and `same` in each. Raises IntegrityError.

    Values are plain: text, whole numbers, moments, None, and what a JSON column holds.
    """
    fields = [_field(model, name) for name in (*attributes, *(same or {}))]
    converters = [_converter(field) for field in fields]
    tail = [convert(value) for convert, value in zip(converters[len(attributes) :], (same or {}).values(), strict=True)]
    heads = converters[: len(attributes)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    cursor: Any
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            _copy(cursor, f"{table} ({columns})", _lines(rows, heads, tail))
        else:
            marks = ", ".join(["%s"] * len(fields))
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names come from the model
            values = ([*(convert(cell) for convert, cell in zip(heads, row, strict=True)), *tail] for row in rows)
            cursor.executemany(sql, values)


class Stage:
    """A temporary table that lives as long as the transaction. `columns`: name → type, such as bigint or text."""

    def __init__(self, name: str, columns: dict[str, str]) -> None:
        self.name = name
        self._names = ", ".join(columns)
        self._columns = columns

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """These rows instead of those that stood there before."""
        cursor: Any
        typed = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
        with connection.cursor() as cursor, connection.wrap_database_errors:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{self.name}"])
                if cursor.fetchone()[0]:
                    cursor.execute(f"TRUNCATE pg_temp.{self.name}")
                else:
                    cursor.execute(f"CREATE TEMPORARY TABLE {self.name} ({typed}) ON COMMIT DROP")
                _copy(cursor, f"pg_temp.{self.name} ({self._names})", _lines(rows, [_plain] * len(self._columns), []))
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
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@contextmanager
def by_index() -> Iterator[None]:
    """Let the planner of PostgreSQL know no other way than by index, row for row."""
    if connection.vendor != "postgresql":
        yield
        return
    others = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = off" for name in others))
        yield
        cursor.execute("; ".join(f"SET LOCAL {name} = on" for name in others))


# --- COPY's text format: a line a row, tabs between the columns ---

NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
SPECIAL = re.compile(r"[\\\n\r]")
BLOCK = 1 << 16


def _copy(cursor: Any, target: str, lines: Iterable[str]) -> None:
    """Blocks of lines instead of `write_row`, which asks the type of each value anew."""
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        block: list[str] = []
        size = 0
        for line in lines:
            block.append(line)
            size += len(line)
            if size > BLOCK:
                copy.write("".join(block))
                block, size = [], 0
        copy.write("".join(block))


def _lines(rows: Iterable[Sequence[Any]], heads: Sequence[Converter], tail: Sequence[Any]) -> Iterator[str]:
    end = "".join(f"\t{_text(value)}" for value in tail) + "\n"
    is_plain = all(convert is _plain for convert in heads)
    tabs = len(heads) - 1
    for row in rows:
        cells = row if is_plain else [convert(cell) for convert, cell in zip(heads, row, strict=True)]
        if None not in cells:
            line = "\t".join(map(str, cells))
            if line.count("\t") == tabs and not SPECIAL.search(line):
                yield line + end
                continue
        yield "\t".join(map(_text, cells)) + end


def _text(value: Any) -> str:
    if value is None:
        return NULL
    return str(value).translate(ESCAPES)


def _plain(value: Any) -> Any:
    return value


def _converter(field: Any) -> Converter:
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return _plain
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return connection.ops.adapt_datefield_value if isinstance(field, models.DateField) else _plain


def _field(model: type[models.Model], attribute: str) -> Any:
    return next(field for field in model._meta.local_concrete_fields if field.attname == attribute)

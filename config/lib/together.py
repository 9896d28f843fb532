"""Rows of several tables written by one statement: on PostgreSQL a chain of `WITH … AS (INSERT …)`, each turn to the
database being dearer than what it does there; on SQLite one after the other, with the same outcome.

All parts of such a statement see the tables as they were before it, in no order: a row is written by one part at most,
and locks that must be taken in an order are taken before. Triggers and foreign keys are asked as ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.expressions import RawSQL
from django.db.models.sql import UpdateQuery

from config.lib.insert_once import insert_columns, insert_row, insert_sql, insert_value, inserted
from config.lib.question import prepared_cursor

M = TypeVar("M", bound=models.Model)

# The part that decides comes first.
IF_DECIDED = "EXISTS (SELECT 1 FROM part0)"


@dataclass(slots=True, eq=False)
class Changed:
    """How many rows an update has changed; known once it has run."""

    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Insert:
    row: models.Model
    unique: Sequence[str]
    unless: "models.QuerySet[Any] | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class _Update:
    rows: "models.QuerySet[Any]"
    values: Mapping[str, Any]
    changed: Changed = field(default_factory=Changed)


_Part = _Insert | _Update


@dataclass(frozen=True, slots=True, eq=False)
class _Save:
    row: models.Model
    fields: dict[str, None] = field(default_factory=dict)

    def update(self) -> _Update:
        meta = self.row._meta
        values = {name: meta.get_field(name).pre_save(self.row, False) for name in self.fields}  # type: ignore[union-attr]
        return _Update(type(self.row)._base_manager.filter(pk=self.row.pk), values)


class Together:
    """Collect with `decide`, `insert` and `update`, then `run`, once, in the caller's transaction.

    A row may point at one that is inserted beside it, as long as no `unique` key of that one may stand already.
    """

    def __init__(self) -> None:
        self._parts: list[_Insert | _Update | _Save] = []
        self._is_decided = False

    def decide(self, row: M, *, unique: Sequence[str]) -> M:
        """Unless this row is new by its `unique` fields, nothing at all is written. To be said first."""
        if self._parts:
            raise ValueError("what decides comes first")
        self._is_decided = True
        return self.insert(row, unique=unique)

    def insert(self, row: M, *, unique: Sequence[str] = (), unless: "models.QuerySet[Any] | None" = None) -> M:
        """Insert a row that was built and not saved. It has its key afterwards: none if its `unique` fields stood, or
        if there was a row in `unless`.
        """
        self._parts.append(_Insert(row, unique, unless))
        return row

    def update(self, rows: "models.QuerySet[Any]", **values: Any) -> Changed:
        """What `rows.update(**values)` does, expressions included."""
        part = _Update(rows, values)
        self._parts.append(part)
        return part.changed

    def save(self, row: models.Model, fields: Iterable[str]) -> None:
        """Write these fields of a saved row as they stand when it runs; all that is said of it becomes one update."""
        known = next((part for part in self._parts if isinstance(part, _Save) and part.row is row), None)
        if known is None:
            known = _Save(row)
            self._parts.append(known)
        known.fields.update(dict.fromkeys(fields))

    def run(self) -> bool:
        """Write. False: the row that decides stood already, and nothing was written. Raises IntegrityError."""
        if not self._parts:
            return True
        connection = connections[DEFAULT_DB_ALIAS]
        parts = [part.update() if isinstance(part, _Save) else part for part in self._parts]
        if connection.vendor == "postgresql":
            return self._run_as_one(parts, connection)
        with transaction.atomic():
            return self._run_in_turn(parts)

    def _run_in_turn(self, parts: Sequence[_Part]) -> bool:
        for place, part in enumerate(parts):
            if isinstance(part, _Update):
                part.changed.count = part.rows.update(**part.values)
                continue
            for name, other in self._neighbours(part.row):
                setattr(part.row, name, other.pk)
            if part.unless is not None and part.unless.exists():
                continue
            if not insert_row(part.row, unique=part.unique) and self._is_decided and place == 0:
                return False
        return True

    def _run_as_one(self, parts: Sequence[_Part], connection: Any) -> bool:
        sql, params = self._compiled(parts, connection)
        with prepared_cursor() as cursor:
            cursor.execute(sql, params)
            answers = cursor.fetchone()
        for part, answer in zip(parts, answers, strict=True):
            if isinstance(part, _Update):
                part.changed.count = answer
            elif answer is not None:
                inserted(part.row, answer, alias=connection.alias)
        return not self._is_decided or answers[0] is not None

    def _compiled(self, parts: Sequence[_Part], connection: Any) -> tuple[str, list[Any]]:
        texts, answers, params = [], [], []
        for place, part in enumerate(parts):
            is_bound = self._is_decided and place > 0
            if isinstance(part, _Update):
                text, values = _update_sql(part, connection, is_bound=is_bound)
                answers.append(f"(SELECT count(*) FROM part{place})")  # noqa: S608 - a number of ours
            else:
                text, values = self._insert_sql(part, connection, is_bound=is_bound)
                answers.append(f"(SELECT * FROM part{place})")  # noqa: S608
            texts.append(f"part{place} AS ({text})")
            params += values
        return f"WITH {', '.join(texts)} SELECT {', '.join(answers)}", params

    def _insert_sql(self, part: _Insert, connection: Any, *, is_bound: bool) -> tuple[str, list[Any]]:
        places = {id(one.row): place for place, one in enumerate(self._parts) if isinstance(one, _Insert)}
        neighbours = dict(self._neighbours(part.row))
        marks, params = [], []
        for column in insert_columns(type(part.row)):
            other = neighbours.get(column.attname)
            if other is None:
                marks.append("%s")
                params.append(insert_value(part.row, column, connection))
            else:
                marks.append(f"(SELECT * FROM part{places[id(other)]})")  # noqa: S608
        values = ", ".join(marks)
        conditions = [IF_DECIDED] if is_bound else []
        if part.unless is not None:
            unless, more = part.unless.values("pk").query.sql_with_params()
            conditions.append(f"NOT EXISTS ({unless})")
            params += more
        rows = f"SELECT {values} WHERE {' AND '.join(conditions)}" if conditions else f"VALUES ({values})"
        return insert_sql(type(part.row), part.unique, rows), params

    def _neighbours(self, row: models.Model) -> Iterator[tuple[str, models.Model]]:
        """Column → the row that it points at, where that one is inserted beside it."""
        rows = {id(part.row): part.row for part in self._parts if isinstance(part, _Insert)}
        column: Any
        for column in row._meta.local_concrete_fields:
            if column.is_relation and column.is_cached(row):
                other = column.get_cached_value(row)
                if id(other) in rows:
                    yield column.attname, other


def _update_sql(part: _Update, connection: Any, *, is_bound: bool) -> tuple[str, list[Any]]:
    rows = part.rows
    if is_bound:
        rows = rows.filter(RawSQL(IF_DECIDED, [], output_field=models.BooleanField()))  # noqa: S611 - ours, without values
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(dict(part.values))
    sql, params = query.get_compiler(connection=connection).as_sql()
    return f"{sql} RETURNING 1", list(params)

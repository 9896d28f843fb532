"""A query that is asked over and over: the ORM writes its SQL once, PostgreSQL plans it once.

To write the SQL costs the ORM several times what it costs the database to answer. On SQLite it is a query as any other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import get_related_populators
from psycopg import Cursor

M = TypeVar("M", bound=models.Model)

# Values that stand in for those of a call while the SQL is written; no caller has them.
STAND_INS: dict[type, Callable[[int], Any]] = {
    str: lambda number: f"\x00{number}",
    int: lambda number: -(10**15) - number,
    datetime: lambda number: datetime(1, 1, 1, 0, 0, number, tzinfo=UTC),
}


class Question(Generic[M]):
    """`build` makes the query from named values: texts, whole numbers, moments. Which are named decides its form, not
    what they are. Without prefetches. One SQL is kept for each set of names, of which there are few.
    """

    def __init__(self, build: "Callable[..., models.QuerySet[M]]", *, wrap: str = "{sql}") -> None:
        """`wrap`: SQL around the query's own, whose columns come first in what it gives. On PostgreSQL only."""
        self._build = build
        self._wrap = wrap
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def __call__(self, **values: Any) -> list[M]:
        if connection.vendor != "postgresql":
            return list(self._build(**values))
        form = tuple(values)
        kept = self._kept.get(form)
        if kept is None:
            kept = self._kept[form] = _written(self._build, values, wrap=self._wrap)
        params = [part if name is None else part(values[name]) for name, part in kept.params]
        with prepared_cursor() as cursor:
            cursor.execute(kept.sql, params)
            rows = cursor.fetchall()
        return list(kept.rows(rows))


class PreparingCursor(Cursor[Any]):
    """Has PostgreSQL prepare each statement when it first comes, and know it by its name afterwards."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **({"prepare": True} | options))


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """A cursor of this connection whose statements are planned once; a plain one on SQLite, and where a pooler stands
    in between, which the operator says by Django's own setting.
    """
    plain: Any = connection
    if plain.vendor != "postgresql" or plain.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        with plain.cursor() as cursor:
            yield cursor
        return
    plain.ensure_connection()
    with plain.wrap_database_errors:
        raw = PreparingCursor(plain.connection)
    with plain._prepare_cursor(raw) as cursor:  # noqa: SLF001 - counts and logs it as any other
        yield cursor


@dataclass(frozen=True, slots=True)
class _Kept:
    """`params`: a name and how its value is wrapped, or None and a value of the query's own."""

    sql: str
    params: Sequence[tuple[str | None, Any]]
    compiler: Any
    populators: Sequence[Any]

    def rows(self, found: Sequence[Sequence[Any]]) -> Iterator[Any]:
        compiler = self.compiler
        start, end = _own_columns(compiler.klass_info["select_fields"])
        names = [compiler.select[place][0].target.attname for place in range(start, end)]
        converters = compiler.get_converters([column[0] for column in compiler.select])
        model = compiler.klass_info["model"]
        for row in compiler.apply_converters(found, converters) if converters else found:
            one = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
            for populator in self.populators:
                populator.populate(row, one)
            for name, place in compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            yield one


def _own_columns(places: Sequence[int]) -> tuple[int, int]:
    return places[0], places[-1] + 1


def _written(build: Callable[..., Any], values: dict[str, Any], *, wrap: str) -> _Kept:
    samples = {name: STAND_INS[type(value)](number) for number, (name, value) in enumerate(values.items())}
    compiler = build(**samples).query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    names = {sample: name for name, sample in samples.items()}
    slots = [(names[value], type(value)) if _is_stand_in(value, names) else (None, value) for value in params]
    if {name for name, _wrap in slots if name} != set(values):
        raise ValueError("a value of this question does not reach its SQL as it is")
    wrapped = [(name, _as_is if wrap in STAND_INS else wrap) if name else (None, wrap) for name, wrap in slots]
    populators = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    return _Kept(wrap.format(sql=sql), wrapped, compiler, populators)


def _is_stand_in(value: Any, names: dict[Any, str]) -> bool:
    return isinstance(value, str | int | datetime) and value in names


def _as_is(value: Any) -> Any:
    return value

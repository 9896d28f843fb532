"""Idempotency is a plain unique key and this function, never a look before an insert."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connections, models, router

M = TypeVar("M", bound=models.Model)


def insert_once(model: type[M], *, unique: Sequence[str], **values: Any) -> tuple[M, bool]:
    """Insert a row unless one with the same values in the `unique` fields stands: (row, was it inserted now?).

    `INSERT … ON CONFLICT (columns) DO NOTHING RETURNING`, alike on both databases: a CHECK that fails still raises
    IntegrityError (Django's `ignore_conflicts` hides it on SQLite). A rival's uncommitted row is waited for.
    """
    row = model(**values)
    if insert_row(row, unique=unique):
        return row, True
    return model._base_manager.get(**{name: values[name] for name in unique}), False


def insert_row(row: models.Model, *, unique: Sequence[str] = ()) -> bool:
    """Insert a row that was built and not saved, and give it its key; False: one with those `unique` fields stands."""
    connection = connections[router.db_for_write(type(row))]
    columns = insert_columns(type(row))
    params = [insert_value(row, field, connection) for field in columns]
    with connection.cursor() as cursor:
        cursor.execute(insert_sql(type(row), unique, f"VALUES ({', '.join(['%s'] * len(columns))})"), params)
        found = cursor.fetchone()
    if found is None:
        return False
    inserted(row, found[0], alias=connection.alias)
    return True


def insert_columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """All that an INSERT names: not the serial key."""
    columns = model._meta.local_concrete_fields
    return [field for field in columns if not isinstance(field, models.AutoField | models.BigAutoField)]


def insert_value(row: models.Model, field: "models.Field[Any, Any]", connection: Any) -> Any:
    return field.get_db_prep_save(field.pre_save(row, True), connection)


def insert_sql(model: type[models.Model], unique: Sequence[str], rows: str) -> str:
    """`rows`: VALUES or a SELECT. Answers with the key of what was inserted."""
    quote = connections[router.db_for_write(model)].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in insert_columns(model))
    conflict = ", ".join(quote(_column(model, name)) for name in unique)
    once = f" ON CONFLICT ({conflict}) DO NOTHING" if unique else ""
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    return f"INSERT INTO {table} ({columns}) {rows}{once} RETURNING {key}"


def inserted(row: models.Model, key: Any, *, alias: str) -> None:
    """The row as it is once it stands."""
    row.pk = row._meta.pk.to_python(key)
    row._state.adding, row._state.db = False, alias


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]

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
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.local_concrete_fields if not _is_serial(field)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    conflict = ", ".join(quote(_column(model, name)) for name in unique)
    marks = ", ".join(["%s"] * len(fields))
    table, key = quote(model._meta.db_table), model._meta.pk
    sql = (
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) "  # noqa: S608 - names come from the model
        f"ON CONFLICT ({conflict}) DO NOTHING RETURNING {quote(str(key.column))}"
    )
    params = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
    if found is None:
        return model._base_manager.get(**{name: values[name] for name in unique}), False
    row.pk = key.to_python(found[0])
    row._state.adding, row._state.db = False, connection.alias
    return row, True


def _is_serial(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]

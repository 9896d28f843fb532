from typing import Any

from django.db.models.constraints import BaseConstraint


class CompositeForeignKey(BaseConstraint):
    """(foreign key, column) stand together in one row of the other table: a transfer has its account's unit.

    Postponed to the commit on SQLite only, where a flush deletes tables in any order.
    """

    def __init__(self, *, name: str, field: str, together_with: str) -> None:
        super().__init__(name=name)
        self.field = field
        self.together_with = together_with

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        key = model._meta.get_field(self.field)
        target = key.related_model._meta
        shared = quote(model._meta.get_field(self.together_with).column)
        deferred = "" if schema_editor.connection.vendor == "postgresql" else " DEFERRABLE INITIALLY DEFERRED"
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote(key.column)}, {shared}) "
            f"REFERENCES {quote(target.db_table)} ({quote(target.pk.column)}, {shared}){deferred}"
        )

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone judges: forms never write transfers."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompositeForeignKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.together_with))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "together_with": self.together_with}

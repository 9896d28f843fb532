"""Changes of a table that others are writing to. On SQLite, which has one writer anyway, they are the plain ones.

A migration that uses them says `atomic = False` and holds nothing else: what it has done stays if a later step gives
up, and running it again goes on from there.
"""

from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.db.migrations import AddConstraint, AddIndex, RemoveConstraint
from django.db.migrations.state import ProjectState


class AddIndexSafely(AddIndex):
    """`CREATE INDEX CONCURRENTLY`: nobody waits. What an attempt that gave up has left behind is removed first."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            with _whole(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        schema_editor.remove_index(model, self.index, concurrently=True)
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: ProjectState) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)


class AddCheckSafely(AddConstraint):
    """Holds for new rows at once; the old ones are looked at afterwards, under a lock that lets writers through."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            with _whole(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        quote = schema_editor.quote_name
        table, name = quote(model._meta.db_table), quote(self.constraint.name)
        added = self.constraint.create_sql(model, schema_editor)
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}", params=None)
        schema_editor.execute(f"{added} NOT VALID", params=None)
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)


class ReplaceCheckSafely(AddCheckSafely):
    """The same name with another condition, such as one more state: between the two nothing is unchecked for long."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        RemoveConstraint(self.model_name, self.constraint.name).state_forwards(app_label, state)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            removal = RemoveConstraint(self.model_name, self.constraint.name)
            with _whole(schema_editor):
                removal.database_forwards(app_label, schema_editor, from_state, to_state)
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def _whole(schema_editor: Any) -> AbstractContextManager[None]:
    """SQLite remakes the table for a change: all of it or nothing."""
    return transaction.atomic(using=str(schema_editor.connection.alias))

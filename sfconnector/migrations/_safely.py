"""Steps of migrations for a site that serves meanwhile; CONTRIBUTING has the rules."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

LOCK_TIMEOUT = "3s"
SHORT = (
    "SELECT set_config('lock_timeout', %s, true) "
    "WHERE current_setting('lock_timeout') = '0'"
)


class ShortLocks(Operation):
    """Give up when a table is in use for so long, instead of holding everybody up.

    A statement that waits for a table's lock makes every later query wait behind it.
    The migration then fails as a whole and may be run again. PostgreSQL only; a
    ``lock_timeout`` that the host has set stands.
    """

    reversible = True
    reduces_to_sql = False
    elidable = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change no model."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        """Bound the waits of this transaction."""
        del app_label, states
        if schema_editor.connection.vendor == "postgresql":
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(SHORT, [LOCK_TIMEOUT])

    database_backwards = database_forwards

    def describe(self) -> str:
        """Say what it does."""
        return "Wait for no table longer than a moment"


class AddIndexBeside(migrations.AddIndex):
    """Build an index while the table is read and written; needs ``atomic = False``.

    What an attempt that was ended has left behind goes first.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Build it concurrently where the database can."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            name = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.add_index(model, self.index, concurrently=True)

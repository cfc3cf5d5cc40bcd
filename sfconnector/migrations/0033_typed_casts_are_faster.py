"""PostgreSQL gets its functions of casts anew: the same answers, in half the time."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from sfconnector.migrations._safely import ShortLocks


def forward(apps: Any, schema_editor: Any) -> None:
    """Replace them; views and indexes that use them stay as they are."""
    from sfconnector.typed.casts import on_postgresql

    if schema_editor.connection.vendor == "postgresql":
        on_postgresql.make_functions(schema_editor.connection, is_anew=True)


class Migration(migrations.Migration):
    """Leaves them as they are when it is taken back: the older ones answer alike."""

    dependencies = [("sfconnector", "0032_deleted_task_plans_stay_away")]

    operations = [
        ShortLocks(),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]

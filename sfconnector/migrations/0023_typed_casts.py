"""PostgreSQL gets the functions by which values of records are cast; they never raise."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from sfconnector.migrations._safely import ShortLocks


def forward(apps: Any, schema_editor: Any) -> None:
    """Make them; other databases cast by expressions."""
    from sfconnector.typed.casts import on_postgresql

    if schema_editor.connection.vendor == "postgresql":
        on_postgresql.make_functions(schema_editor.connection)


class Migration(migrations.Migration):
    """Leaves them behind when it is taken back: indexes may use them."""

    dependencies = [("sfconnector", "0022_typed_views")]

    operations = [
        ShortLocks(),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]

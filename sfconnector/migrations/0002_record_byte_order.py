"""Let PostgreSQL order record ids by bytes, so that id ranges are index ranges."""

from __future__ import annotations

from typing import Any

from django.db import migrations

FORWARD = """
ALTER TABLE sfconnector_record
  ALTER COLUMN record_id TYPE varchar(18) COLLATE "C",
  ALTER COLUMN sobject TYPE varchar(80) COLLATE "C"
"""
BACKWARD = """
ALTER TABLE sfconnector_record
  ALTER COLUMN record_id TYPE varchar(18) COLLATE "default",
  ALTER COLUMN sobject TYPE varchar(80) COLLATE "default"
"""


def forward(apps: Any, schema_editor: Any) -> None:
    """Change the collation on PostgreSQL; other databases need nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps: Any, schema_editor: Any) -> None:
    """Restore the database's own collation on PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    """Runs after the tables exist."""

    dependencies = [("sfconnector", "0001_initial")]

    operations = [migrations.RunPython(forward, backward)]

"""Remember what a full pass did not meet and which fields the last one read.

MariaDB and MySQL get byte order for record ids, as PostgreSQL did before: otherwise
two ids that differ in case alone would be one.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

FORWARD = (
    "ALTER TABLE sfconnector_record "
    "MODIFY record_id varchar(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"
)
BACKWARD = "ALTER TABLE sfconnector_record MODIFY record_id varchar(18) NOT NULL"


def forward(apps: Any, schema_editor: Any) -> None:
    """Change the collation on MariaDB and MySQL; other databases need nothing."""
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(FORWARD)


def backward(apps: Any, schema_editor: Any) -> None:
    """Restore the database's own collation on MariaDB and MySQL."""
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    """Runs after record ids got their byte order on PostgreSQL."""

    dependencies = [("sfconnector", "0002_record_byte_order")]

    operations = [
        migrations.AddField(
            model_name="syncplan",
            name="fields_read",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.CreateModel(
            name="MissingRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("record_id", models.CharField(max_length=18)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="missing",
                        to="sfconnector.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "missing record",
                "verbose_name_plural": "missing records",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "record_id"), name="sfconnector_missing_unique"
                    )
                ],
            },
        ),
        migrations.RunPython(forward, backward, atomic=False),
    ]

"""Filling the records is held up by a look at the org for each row; drop that."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def forget_indexes(apps: Any, schema_editor: Any) -> None:
    """On SQLite the table is made anew: have workers build people's indexes again."""
    if schema_editor.connection.vendor == "sqlite":
        sobjects = apps.get_model("sfconnector", "SObject").objects
        sobjects.using(schema_editor.connection.alias).update(indexed_fields=[])


class Migration(migrations.Migration):
    """The org's removal and a signal keep records from being left behind."""

    dependencies = [("sfconnector", "0007_purge_requested")]

    operations = [
        migrations.AlterField(
            model_name="record",
            name="org",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="records",
                to="sfconnector.org",
                verbose_name="org",
            ),
        ),
        migrations.RunPython(forget_indexes, forget_indexes),
    ]

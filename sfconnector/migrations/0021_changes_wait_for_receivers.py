# Changes of records that receivers of the host have not taken yet; a new table.

import django.db.models.deletion
import sfconnector.clock
from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0020_scopes_of_the_settings"),
    ]

    operations = [
        ShortLocks(),
        migrations.CreateModel(
            name="PendingChange",
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
                ("sobject", models.CharField(max_length=80)),
                ("receiver", models.CharField(max_length=200)),
                ("payload", models.JSONField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("error", models.CharField(blank=True, default="", max_length=80)),
                ("created_at", models.DateTimeField(default=sfconnector.clock.now)),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "pending change",
                "verbose_name_plural": "pending changes",
                "ordering": ["pk"],
            },
        ),
    ]

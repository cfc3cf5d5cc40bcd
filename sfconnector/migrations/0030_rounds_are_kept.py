# Each look at the due plans of an org together is a row.

import django.db.models.deletion
from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0029_saved_views"),
    ]

    operations = [
        ShortLocks(),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "duration_ms",
                    models.IntegerField(default=0, verbose_name="milliseconds"),
                ),
                ("calls", models.IntegerField(default=0, verbose_name="API calls")),
                ("plans", models.JSONField(default=dict, verbose_name="plans")),
                ("queued", models.IntegerField(default=0, verbose_name="runs queued")),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
            ],
            options={
                "verbose_name": "round",
                "verbose_name_plural": "rounds",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["org", "-at"], name="sfconnector_round_org"),
                    models.Index(fields=["at"], name="sfconnector_round_at"),
                ],
            },
        ),
    ]

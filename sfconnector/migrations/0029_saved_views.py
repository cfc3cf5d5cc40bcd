# Lists of records that people keep by name: a table beside the others.

import django.db.models.deletion
import sfconnector.models.fields
from django.conf import settings
from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0028_counts_have_an_age"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        ShortLocks(),
        migrations.CreateModel(
            name="SavedView",
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
                ("sobject", models.CharField(max_length=80, verbose_name="object")),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        validators=[sfconnector.models.fields.one_line_only],
                        verbose_name="name",
                    ),
                ),
                ("query", models.TextField(verbose_name="what the list shows")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="sfconnector.org",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "org", "sobject", "name"),
                        name="sfconnector_savedview_unique",
                    )
                ],
            },
        ),
    ]

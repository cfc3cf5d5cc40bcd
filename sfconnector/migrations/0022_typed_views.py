"""Remember which objects have a typed view, and what is in it."""

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0021_changes_wait_for_receivers"),
    ]

    operations = [
        ShortLocks(),
        migrations.CreateModel(
            name="ObjectView",
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
                (
                    "sobject",
                    models.CharField(max_length=80, unique=True, verbose_name="object"),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=80, verbose_name="name in the database"
                    ),
                ),
                ("columns", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(auto_now=True, verbose_name="made")),
            ],
            options={
                "verbose_name": "typed view",
                "verbose_name_plural": "typed views",
                "ordering": ["sobject"],
            },
        ),
    ]

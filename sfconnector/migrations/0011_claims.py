# Claims get a table of their own; until now they were heartbeats of other kinds.

from typing import Any

from django.db import migrations, models

KINDS = ("removal", "purge", "upkeep", "care")


def move(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    beats = apps.get_model("sfconnector", "Heartbeat").objects.using(database)
    claims = apps.get_model("sfconnector", "Claim").objects.using(database)
    claims.bulk_create(
        [
            claims.model(name=one.name, taken_at=one.seen_at)
            for one in beats.filter(kind__in=KINDS)
        ]
    )
    beats.filter(kind__in=KINDS).delete()


def move_back(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    beats = apps.get_model("sfconnector", "Heartbeat").objects.using(database)
    claims = apps.get_model("sfconnector", "Claim").objects.using(database)
    beats.bulk_create(
        [
            beats.model(
                name=one.name, kind=one.name.split(" ")[0], seen_at=one.taken_at
            )
            for one in claims.all()
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0010_grant_types_as_choices")]

    operations = [
        migrations.CreateModel(
            name="Claim",
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
                ("name", models.CharField(max_length=120, unique=True)),
                ("taken_at", models.DateTimeField()),
                ("fence", models.PositiveIntegerField(default=0)),
            ],
            options={"verbose_name": "claim", "verbose_name_plural": "claims"},
        ),
        migrations.RunPython(move, move_back),
    ]

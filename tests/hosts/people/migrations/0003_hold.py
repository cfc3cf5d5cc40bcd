"""Rows of a host that hold rows of any kind."""

from __future__ import annotations

from django.db import migrations, models

HELD = {
    "org": ("org", models.PROTECT),
    "plan": ("syncplan", models.RESTRICT),
    "run": ("syncrun", models.PROTECT),
    "call": ("apicall", models.PROTECT),
}


class Migration(migrations.Migration):
    dependencies = [("people", "0002_note"), ("sfconnector", "__first__")]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                *(
                    (
                        name,
                        models.ForeignKey(
                            f"sfconnector.{model}",
                            null=True,
                            on_delete=on_delete,
                            related_name="+",
                        ),
                    )
                    for name, (model, on_delete) in HELD.items()
                ),
            ],
        ),
    ]

"""People say which fields they want to sort and search many records by."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the wish beside what is built."""

    dependencies = [("sfconnector", "0005_saved_queries")]

    operations = [
        migrations.AddField(
            model_name="sobject",
            name="wanted_indexes",
            field=models.JSONField(
                blank=True, default=list, verbose_name="wanted indexes"
            ),
        ),
    ]

"""People ask for an org's cached data to go while the org stays."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the wish; a worker fulfils it step by step."""

    dependencies = [("sfconnector", "0006_wanted_indexes")]

    operations = [
        migrations.AddField(
            model_name="org",
            name="purge_requested_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]

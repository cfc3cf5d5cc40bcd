"""A person may say beforehand that an org's row is archived for another identity."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the choice to the OAuth flow."""

    dependencies = [("sfconnector", "0003_missing_records")]

    operations = [
        migrations.AddField(
            model_name="oauthflow",
            name="archive",
            field=models.BooleanField(default=False),
        )
    ]

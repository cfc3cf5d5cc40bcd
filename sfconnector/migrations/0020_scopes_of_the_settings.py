# A new connected app asks for the scopes of the settings; no column changes.

from django.db import migrations, models

import sfconnector.models.apps
from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0019_restored_backups")]

    operations = [
        ShortLocks(),
        migrations.AlterField(
            model_name="connectedapp",
            name="scopes",
            field=models.CharField(
                default=sfconnector.models.apps.new_scopes,
                help_text="Separated by spaces. Each must be selected on the app in Salesforce; “api” and “refresh_token” are needed.",
                max_length=500,
                verbose_name="scopes",
            ),
        ),
    ]

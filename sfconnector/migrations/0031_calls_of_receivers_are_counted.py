# How often a receiver was called and did not come back.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0030_rounds_are_kept")]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="pendingchange",
            name="begun",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]

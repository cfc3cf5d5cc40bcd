# Which tasks of the project an org's people have deleted the plans of.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0031_calls_of_receivers_are_counted")]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="org",
            name="tasks_declined",
            field=models.JSONField(editable=False, null=True),
        ),
    ]

# The trace in which a run was asked for; older workers leave it empty.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0023_typed_casts"),
    ]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="syncrun",
            name="traceparent",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=64
            ),
        ),
    ]

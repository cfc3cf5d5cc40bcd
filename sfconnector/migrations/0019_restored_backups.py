# Tokens carry the mark of the database that they were written in.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0018_find_masked_fields")]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="credential",
            name="database",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80
            ),
        ),
    ]

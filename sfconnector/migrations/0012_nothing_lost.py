from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0011_claims")]

    operations = [
        migrations.AddField(
            "syncrun", "step", models.PositiveBigIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "org", "purge_objects", models.JSONField(editable=False, null=True)
        ),
        migrations.AddField(
            "syncplan",
            "full_wanted_at",
            models.DateTimeField(editable=False, null=True),
        ),
    ]

# An org that does not answer rests; due plans of an org are looked at together.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0026_plan_sets")]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="org",
            name="resting_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="org",
            name="silences",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="org",
            name="round_rung_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="org",
            name="round_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="org",
            name="rounds_refused_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]

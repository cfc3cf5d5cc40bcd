# When an org last said how many records an object has.

from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0027_rests_and_rounds")]

    operations = [
        ShortLocks(),
        migrations.AddField(
            model_name="sobject",
            name="counted_at",
            field=models.DateTimeField(null=True),
        ),
    ]

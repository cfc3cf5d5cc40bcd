# Values of the history keep their digits. The columns are as they were.

from django.db import migrations

import sfconnector.models.fields


def exact(name: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name="fieldchange",
        name=name,
        field=sfconnector.models.fields.ExactJSONField(null=True),
    )


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0015_answers_say_what_was_asked")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[exact("before"), exact("after")]
        )
    ]

# Lists of all orgs' objects go by name and by what is cached; lists of plans ask for
# the last run of each; and which runs are old is asked once an hour.

from django.db import migrations, models

from sfconnector.migrations._safely import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("sfconnector", "0033_typed_casts_are_faster")]

    operations = [
        AddIndexBeside(
            model_name="sobject",
            index=models.Index(fields=["name", "org"], name="sfconnector_sobject_name"),
        ),
        AddIndexBeside(
            model_name="sobject",
            index=models.Index(
                fields=["total_count"], name="sfconnector_sobject_cached"
            ),
        ),
        AddIndexBeside(
            model_name="syncrun",
            index=models.Index(fields=["finished_at"], name="sfconnector_run_finished"),
        ),
        AddIndexBeside(
            model_name="syncrun",
            index=models.Index(fields=["plan", "-id"], name="sfconnector_run_plan"),
        ),
    ]

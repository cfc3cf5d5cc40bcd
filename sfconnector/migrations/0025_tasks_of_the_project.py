"""Plans of the fetch tasks of a host project."""

from django.conf import settings
from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0024_runs_carry_their_trace"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        ShortLocks(),
        migrations.RemoveConstraint(
            model_name="syncplan",
            name="sfconnector_plan_has_target",
        ),
        migrations.AddField(
            model_name="syncplan",
            name="kept",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="syncplan",
            name="task",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                verbose_name="task",
            ),
        ),
        migrations.AlterField(
            model_name="syncplan",
            name="kind",
            field=models.CharField(
                choices=[
                    ("object", "Object"),
                    ("soql", "SOQL query"),
                    ("endpoint", "Endpoint"),
                    ("task", "Task of the project"),
                ],
                default="object",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "task")),
                fields=("org", "task"),
                name="sfconnector_plan_one_per_task",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "object"), models.Q(("sobject", ""), _negated=True)
                    ),
                    models.Q(("kind", "soql"), models.Q(("soql", ""), _negated=True)),
                    models.Q(
                        ("kind", "endpoint"), models.Q(("path", ""), _negated=True)
                    ),
                    models.Q(("kind", "task"), models.Q(("task", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sfconnector_plan_has_target",
                violation_error_message="Say what the plan reads.",
            ),
        ),
    ]

# Sets of plans: three tables beside the others; none of these changes.

import django.core.validators
import django.db.models.deletion
import sfconnector.models.fields
from django.conf import settings
from django.db import migrations, models

from sfconnector.migrations._safely import ShortLocks


class Migration(migrations.Migration):
    dependencies = [
        ("sfconnector", "0025_tasks_of_the_project"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        ShortLocks(),
        migrations.CreateModel(
            name="PlanSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        unique=True,
                        validators=[sfconnector.models.fields.one_line_only],
                        verbose_name="name",
                    ),
                ),
                (
                    "schedule",
                    models.CharField(
                        choices=[
                            ("manual", "Only when asked"),
                            ("every", "Every so many minutes"),
                            ("cron", "Cron text"),
                        ],
                        default="manual",
                        max_length=8,
                        verbose_name="schedule",
                    ),
                ),
                (
                    "every_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(44640),
                        ],
                        verbose_name="every … minutes",
                    ),
                ),
                (
                    "cron",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Five parts in the site's time zone, for example 0 6 * * 1-5.",
                        max_length=120,
                        verbose_name="cron text",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "plan set",
                "verbose_name_plural": "plan sets",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PlanSetObject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "sobject",
                    models.CharField(
                        help_text="API name, for example Account or Invoice__c.",
                        max_length=80,
                        verbose_name="object",
                    ),
                ),
                (
                    "fields",
                    models.JSONField(blank=True, default=list, verbose_name="fields"),
                ),
                (
                    "where",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="A SOQL condition without WHERE, for example Industry = 'Energy'.",
                        verbose_name="filter",
                    ),
                ),
                (
                    "plan_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="sfconnector.planset",
                    ),
                ),
            ],
            options={
                "verbose_name": "object of the set",
                "verbose_name_plural": "objects of the set",
                "ordering": ["plan_set", "sobject"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan_set", "sobject"),
                        name="sfconnector_plan_set_object_once",
                        violation_error_message="The set names this object already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanSetOrg",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("applied_at", models.DateTimeField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plan_sets",
                        to="sfconnector.org",
                    ),
                ),
                (
                    "plan_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="applied",
                        to="sfconnector.planset",
                    ),
                ),
            ],
            options={
                "verbose_name": "org of a set",
                "verbose_name_plural": "orgs of a set",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan_set", "org"), name="sfconnector_plan_set_org_once"
                    )
                ],
            },
        ),
    ]

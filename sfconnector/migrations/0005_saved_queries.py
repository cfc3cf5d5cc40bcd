"""The explorer remembers queries over several orgs beside calls of one."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a query of the SOQL tab consists of."""

    dependencies = [("sfconnector", "0004_archive_choice")]

    operations = [
        migrations.AddField(
            model_name="savedcall",
            name="soql",
            field=models.TextField(blank=True, default="", verbose_name="SOQL"),
        ),
        migrations.AddField(
            model_name="savedcall",
            name="all_rows",
            field=models.BooleanField(
                default=False, verbose_name="deleted rows as well"
            ),
        ),
        migrations.AddField(
            model_name="savedcall",
            name="orgs",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="sfconnector.org"
            ),
        ),
    ]

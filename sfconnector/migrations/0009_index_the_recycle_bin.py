"""Find the records that lie in an org's recycle bin without a walk over all."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The index is partial: what lives is not in it."""

    dependencies = [("sfconnector", "0008_records_without_org_constraint")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("state", 1)),
                fields=["org", "sobject", "system_modstamp"],
                name="sfconnector_record_in_bin",
            ),
        ),
    ]

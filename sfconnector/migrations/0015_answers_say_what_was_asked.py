from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sfconnector", "0014_names_on_one_line")]

    operations = [
        migrations.AddField(
            "cachedresponse",
            "asked",
            models.TextField(editable=False, null=True, verbose_name="asked"),
        ),
    ]

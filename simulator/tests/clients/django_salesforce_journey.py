"""Drives one org with an unmodified django-salesforce; prints what it saw as JSON.

Reads [base URL, consumer key, consumer secret, username] from standard input.
"""

from __future__ import annotations

import json
import sys

import django
from django.conf import settings

URL, KEY, SECRET, USERNAME = json.load(sys.stdin)
settings.configure(
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        "salesforce": {
            "ENGINE": "salesforce.backend",
            "CONSUMER_KEY": KEY,
            "CONSUMER_SECRET": SECRET,
            "USER": USERNAME,
            "PASSWORD": "letmein",
            "HOST": URL,
        },
    },
    SALESFORCE_DB_ALIAS="salesforce",
    DATABASE_ROUTERS=["salesforce.router.ModelRouter"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["salesforce"],
)
django.setup()

from salesforce import models  # noqa: E402 - needs the settings


class Account(models.SalesforceModel):
    """A few fields of Account."""

    Name = models.CharField(max_length=255)
    Phone = models.CharField(max_length=40, null=True)

    class Meta(models.SalesforceModel.Meta):
        app_label = "journey"
        db_table = "Account"


class Contact(models.SalesforceModel):
    """A few fields of Contact."""

    last_name = models.CharField(max_length=80)
    account = models.ForeignKey(Account, models.DO_NOTHING, null=True)

    class Meta(models.SalesforceModel.Meta):
        app_label = "journey"
        db_table = "Contact"


seen = {"count": Account.objects.count(), "rows": len(Account.objects.all())}
account = Account.objects.create(Name="By django", Phone="1")
Contact.objects.create(last_name="Child", account=account)
account.Phone = "2"
account.save()
seen["phone"] = Account.objects.get(pk=account.pk).Phone
joined = Contact.objects.filter(account__Name="By django").select_related("account")
seen["joined"] = [one.account.Phone for one in joined]
made = Account.objects.bulk_create([Account(Name=f"Bulk {n}") for n in range(3)])
seen["made"] = len({one.pk for one in made})
seen["updated"] = Account.objects.filter(Name__startswith="Bulk ").update(Phone="3")
joined.delete()
account.delete()
seen["left"] = Account.objects.filter(pk=account.pk).count()
print(json.dumps(seen))

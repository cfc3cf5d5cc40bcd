"""A host's model that leads to records."""

from __future__ import annotations

from django.db import models

from sfconnector.links import RecordLink


def deal_model() -> type[models.Model]:
    """Make it in the registry of whoever asks."""

    class Deal(models.Model):
        title = models.CharField(max_length=80)
        account = RecordLink(
            "Salesforce account", sobject="Account", model="Account", null=True
        )

        class Meta:
            app_label = "typedcrm"

        def __str__(self) -> str:
            return self.title

    return Deal

"""A table of the host, kept up from cached records."""

from __future__ import annotations

from django.db import models


class Customer(models.Model):
    """An account as the host's own pages want it."""

    account_id = models.CharField(max_length=18, primary_key=True)
    name = models.CharField(max_length=255)
    is_gone = models.BooleanField(default=False)

    class Meta:
        app_label = "crm"

    def __str__(self) -> str:
        return self.name

"""The Django app and its table of contents."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SFConnectorConfig(AppConfig):
    """Salesforce orgs in the Django admin."""

    name = "sfconnector"
    verbose_name = _("Salesforce")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, the receivers and the log redaction."""
        from sfconnector import checks, receivers, schedules
        from sfconnector.salesforce import redaction

        checks.register_all()
        receivers.connect()
        schedules.register()
        redaction.install()

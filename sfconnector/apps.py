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
        """Register checks, receivers, the log redaction and the host's hooks."""
        from django.utils.module_loading import autodiscover_modules

        from sfconnector import checks, json_logs, receivers, schedules
        from sfconnector.salesforce import redaction

        checks.register_all()
        receivers.connect()
        schedules.register()
        redaction.install()
        json_logs.install()
        autodiscover_modules("sf_hooks")

"""The host's app."""

from __future__ import annotations

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "tests.crm"
    label = "crm"

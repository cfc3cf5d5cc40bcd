"""An admin site of the host's own, in the place of Django's."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class Site(AdminSite):
    """One with another name and another head."""

    site_header = "CRM"

    def __init__(self, name: str = "crm") -> None:
        super().__init__(name)


class Config(AdminConfig):
    """``django.contrib.admin`` with that site."""

    default_site = "tests.hosts.own_admin.Site"

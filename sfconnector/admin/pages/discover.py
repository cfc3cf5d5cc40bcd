"""Read the list of an org's objects."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import catalog, permissions
from sfconnector.admin.base import Page, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org


class DiscoverPage(Page[Org]):
    """One describe global, stored."""

    verb = "discover"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Discover and show the objects."""
        org = self.find(request, arguments["pk"])
        try:
            found = catalog.discover(org, user=request.user)
        except SFConnectorError as error:
            tell(request, error)
            return HttpResponseRedirect(self.admin.url("change", org.pk))
        text = _(
            "%(total)d objects: %(added)d new, %(removed)d gone, %(changed)d changed."
        )
        numbers = {
            "total": found.total,
            "added": len(found.added),
            "removed": len(found.removed),
            "changed": len(found.changed),
        }
        messages.success(request, text % numbers)
        self.admin.log_change(request, org, _("Discovered objects."))
        site = self.admin.admin_site.name
        objects = reverse("admin:sfconnector_sobject_changelist", current_app=site)
        return HttpResponseRedirect(f"{objects}?org__id__exact={org.pk}")

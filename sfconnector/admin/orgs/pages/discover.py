"""Read the list of an org's objects."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import catalog, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import Org


class DiscoverPage(Deed[Org]):
    """One describe global, stored."""

    verb = "discover"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Discover and show the objects."""
        found = catalog.discover(row, by=by)
        text = _(
            "%(total)d objects: %(added)d new, %(removed)d gone, %(changed)d changed."
        )
        numbers = {
            "total": found.total,
            "added": len(found.added),
            "removed": len(found.removed),
            "changed": len(found.changed),
        }
        site = self.admin.admin_site.name
        objects = reverse("admin:sfconnector_sobject_changelist", current_app=site)
        return done(
            text % numbers,
            noted=_("Discovered objects."),
            leads_to=f"{objects}?org__id__exact={row.pk}",
        )

"""Which orgs a person may know of."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from sfconnector.models import ConnectedApp, Org

UNUSABLE = gettext_lazy(
    "This one cannot be used here. If you have just added it, it is in the list; "
    "else choose another one."
)
"""What a form says of a name that is taken, maybe by a row hidden from the person."""


def visible_orgs(request: HttpRequest) -> QuerySet[Org]:
    """Return the orgs that the person may know of, without those being deleted."""
    return Org.objects.present().visible_to(request.user)


def sees_every_org(request: HttpRequest) -> bool:
    """Tell whether no org is hidden: else figures of the whole site count it too."""
    seen = Org.objects.visible_to(request.user)
    return not Org.objects.exclude(pk__in=seen.values("pk")).exists()


def visible_apps(request: HttpRequest) -> QuerySet[ConnectedApp]:
    """Return the connected apps that the person may know of and use."""
    return ConnectedApp.objects.visible_to(request.user)


class AppFilter(admin.RelatedFieldListFilter):
    """A filter by app that names only the apps that the person may know of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return key and name of each visible app."""
        return [(str(app.pk), str(app)) for app in visible_apps(request)]


class OrgFilter(admin.RelatedFieldListFilter):
    """A filter by org that names only the orgs that the person may know of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return key and name of each visible org, of many without all they hold."""
        orgs = visible_orgs(request).only("alias", "label")
        return [(str(org.pk), str(org)) for org in orgs]

    def get_facet_queryset(self, changelist: Any) -> dict[str, int]:
        """Count the rows of each org by one query, not by a column for each org."""
        rows = changelist.get_queryset(self.request, self.expected_parameters())
        found = rows.order_by().values_list(self.field_path).annotate(n=Count("pk"))
        counts = dict(found)
        return {f"{pk}__c": counts.get(int(pk), 0) for pk, _name in self.lookup_choices}

"""A filter for the orgs that need nobody, as the overview counts them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sfconnector import overview
from sfconnector.models import Org


class HealthFilter(admin.SimpleListFilter):
    """Orgs that are connected, answer and have no plan in trouble; and the others."""

    title = _("health")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer both."""
        return [("fine", _("Healthy")), ("look", _("Needs a look"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Org]) -> QuerySet[Org]:
        """Keep the chosen orgs."""
        if self.value() not in {"fine", "look"}:
            return queryset
        shown = Org.objects.filter(pk__in=queryset.order_by().values("pk"))
        healthy = overview.healthy(shown)
        if self.value() == "fine":
            return queryset.filter(pk__in=healthy)
        return queryset.exclude(pk__in=healthy)

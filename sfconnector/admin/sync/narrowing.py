"""Filters that show what the overview counts: plans that are fine, runs of a day."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sfconnector import clock, overview
from sfconnector.models import SyncPlan, SyncRun


class HealthFilter(admin.SimpleListFilter):
    """Plans that are switched on: those that are fine, those that need a look."""

    title = _("health")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer both."""
        return [("fine", _("Fine")), ("look", _("Needs a look"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[SyncPlan]
    ) -> QuerySet[SyncPlan]:
        """Keep the chosen plans."""
        troubled = SyncPlan.objects.troubled().values("pk")
        if self.value() == "look":
            return queryset.filter(pk__in=troubled)
        if self.value() == "fine":
            return queryset.filter(is_enabled=True).exclude(pk__in=troubled)
        return queryset


class SinceFilter(admin.SimpleListFilter):
    """Runs of the last 24 hours."""

    title = _("time")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one choice."""
        return [("yesterday", _("Since yesterday"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[SyncRun]
    ) -> QuerySet[SyncRun]:
        """Keep the runs that the overview counts."""
        if self.value() != "yesterday":
            return queryset
        return queryset.filter(queued_at__gte=clock.now() - overview.YESTERDAY)

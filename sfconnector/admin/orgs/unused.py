"""A filter for grants that live on although nobody uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector.models import Org

UNUSED_AFTER = timedelta(days=90)


class UnusedFilter(admin.SimpleListFilter):
    """Orgs that hold a grant and were not called for 90 days."""

    title = _("use")
    parameter_name = "unused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one choice."""
        return [("90", _("Unused for 90 days"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Org]
    ) -> QuerySet[Org] | None:
        """Keep the orgs whose grant could be given back."""
        if self.value() != "90":
            return None
        horizon = timezone.now() - UNUSED_AFTER
        idle = Q(last_used_at__lt=horizon) | Q(
            last_used_at=None, connected_at__lt=horizon
        )
        held = Q(credential__refresh_token_enc="") & Q(credential__access_token_enc="")
        return queryset.filter(idle, credential__isnull=False).exclude(held)

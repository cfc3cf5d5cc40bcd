"""A base for a host's admin of generated models: read only, and what one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sfconnector.admin.base.visibility import OrgFilter
from sfconnector.typed import TypedQuerySet

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class TypedRecordAdmin(_Admin):
    """Pages of typed records, which nobody adds, changes or deletes here.

    Live records of the orgs that the person may know of; by default with a filter by
    org and without a count of all.
    """

    list_filter = (("org", OrgFilter),)
    ordering = ("org_id", "record_id")
    list_select_related = ("org",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Return what the person may know of."""
        rows: Any = super().get_queryset(request)
        if isinstance(rows, TypedQuerySet):
            rows = rows.live().for_user(request.user)
        return cast("QuerySet[Model]", rows)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one here."""
        return False

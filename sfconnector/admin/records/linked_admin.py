"""A base for a host's admin of models that link to records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from sfconnector import permissions
from sfconnector.admin.base.visibility import visible_orgs
from sfconnector.link_forms import LinkField
from sfconnector.models import Record

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class LinkedAdmin(_Admin):
    """Forms whose links lead into the orgs that the person may see.

    Beside a link is a magnifier, which opens the records of its object to choose one,
    for those who may browse records.
    """

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer the person's orgs."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, LinkField) and request is not None:
            field.orgs = visible_orgs(request)
            field.widget.lookup_url = self._lookup_url(request, field.sobject)
        return field

    def _lookup_url(self, request: HttpRequest, sobject: str) -> str:
        may = request.user.has_perm(permissions.full(permissions.VIEW_RECORDS))
        if not may or not self.admin_site.is_registered(Record):
            return ""
        site = self.admin_site.name
        url = reverse("admin:sfconnector_record_changelist", current_app=site)
        return f"{url}?{urlencode({'sobject': sobject})}"

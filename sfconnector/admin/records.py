"""Cached records in the admin: per object a list, per record a page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from sfconnector import permissions
from sfconnector.admin.base import ReadOnlyAdmin, visible_orgs
from sfconnector.admin.browsing import record_url
from sfconnector.admin.pages.record_columns import ColumnsPage
from sfconnector.admin.pages.record_export import ExportPage
from sfconnector.admin.pages.record_list import RecordListPage
from sfconnector.admin.pages.record_page import RecordPage
from sfconnector.models import Record, SObject


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin[Record]):
    """The way to the records: first the objects that have any."""

    pages = (RecordListPage, ColumnsPage, ExportPage, RecordPage)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Tell whether the person may browse records: a permission of its own."""
        return self.has_codename(request, permissions.VIEW_RECORDS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the way in to those who may browse."""
        return self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the objects with cached records, org by org."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        cached = (
            SObject.objects.filter(org__in=visible_orgs(request), total_count__gt=0)
            .select_related("org")
            .defer("describe")
            .order_by("org__alias", "name")
        )
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Cached records"),
            "cached": cached,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "sfconnector/record_objects.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the record's page, whose address says what it is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdigit():
            raise Http404
        record = self.get_queryset(request).filter(pk=object_id).first()
        if record is None:
            raise Http404
        return HttpResponseRedirect(
            record_url(record.org, record, site=self.admin_site.name)
        )

"""Cached records in the admin: per object a list, per record a page."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import permissions
from sfconnector.admin.base import ReadOnlyAdmin, row_key, visible_orgs
from sfconnector.admin.base.page import refuse_nul
from sfconnector.admin.records.browsing import record_url
from sfconnector.admin.records.columns_page import ColumnsPage
from sfconnector.admin.records.export_page import ExportPage
from sfconnector.admin.records.list_page import RecordListPage, ViewsPage
from sfconnector.admin.records.record_page import RecordPage
from sfconnector.models import Record, SObject

PER_PAGE = 200


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin[Record]):
    """The way to the records: first the objects that have any."""

    pages = (RecordListPage, ColumnsPage, ExportPage, ViewsPage, RecordPage)

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
        """List the objects with cached records, org by org; in a popup of one name."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        refuse_nul(request, {})
        cached = (
            SObject.objects.filter(org__in=visible_orgs(request), total_count__gt=0)
            .select_related("org")
            .defer("describe")
            .order_by("org__alias", "name")
        )
        is_popup, kept = IS_POPUP_VAR in request.GET, {}
        if is_popup:
            kept = {IS_POPUP_VAR: "1", "sobject": request.GET.get("sobject", "")}
            cached = cached.filter(name=kept["sobject"])
            if len(cached) == 1:
                return HttpResponseRedirect(self._popup_url(cached[0]))
        search = request.GET.get("q", "").strip()
        if search:
            places = ("name", "label", "org__alias", "org__label")
            wanted = [Q(**{f"{place}__icontains": search}) for place in places]
            cached = cached.filter(reduce(or_, wanted))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Cached records"),
            "is_popup": is_popup,
            "kept": urlencode({**kept, "q": search}),
            "page": Paginator(cached, PER_PAGE).get_page(request.GET.get("p")),
            "search": search,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "sfconnector/record_objects.html", context)

    def _popup_url(self, row: SObject) -> str:
        names = [row.org.alias, row.name]
        url = reverse(
            "admin:sfconnector_record_browse",
            args=names,
            current_app=self.admin_site.name,
        )
        return f"{url}?{IS_POPUP_VAR}=1"

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
        record = self.get_queryset(request).filter(pk=row_key(object_id)).first()
        if record is None:
            raise Http404
        return HttpResponseRedirect(
            record_url(record.org, record, site=self.admin_site.name)
        )

"""Names of objects and fields for forms that complete what is typed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse

from sfconnector import catalog, orgs
from sfconnector.admin.base import Page, row_key, visible_orgs
from sfconnector.models import SObject

MOST_OBJECTS = 30


class SuggestPage(Page[SObject]):
    """Answer with names that fit: of objects, or of the fields of one."""

    verb = "suggest"
    route = "suggest/"
    methods = ("GET",)

    def is_allowed(self, request: HttpRequest) -> bool:
        """Answer those who look at objects, and those who write plans of them."""
        may = request.user.has_perm
        writes = may("sfconnector.add_syncplan") or may("sfconnector.change_syncplan")
        return writes or super().is_allowed(request)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Look into the catalog alone; nothing is asked of Salesforce."""
        key = row_key(request.GET.get("org"))
        org = visible_orgs(request).filter(pk=key).first()
        if org is None:
            return JsonResponse({"names": [], "version": ""})
        sobject, text = request.GET.get("sobject", ""), request.GET.get("q", "")
        if sobject:
            row = SObject.objects.filter(org=org, name__iexact=sobject).first()
            fields = catalog.fields_of(row, deferred=["describe"]) if row else {}
            names = sorted(name for name in fields if not fields[name].is_hidden)
        else:
            names = self._objects(org.pk, text)
        return JsonResponse({"names": names, "version": orgs.version_for(org)})

    def _objects(self, org_id: int, text: str) -> list[str]:
        rows = SObject.objects.filter(org=org_id, is_present=True, queryable=True)
        if text:
            rows = rows.filter(Q(name__icontains=text) | Q(label__icontains=text))
        found = list(rows.order_by("name").values_list("name", flat=True))
        lowered = text.lower()
        found.sort(key=lambda name: (not name.lower().startswith(lowered), name))
        return found[:MOST_OBJECTS]

"""The fields of an object for the form of a plan, asked for while it is written."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from sfconnector import catalog, gateway
from sfconnector.admin.base import Page, row_key, visible_orgs
from sfconnector.admin.picker import offers_of
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SObject, SyncPlan
from sfconnector.wording import words_of


class FieldsPage(Page[SyncPlan]):
    """Give the boxes of a picker: from the catalog, by a POST from Salesforce."""

    verb = "fields"
    route = "fields/"
    methods = ("GET", "POST")
    template = "sfconnector/parts/picker_offer.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Answer also those who may only add plans."""
        may_add = request.user.has_perm("sfconnector.add_syncplan")
        return may_add or super().is_allowed(request)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Look the object up; ask the org only when a person wants that."""
        org = visible_orgs(request).filter(pk=row_key(request.GET.get("org"))).first()
        name = request.GET.get("sobject", "").strip()[:80]
        note = _("Choose an org and an object; its fields are then offered here.")
        if org is None or not name:
            return self._boxes(request, None, note=note)
        if request.method == "POST":
            return self._read(request, org, name)
        row = _row_of(org, name)
        if row is None and org.catalog_at:
            note = _("%(org)s has no object %(name)s.") % {"org": org, "name": name}
            return self._boxes(request, None, note=note)
        note = _("The fields of %(name)s were never read.") % {"name": name}
        return self._boxes(request, row, note=note, can_read=_may_read(request))

    def _read(self, request: HttpRequest, org: Org, name: str) -> HttpResponse:
        by = Actor.of(request)
        try:
            gateway.check_right(by, purpose="preview")
            row = catalog.describe(org, sobject=name, by=by)
        except SFConnectorError as error:
            return self._boxes(request, None, note=words_of(error))
        return self._boxes(request, row, note="")

    def _boxes(
        self, request: HttpRequest, row: SObject | None, **context: Any
    ) -> HttpResponse:
        boxes = [(one, False) for one in offers_of(row)]
        told = {"name": "fields", "boxes": boxes, **context}
        return TemplateResponse(request, self.template, told)


def _row_of(org: Org, name: str) -> SObject | None:
    rows = SObject.objects.filter(org=org, name__iexact=name)
    return rows.defer("describe").first()


def _may_read(request: HttpRequest) -> bool:
    try:
        gateway.check_right(Actor.of(request), purpose="preview")
    except SFConnectorError:
        return False
    return True

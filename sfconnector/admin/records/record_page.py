"""One cached record: its fields, its history, the raw JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector import catalog, permissions, records
from sfconnector.admin.base import Page, visible_orgs
from sfconnector.admin.records import browsing, cells
from sfconnector.admin.records.list_page import find_object
from sfconnector.admin.records.listing import columns_asked, read_listing
from sfconnector.admin.records.paging import asked_of, neighbours_of, related_to
from sfconnector.models import FieldChange, Record, SField, SObject, SyncPlan
from sfconnector.sync import NEVER_READ

FEW_CHANGES = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of the record as the page draws it."""

    name: str
    label: str
    kind: str
    html: SafeString
    why_empty: str
    is_custom: bool
    is_empty: bool


class RecordPage(Page[Record]):
    """Show a record whole."""

    verb = "show"
    route = "browse/<slug:alias>/<str:sobject>/<str:record_id>/"
    methods = ("GET",)
    template = "sfconnector/record.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the record."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        org = sobject.org
        record_id: str = arguments["record_id"]
        # MariaDB compares a column of ASCII with nothing else.
        rows = Record.objects.of(org, sobject.name).filter(record_id=record_id)
        record = rows.first() if record_id.isascii() else None
        if record is None:
            message = _("This record is not cached.")
            raise Http404(message)
        fields = catalog.fields_of(sobject)
        masks = catalog.masks_of(org)
        told = list(self._lines(sobject, record, fields, masks))
        around = self._around(request, sobject, record, fields)
        lines = [line for line in told if not (around["is_short"] and line.is_empty)]
        return self.render(
            request,
            **around,
            title=browsing.title_of(record, fields),
            sobject=sobject,
            org=org,
            record=record,
            lines=lines,
            hidden_count=len(told) - len(lines),
            related=related_to(
                sobject,
                record,
                browse=lambda name: self.admin.url("browse", org.alias, name),
                site=self.admin.admin_site.name,
            ),
            plan=self._plan(request, sobject),
            shown_json=masks.clean(record.data, of=sobject.name, instead=None),
            changes=_changes(record, fields),
            elsewhere=self._elsewhere(request, record),
            salesforce_url=browsing.salesforce_url(org, record.record_id),
        )

    def _lines(
        self,
        sobject: SObject,
        record: Record,
        fields: Mapping[str, SField],
        masks: catalog.Masks,
    ) -> Iterable[Line]:
        site = self.admin.admin_site.name
        context = cells.Context(
            currency=str(record.data.get("CurrencyIsoCode") or ""),
            links=browsing.links_for(
                sobject.org, [record], fields, names=fields, site=site
            ),
            is_list=False,
            masks=masks,
        )
        plan = SyncPlan.objects.filter(
            org=sobject.org_id, kind=SyncPlan.Kind.OBJECT, sobject=sobject.name
        ).first()
        unknown = [
            name
            for name in record.data
            if name not in fields and not masks.hides(name, of=sobject.name)
        ]
        for name in [*fields, *unknown]:
            if name == "attributes":
                continue
            field, value = fields.get(name), record.data.get(name)
            yield Line(
                name=name,
                label=field.label if field else "",
                kind=field.type if field else "",
                html=cells.draw(value, field, context),
                why_empty=why_empty(name, record, field, plan=plan),
                is_custom=bool(field and field.custom),
                is_empty=value is None or value == "",
            )

    def _around(
        self,
        request: HttpRequest,
        sobject: SObject,
        record: Record,
        fields: Mapping[str, SField],
    ) -> dict[str, Any]:
        """Return the ways to the list that led here and to the records beside."""
        asked = asked_of(request.GET)
        columns = records.columns_of(
            sobject, sample=record.data, fields=fields, asked=columns_asked(asked)
        )
        names = [column.name for column in columns]
        listing = read_listing(asked, sobject, fields, columns=names)
        query = listing.query() if listing.is_asked else ""
        beside = neighbours_of(record, sobject, listing)
        place = (sobject.org.alias, sobject.name)
        urls = [
            f"{self.admin.url('show', *place, key)}{query}" if key else ""
            for key in beside
        ]
        is_short = request.GET.get("empty") == "hide"
        toggled = listing.query(empty="" if is_short else "hide")
        return {
            "list_url": f"{self.admin.url('browse', *place)}{query}",
            "before_url": urls[0],
            "behind_url": urls[1],
            "is_short": is_short,
            "toggle_url": toggled,
        }

    def _plan(self, request: HttpRequest, sobject: SObject) -> SyncPlan | None:
        """Return the plan that would fetch the object anew, for who may run it."""
        if not self.admin.has_codename(request, permissions.SYNC):
            return None
        return SyncPlan.objects.filter(
            org=sobject.org_id, kind=SyncPlan.Kind.OBJECT, sobject=sobject.name
        ).first()

    def _elsewhere(self, request: HttpRequest, record: Record) -> list[tuple[str, Any]]:
        """Return the same record in other visible orgs (a sandbox keeps ids)."""
        others = Record.objects.filter(
            org__in=visible_orgs(request).exclude(pk=record.org_id),
            sobject=record.sobject,
            record_id=record.record_id,
        ).select_related("org")
        site = self.admin.admin_site.name
        return [
            (browsing.record_url(other.org, other, site=site), other.org)
            for other in others
        ]


def why_empty(
    name: str, record: Record, field: SField | None, *, plan: SyncPlan | None
) -> str:
    """Say why a field shows nothing; "" when it shows something.

    ``plan`` is the one that reads the object, None when there is none any more.
    """
    if field is not None and field.is_hidden:
        return _("Masked: never fetched nor shown.")
    if name not in record.data:
        return _why_not_fetched(name, field, plan)
    if record.data[name] is None:
        return _("Empty in Salesforce.")
    return ""


def _why_not_fetched(name: str, field: SField | None, plan: SyncPlan | None) -> str:
    if plan is None:
        return _("Not fetched: no plan reads this object any more.")
    if plan.fields and name not in plan.fields:
        return _("Not fetched: the plan does not list it.")
    if field is not None and field.type in NEVER_READ:
        return _("Not fetched: values of this type stay in Salesforce.")
    if name in plan.fields_read:
        return _("Not sent: the connected user may not read it in this record.")
    return _("Not fetched yet: it is new, or the connected user may not read it.")


def _changes(record: Record, fields: Mapping[str, SField]) -> list[FieldChange]:
    changes = FieldChange.objects.filter(
        org=record.org_id, sobject=record.sobject, record_id=record.record_id
    ).order_by("-seen_at")
    return [
        change
        for change in changes[:FEW_CHANGES]
        if change.field not in fields or not fields[change.field].is_hidden
    ]

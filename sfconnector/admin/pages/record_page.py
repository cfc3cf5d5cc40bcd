"""One cached record: its fields, its history, the raw JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector.admin import browsing, cells
from sfconnector.admin.base import Page, visible_orgs
from sfconnector.admin.filters import EQUALS, PREFIX
from sfconnector.admin.listing import is_quick
from sfconnector.admin.pages.record_list import find_object
from sfconnector.models import FieldChange, Record, SField, SObject, SyncPlan
from sfconnector.sync.plan import NEVER_READ

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
        record = (
            Record.objects.of(org, sobject.name)
            .filter(record_id=arguments["record_id"])
            .first()
        )
        if record is None:
            message = _("This record is not cached.")
            raise Http404(message)
        fields = browsing.fields_of(sobject)
        return self.render(
            request,
            title=browsing.title_of(record),
            sobject=sobject,
            org=org,
            record=record,
            lines=list(self._lines(sobject, record, fields)),
            shown_json=without_masked(record.data, fields),
            changes=_changes(record, fields),
            children=self._children(sobject, record),
            elsewhere=self._elsewhere(request, record),
            salesforce_url=browsing.salesforce_url(org, record.record_id),
        )

    def _lines(
        self, sobject: SObject, record: Record, fields: Mapping[str, SField]
    ) -> Iterable[Line]:
        site = self.admin.admin_site.name
        context = cells.Context(
            currency=str(record.data.get("CurrencyIsoCode") or ""),
            links=browsing.links_for(
                sobject.org, [record], fields, names=fields, site=site
            ),
            is_list=False,
        )
        plan = SyncPlan.objects.filter(
            org=sobject.org_id, kind=SyncPlan.Kind.OBJECT, sobject=sobject.name
        ).first()
        unknown = [name for name in record.data if name not in fields]
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
            )

    def _children(self, sobject: SObject, record: Record) -> list[tuple[str, str, str]]:
        """Return label, field and list of each kind of cached child records."""
        told = SObject.objects.filter(pk=sobject.pk).values_list("describe", flat=True)
        wanted = list(_relationships(told[0]))
        rows = SObject.objects.filter(
            org=sobject.org_id, name__in={name for name, _field in wanted}
        ).filter(live_count__gt=0)
        cached = {row.name: row for row in rows.defer("describe")}
        found = []
        for name, field in wanted:
            row = cached.get(name)
            if row is not None and is_quick(row, field):
                url = self.admin.url("browse", sobject.org.alias, name)
                query = urlencode({f"{PREFIX}{field}": f"{EQUALS}{record.record_id}"})
                found.append((row.label_plural or row.name, field, f"{url}?{query}"))
        return found

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


def _relationships(describe: Any) -> Iterable[tuple[str, str]]:
    """Yield object and field of each child relationship of a describe."""
    told = (describe or {}).get("childRelationships") or ()
    for one in told:
        if isinstance(one, dict) and one.get("childSObject") and one.get("field"):
            yield str(one["childSObject"]), str(one["field"])


def why_empty(
    name: str, record: Record, field: SField | None, *, plan: SyncPlan | None
) -> str:
    """Say why a field shows nothing; "" when it shows something.

    ``plan`` is the one that reads the object, None when there is none any more.
    """
    if field is not None and field.is_masked:
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


def without_masked(
    data: Mapping[str, Any], fields: Mapping[str, SField]
) -> dict[str, Any]:
    """Return the raw JSON with masked fields left out."""
    return {
        name: value
        for name, value in data.items()
        if name not in fields or not fields[name].is_masked
    }


def _changes(record: Record, fields: Mapping[str, SField]) -> list[FieldChange]:
    changes = FieldChange.objects.filter(
        org=record.org_id, sobject=record.sobject, record_id=record.record_id
    ).order_by("-seen_at")
    return [
        change
        for change in changes[:FEW_CHANGES]
        if change.field not in fields or not fields[change.field].is_masked
    ]

"""The cached records of one object of one org, as a list."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector import permissions, records
from sfconnector.admin import browsing, cells
from sfconnector.admin.base import Page, visible_orgs
from sfconnector.admin.listing import STATES, Listing, read_listing
from sfconnector.admin.paging import page_of
from sfconnector.models import Org, Record, SField, SObject


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as the list draws it."""

    record: Record
    url: str
    title: str
    values: list[tuple[SafeString, bool]]
    """Each value as HTML, and whether it is a number."""


def find_object(request: HttpRequest, alias: str, sobject: str) -> SObject:
    """Return the object of a visible org, or raise 404."""
    row = (
        SObject.objects.filter(org__in=visible_orgs(request), org__alias=alias)
        .filter(name=sobject)
        .select_related("org")
        .defer("describe")
        .first()
    )
    if row is None:
        message = _("There is no such object, or it is not for you.")
        raise Http404(message)
    return row


class RecordListPage(Page[Record]):
    """Browse the records of an object."""

    verb = "browse"
    route = "browse/<slug:alias>/<str:sobject>/"
    methods = ("GET",)
    template = "sfconnector/record_list.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show one page of the list."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        fields = browsing.fields_of(sobject)
        sample = browsing.sample_of(sobject)
        columns = records.columns_of(sobject, sample=sample, fields=fields)
        names = [column.name for column in columns]
        listing = read_listing(request.GET, sobject, fields, columns=names)
        page = page_of(
            listing.rows,
            listing.page,
            within=Record.objects.of(sobject.org, sobject.name),
            count=listing.known_count,
        )
        return self.render(
            request,
            title=sobject.label_plural or sobject.label or sobject.name,
            sobject=sobject,
            org=sobject.org,
            listing=listing,
            page=page,
            states=STATES,
            columns=[Head(column, listing) for column in columns],
            rows=self._draw(sobject.org, page.rows, fields, names),
            can_export=self.admin.has_codename(request, permissions.EXPORT_RECORDS),
            can_arrange=request.user.has_perm("sfconnector.change_sobject"),
            salesforce_url=browsing.salesforce_url(sobject.org),
        )

    def _draw(
        self,
        org: Org,
        found: list[Record],
        fields: Mapping[str, SField],
        names: list[str],
    ) -> list[Row]:
        site = self.admin.admin_site.name
        links = browsing.links_for(org, found, fields, names=names, site=site)
        shown = [(name, fields.get(name)) for name in names]
        drawn = []
        for record in found:
            context = cells.Context(
                currency=str(record.data.get("CurrencyIsoCode") or ""), links=links
            )
            values = [
                (
                    cells.draw(record.data.get(name), field, context),
                    cells.is_number(field),
                )
                for name, field in shown
            ]
            title = values.pop(0)[0] if values else record.record_id
            if names and record.data.get(names[0]) in (None, ""):
                title = record.record_id  # a dash is nothing to click on
            url = browsing.record_url(org, record, site=site)
            drawn.append(Row(record=record, url=url, title=title, values=values))
        return drawn


class Head:
    """The head of a column: its label, and how the list would be sorted by it."""

    def __init__(self, column: records.Column, listing: Listing) -> None:
        self.label = column.label
        self.is_number = column.type in cells.NUMBERS
        self.sort_query = listing.sort_query(column.name)
        self.direction = listing.direction_of(column.name)

"""The cached records of one object of one org, as a list."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector import catalog, permissions, records
from sfconnector.admin.base import Deed, Done, Page, done, row_key, visible_orgs
from sfconnector.admin.records import browsing, cells
from sfconnector.admin.records.listing import (
    STATES,
    Listing,
    columns_asked,
    read_listing,
)
from sfconnector.admin.records.paging import page_of
from sfconnector.audit import Actor
from sfconnector.models import Org, Record, SField, SObject


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as the list draws it."""

    record: Record
    url: str
    title: str
    values: list[tuple[str, SafeString, bool]]
    """The column's label, the value as HTML, and whether it is a number."""


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


class Asked(NamedTuple):
    """A list of records as a query string asks for it."""

    fields: Mapping[str, SField]
    columns: list[records.Column]
    listing: Listing


def asked_list(request: HttpRequest, sobject: SObject) -> Asked:
    """Read what the address asks of an object's list: for its page, files and views."""
    fields = catalog.fields_of(sobject)
    columns = records.columns_of(
        sobject,
        sample=browsing.sample_of(sobject),
        fields=fields,
        asked=columns_asked(request.GET),
    )
    names = [column.name for column in columns]
    listing = read_listing(request.GET, sobject, fields, columns=names)
    return Asked(fields, columns, listing)


class RecordListPage(Page[Record]):
    """Browse the records of an object."""

    verb = "browse"
    route = "browse/<slug:alias>/<str:sobject>/"
    methods = ("GET",)
    template = "sfconnector/record_list.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show one page of the list."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        fields, columns, listing = asked_list(request, sobject)
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
            is_popup=listing.is_popup,
            columns=[Head(column, listing) for column in columns],
            rows=self._draw(sobject.org, page.rows, fields, columns, listing),
            shown=listing.kept_query([one.name for one in columns]),
            views=list(records.views_of(sobject, user=request.user)),
            can_export=self.admin.has_codename(request, permissions.EXPORT_RECORDS),
            can_arrange=request.user.has_perm("sfconnector.change_sobject"),
            salesforce_url=browsing.salesforce_url(sobject.org),
        )

    def _draw(
        self,
        org: Org,
        found: list[Record],
        fields: Mapping[str, SField],
        columns: list[records.Column],
        listing: Listing,
    ) -> list[Row]:
        site = self.admin.admin_site.name
        names = [column.name for column in columns]
        links = browsing.links_for(org, found, fields, names=names, site=site)
        # Only an object that was never described shows what is not a field of its own.
        masks = catalog.Masks() if fields else catalog.masks_of(org)
        drawn = []
        for record in found:
            context = cells.Context(
                currency=str(record.data.get("CurrencyIsoCode") or ""),
                links=links,
                masks=masks,
            )
            values = [
                (
                    column.label,
                    cells.draw(
                        record.data.get(column.name), fields.get(column.name), context
                    ),
                    column.type in cells.NUMBERS,
                )
                for column in columns
            ]
            title = values.pop(0)[1] if values else record.record_id
            if names and record.data.get(names[0]) in (None, ""):
                title = record.record_id  # a dash is nothing to click on
            url = browsing.record_url(org, record, site=site)
            url += listing.query() if listing.is_asked else ""
            drawn.append(Row(record=record, url=url, title=title, values=values))
        return drawn


class Head:
    """The head of a column: its label, and how the list would be sorted by it."""

    def __init__(self, column: records.Column, listing: Listing) -> None:
        self.label = column.label
        self.is_number = column.type in cells.NUMBERS
        self.sort_query = listing.sort_query(column.name)
        self.direction = listing.direction_of(column.name)


class ViewsPage(Deed[Record]):
    """Keep the list that the address asks for, or delete one that was kept."""

    verb = "views"
    route = "browse/<slug:alias>/<str:sobject>/views/"

    def row_of(self, request: HttpRequest, **arguments: Any) -> SObject:
        """Return the object whose list it is."""
        return find_object(request, arguments["alias"], arguments["sobject"])

    def home_of(self, row: SObject) -> str:
        """Show the list."""
        return self.admin.url("browse", row.org.alias, row.name)

    def do(self, request: HttpRequest, row: SObject, *, by: Actor) -> Done:
        """Keep or delete a view of the person's own."""
        _fields, columns, listing = asked_list(request, row)
        if key := row_key(request.POST.get("forget")):
            records.forget_view(row, user=request.user, pk=key)
            back = self.home_of(row) + listing.query()
            return done(_("The view is deleted."), leads_to=back)
        query = listing.kept_query([column.name for column in columns])
        name = request.POST.get("name", "")
        view = records.keep_view(row, user=request.user, name=name, query=query)
        text = _("“%(name)s” is kept: its filters, order and columns.")
        return done(text % {"name": view.name}, leads_to=self.home_of(row) + query)

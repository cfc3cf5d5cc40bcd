"""The current list as a file: streamed, safe for spreadsheets, written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from sfconnector import audit, permissions, records
from sfconnector.admin import browsing
from sfconnector.admin.base import Page, client_address
from sfconnector.admin.listing import Listing, read_listing
from sfconnector.admin.pages.record_list import find_object
from sfconnector.models import Record, SObject

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheet programs that a CSV file is UTF-8."""
TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


class ExportPage(Page[Record]):
    """Give the list as CSV or JSON Lines."""

    verb = "export"
    route = "browse/<slug:alias>/<str:sobject>/export/"
    permission = permissions.EXPORT_RECORDS

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Stream the file of what the list shows, with its search and filters."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        fields = browsing.fields_of(sobject)
        listing = read_listing(request.GET, sobject, fields)
        kind = "jsonl" if request.POST.get("format") == "jsonl" else "csv"
        names = _names(sobject, [n for n, f in fields.items() if f.is_masked])
        audit.append(
            "records.export",
            user=request.user,
            org=sobject.org,
            detail={
                "sobject": sobject.name,
                "format": kind,
                "list": listing.query(),
            },
            client_address=client_address(request),
        )
        text = _("Exported records as %(kind)s.") % {"kind": kind.upper()}
        self.admin.note(request, sobject, text)
        response = StreamingHttpResponse(
            _lines(listing, kind, names), content_type=f"{TYPES[kind]}; charset=utf-8"
        )
        name = re.sub(r"[^\w.-]", "_", f"{sobject.org.alias}-{sobject.name}.{kind}")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response  # type: ignore[return-value]  # Django's stubs make it a sibling


def _names(sobject: SObject, masked: list[str]) -> list[str]:
    """Return the fields that were fetched and are not masked."""
    hidden = {"attributes", "Id", *masked}
    return [name for name in (browsing.sample_of(sobject) or ()) if name not in hidden]


def _lines(listing: Listing, kind: str, names: list[str]) -> Iterator[str]:
    if kind == "jsonl":
        return records.as_json_lines(listing.rows, fields=names)
    return chain([BYTE_ORDER_MARK], records.as_csv(listing.rows, fields=names))

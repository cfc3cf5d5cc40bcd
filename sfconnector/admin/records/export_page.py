"""The current list as a file: streamed, safe for spreadsheets, written down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import audit, permissions, records
from sfconnector.admin.base import Page
from sfconnector.admin.picker import FieldPicker, NamesField, offers_of
from sfconnector.admin.records import browsing
from sfconnector.admin.records.list_page import Asked, asked_list, find_object
from sfconnector.admin.records.listing import Listing
from sfconnector.audit import Actor
from sfconnector.models import Record, SField, SObject

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheet programs that a CSV file is UTF-8."""
SHOWN = 10
TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


class ChoiceForm(forms.Form):
    """Which fields an export has, in which order."""

    fields_chosen = NamesField(
        label=gettext_lazy("Fields"),
        widget=FieldPicker(
            text_label=gettext_lazy("As text, in the order of the columns")
        ),
    )

    def __init__(self, *args: Any, known: Mapping[str, SField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_fields_chosen(self) -> list[str]:
        """Refuse names of no field, and of masked ones alike."""
        chosen: list[str] = self.cleaned_data["fields_chosen"]
        if not chosen:
            raise ValidationError(_("Tick at least one field."))
        seen = {name for name, field in self.known.items() if not field.is_hidden}
        wrong = [name for name in chosen if name not in seen]
        if wrong:
            message = _("Not to be exported: %(names)s.")
            raise ValidationError(message % {"names": ", ".join(wrong[:SHOWN])})
        return chosen


class ExportPage(Page[Record]):
    """Give the list as CSV or JSON Lines."""

    verb = "export"
    route = "browse/<slug:alias>/<str:sobject>/export/"
    methods = ("GET", "POST")
    permission = permissions.EXPORT_RECORDS
    template = "sfconnector/record_export.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Stream the list: its columns, filters, order; or fields that are asked."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        asked = asked_list(request, sobject)
        shown = [column.name for column in asked.columns if column.name != "Id"]
        if request.method != "POST":
            form = ChoiceForm(initial={"fields_chosen": shown}, known=asked.fields)
            return self._ask(request, sobject, asked, form)
        chosen: list[str] | None = None
        if "fields_chosen" in request.POST:
            form = ChoiceForm(request.POST, known=asked.fields)
            if not form.is_valid():
                return self._ask(request, sobject, asked, form)
            chosen = [n for n in form.cleaned_data["fields_chosen"] if n != "Id"]
        return self._stream(request, sobject, asked, chosen, shown)

    def _ask(
        self, request: HttpRequest, sobject: SObject, asked: Asked, form: ChoiceForm
    ) -> HttpResponse:
        """Let the fields be chosen."""
        picker: Any = form.fields["fields_chosen"].widget
        picker.offers = offers_of(sobject, fields=asked.fields)
        return self.render(
            request,
            title=_("Export %(object)s") % {"object": sobject.label or sobject.name},
            sobject=sobject,
            org=sobject.org,
            form=form,
            listing=asked.listing,
            media=self.admin.media + form.media,
        )

    def _stream(
        self,
        request: HttpRequest,
        sobject: SObject,
        asked: Asked,
        chosen: list[str] | None,
        shown: list[str],
    ) -> HttpResponse:
        """Write down who exports what, and give it."""
        fields, listing = asked.fields, asked.listing
        is_whole = chosen is None and "all" in request.POST
        kind = "jsonl" if request.POST.get("format") == "jsonl" else "csv"
        names = shown if chosen is None else chosen
        if is_whole:
            hidden = [name for name, field in fields.items() if field.is_hidden]
            names = _names(sobject, hidden)
        audit.append(
            "records.export",
            by=Actor.of(request),
            org=sobject.org,
            detail={
                "sobject": sobject.name,
                "format": kind,
                "list": listing.query(),
                "fields": "all" if is_whole else chosen or "shown",
            },
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
    rows, in_order = listing.rows, bool(listing.sort)
    if kind == "jsonl":
        return records.as_json_lines(rows, fields=names, in_order=in_order)
    lines = records.as_csv(rows, fields=names, in_order=in_order)
    return chain([BYTE_ORDER_MARK], lines)

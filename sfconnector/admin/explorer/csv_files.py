"""The rows that a tab of the explorer shows, with all their pages, as a CSV file."""

from __future__ import annotations

import re
from itertools import chain

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from sfconnector import explorer
from sfconnector.admin.explorer.call_form import CallForm, QueryForm
from sfconnector.audit import Actor

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheet programs that a CSV file is UTF-8."""


def csv_of_call(form: CallForm, *, by: Actor) -> HttpResponse:
    """Send a GET once more and give its rows; raise what does not fit."""
    org = form.cleaned_data["org"]
    call = explorer.check(form.call(), origin=org.instance_url)
    rows = explorer.whole_answer(org, request=call, by=by)
    return _file({org.alias: rows}, org.alias)


def csv_of_query(form: QueryForm, *, by: Actor) -> HttpResponse:
    """Ask a query once more and give the rows of all orgs, with their aliases."""
    given = form.cleaned_data
    found = explorer.whole_query(
        list(given["orgs"]), soql=given["soql"], all_rows=given["all_rows"], by=by
    )
    rows = {org.alias: rows for org, rows in found.items()}
    name = (
        "-".join(rows) if len(rows) < 4 else _("%(count)d orgs") % {"count": len(rows)}
    )
    return _file(rows, name)


def _file(rows: dict[str, list[dict[str, object]]], name: str) -> HttpResponse:
    lines = explorer.csv_of(rows, of_many=_("org") if len(rows) > 1 else "")
    response = StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], lines), content_type="text/csv; charset=utf-8"
    )
    file = re.sub(r"[^\w.-]", "_", f"{name}.csv")
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # Django's stubs make it a sibling

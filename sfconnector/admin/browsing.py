"""What the record pages need to know: columns, parents, links to Salesforce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from sfconnector.models import Org, Record, SField, SObject

MOST_COLUMNS = 6
PREFERRED = (
    "AccountNumber",
    "CaseNumber",
    "FirstName",
    "LastName",
    "Company",
    "Subject",
    "Type",
    "Status",
    "StageName",
    "Amount",
    "CloseDate",
    "Priority",
    "Industry",
    "Email",
    "Phone",
    "BillingCity",
    "AccountId",
    "IsActive",
    "OwnerId",
    "CreatedDate",
)
"""Fields that people look for first, in the order of the columns."""
UNWIELDY = {"textarea", "address", "location", "base64", "encryptedstring", "anyType"}
NAME_FIELDS = ("Name", "CaseNumber", "Subject", "LastName", "Title", "DeveloperName")


def fields_of(row: SObject) -> dict[str, SField]:
    """Return the fields of an object by API name, in the order of its describe."""
    return {field.name: field for field in row.sfields.order_by("position")}


def name_field(fields: Mapping[str, SField]) -> str:
    """Return the field that names a record; "Name" when the describe is not known."""
    for field in fields.values():
        if field.name_field:
            return field.name
    return next((name for name in NAME_FIELDS if name in fields), "Name")


def sample_of(row: SObject) -> dict[str, Any] | None:
    """Return the data of one cached record, which tells what was fetched.

    Ordered by the unique key: the model's own order would sort all by their org.
    """
    rows = Record.objects.of(row.org, row.name)
    first = rows.order_by("org_id", "sobject", "record_id").first()
    return first.data if first else None


def columns_of(
    row: SObject, fields: Mapping[str, SField], sample: Mapping[str, Any] | None
) -> list[str]:
    """Return the fields that the list shows: those chosen, or a sensible choice.

    ``sample`` is the data of one cached record: a field that was never fetched
    makes no column.
    """
    chosen = [name for name in row.columns if name in fields or not fields]
    if chosen:
        return chosen
    fetched = set(sample or fields) - {"attributes", "Id"}
    title = name_field(fields)
    ranked = [title, *PREFERRED, *_rest(fields, fetched)]
    shown = [name for name in dict.fromkeys(ranked) if name in fetched]
    if title == "Name" and {"FirstName", "LastName"} <= set(shown):
        shown = [name for name in shown if name not in {"FirstName", "LastName"}]
    return shown[:MOST_COLUMNS]


def _rest(fields: Mapping[str, SField], fetched: Iterable[str]) -> Iterable[str]:
    if not fields:
        return sorted(fetched)
    handy = [field for field in fields.values() if field.type not in UNWIELDY]
    return [field.name for field in sorted(handy, key=lambda field: not field.custom)]


def links_for(
    org: Org,
    records: Sequence[Record],
    fields: Mapping[str, SField],
    *,
    names: Iterable[str],
    site: str,
) -> dict[str, tuple[str, str]]:
    """Return URL and name of the cached parents of some records, in one query."""
    wanted = Q()
    for name in names:
        field = fields.get(name)
        if field is None or field.type != "reference":
            continue
        ids = {record.data.get(name) for record in records} - {None, ""}
        for target in field.reference_to if ids else ():
            wanted |= Q(sobject=target, record_id__in=ids)
    if not wanted:
        return {}
    parents = Record.objects.filter(wanted, org=org).only(
        "sobject", "record_id", "data"
    )
    return {
        parent.record_id: (record_url(org, parent, site=site), title_of(parent))
        for parent in parents
    }


def title_of(record: Record) -> str:
    """Return what a record is called, its id when it has no name."""
    data = record.data
    for name in NAME_FIELDS:
        if data.get(name):
            return str(data[name])
    return record.record_id


def record_url(org: Org, record: Record, *, site: str) -> str:
    """Return the admin's page of a record."""
    return reverse(
        "admin:sfconnector_record_show",
        args=[org.alias, record.sobject, record.record_id],
        current_app=site,
    )


def salesforce_url(org: Org, record_id: str = "") -> str:
    """Return the address of the org, or of one record in it; "" when not known."""
    base = org.instance_url.rstrip("/")
    if not base.startswith(("https://", "http://")):
        return ""
    return f"{base}/{quote(record_id, safe='')}"

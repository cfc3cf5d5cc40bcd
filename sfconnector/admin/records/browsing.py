"""What the record pages need to know: columns, parents, links to Salesforce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from sfconnector import catalog
from sfconnector.models import Org, Record, SField, SObject
from sfconnector.records import NAMES

ID_LENGTHS = (15, 18)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a record id: a word may have it, too."""
    return (
        len(text) in ID_LENGTHS
        and text.isascii()
        and text.isalnum()
        and any(mark.isdigit() for mark in text)
    )


def sample_of(row: SObject) -> dict[str, Any] | None:
    """Return the data of one cached record, which tells what was fetched.

    Ordered by the unique key: the model's own order would sort all by their org.
    """
    rows = Record.objects.of(row.org, row.name)
    first = rows.order_by("org_id", "sobject", "record_id").first()
    return first.data if first else None


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
        told = (record.data.get(name) for record in records)
        values = {value for value in told if value and isinstance(value, str)}
        # MariaDB refuses to compare ids, which are ASCII there, with other text.
        ids = {value for value in values if value.isascii()}
        for target in field.reference_to if ids else ():
            wanted |= Q(sobject=target, record_id__in=ids)
    if not wanted:
        return {}
    parents = Record.objects.filter(wanted, org=org).only(
        "sobject", "record_id", "data"
    )
    known = parents.annotate(has_hidden_name=catalog.hides_one_of(NAMES))
    return {
        parent.record_id: (
            record_url(org, parent, site=site),
            parent.record_id if vars(parent)["has_hidden_name"] else title_of(parent),
        )
        for parent in known
    }


def title_of(record: Record, fields: Mapping[str, SField] = {}) -> str:
    """Return what a record is called, its id when it has no name to be seen."""
    data = record.data
    for name in NAMES:
        is_hidden = name in fields and fields[name].is_hidden
        if data.get(name) and not is_hidden:
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

"""Reading the cache: counts, columns, search and values as Python types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from sfconnector.models import Org, Record, SObject
from sfconnector.models.records import RecordQuerySet
from sfconnector.records.columns import columns_of

RECORD_ID = re.compile(r"[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?")
SHORT_TERM = 3
"""Shorter terms are searched as beginnings: no index can find them inside a text."""
SAMPLE = 100
EMPTY = (None, "")
SEARCHABLE = frozenset(
    {"string", "email", "phone", "url", "picklist", "combobox", "id", "reference"}
)


def count_of(org: Org, sobject: str, *, with_deleted: bool = False) -> int:
    """Return how many records are cached, from the counter that the sync keeps."""
    column = "total_count" if with_deleted else "live_count"
    row = SObject.objects.filter(org=org, name=sobject).values_list(column, flat=True)
    return row.first() or 0


def search(org: Org, *, sobject: SObject, text: str) -> RecordQuerySet:
    """Return the records whose id or one of whose columns contains a text.

    Only the columns of the list are searched: searching whole records reads every
    page of the table. Terms under three characters match beginnings only.
    """
    columns = [one for one in columns_of(sobject) if one.type in SEARCHABLE]
    # Aliased: ``data__Name__c`` would be read as two steps into the JSON.
    keys = {
        f"column_{n}": KeyTransform(one.name, "data") for n, one in enumerate(columns)
    }
    rows = Record.objects.of(org, sobject.name).alias(**keys)
    for term in text.split():
        rows = rows.filter(_matches(term, list(keys)))
    return rows


def _matches(term: str, keys: list[str]) -> Q:
    how = "icontains" if len(term) >= SHORT_TERM else "istartswith"
    match = Q()
    if RECORD_ID.fullmatch(term):
        match |= Q(record_id__startswith=term)
    for key in keys:
        match |= Q(**{f"{key}__{how}": term})
    return match if match else Q(pk=None)


def filled(org: Org, *, sobject: str, fields: Iterable[str]) -> dict[str, float]:
    """Return for each field the share of the newest cached records that hold a value.

    Of a sample: a form must not read a million records. Empty where none is cached.
    """
    rows = Record.objects.of(org, sobject)
    newest = rows.order_by("-org_id", "-sobject", "-record_id")[:SAMPLE]
    values = list(newest.values_list("data", flat=True))
    if not values:
        return {}
    return {
        name: sum(one.get(name) not in EMPTY for one in values) / len(values)
        for name in fields
        if any(name in one for one in values)
    }


Value = str | int | bool | Decimal | date | datetime | time | dict[str, Any] | None


def typed(value: Any, type_: str) -> Any:
    """Return a cached value as the Python type that its field's type calls for.

    A value that does not fit its type comes back as it is.
    """
    if value is None or not isinstance(value, (str, int, float, Decimal)):
        return value
    reader = READERS.get(type_)
    if reader is None or isinstance(value, bool):
        return value
    try:
        result = reader(str(value))
    except (ValueError, InvalidOperation):
        return value
    return value if result is None else result


READERS: dict[str, Any] = {
    "currency": Decimal,
    "double": Decimal,
    "percent": Decimal,
    "date": parse_date,
    "datetime": parse_datetime,
    "time": parse_time,
}


def value_at(data: dict[str, Any], name: str) -> Any:
    """Return the value under a field name; ``Owner.Name`` looks into the parent."""
    value: Any = data
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value

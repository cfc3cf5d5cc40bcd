"""Field-level history of cached records, for plans that ask for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from sfconnector.models import FieldChange, Org, Record
from sfconnector.records.rows import Row, Target

NOT_HISTORY = frozenset(
    {"attributes", "SystemModstamp", "LastViewedDate", "LastReferencedDate"}
)
"""They change with every look or every change: no news in themselves."""
CHUNK = 500


def note(target: Target, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Write down how these rows differ from what is stored; return the fields by id.

    Call inside the transaction that stores the rows, before it does.
    """
    changes: list[FieldChange] = []
    fresh = {row.record_id: row for row in rows}
    for key, before in _stored(target, list(fresh)):
        row = fresh[key]
        moment = parse_datetime(row.stamp) if row.stamp else None
        for field, old, new in differences(before, json.loads(row.data)):
            changes.append(
                FieldChange(
                    org_id=target.org_id,
                    sobject=target.sobject,
                    record_id=key,
                    field=field,
                    before=old,
                    after=new,
                    changed_at=moment,
                )
            )
    FieldChange.objects.bulk_create(changes, batch_size=CHUNK)
    fields: dict[str, list[str]] = {}
    for change in changes:
        fields.setdefault(change.record_id, []).append(change.field)
    return fields


def _stored(target: Target, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = Record.objects.filter(org=target.org_id, sobject=target.sobject)
    for start in range(0, len(ids), CHUNK):
        some = rows.filter(record_id__in=ids[start : start + CHUNK])
        yield from some.values_list("record_id", "data")


def differences(
    before: dict[str, Any], after: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, before, after) for each field whose value differs.

    A field that was not fetched before is no change: its old value is unknown.
    """
    for field, new in after.items():
        if field in NOT_HISTORY or field not in before:
            continue
        if before[field] != new:
            yield field, before[field], new


def as_of(record: Record, moment: datetime) -> dict[str, Any]:
    """Return the record's fields as they were at a moment, as far as history reaches.

    Changes are undone from the newest to the oldest one after ``moment``.
    """
    values = dict(record.data)
    later = Q(changed_at__gt=moment) | Q(changed_at=None, seen_at__gt=moment)
    changes = FieldChange.objects.filter(
        later, org=record.org_id, sobject=record.sobject, record_id=record.record_id
    )
    for change in changes.order_by("-pk"):
        values[change.field] = change.before
    return values


def prune(org: Org, *, sobject: str, days: int, now: datetime | None = None) -> int:
    """Delete the history of an object older than so many days; return how many."""
    horizon = (now or timezone.now()) - timedelta(days=days)
    old = FieldChange.objects.filter(org=org, sobject=sobject, seen_at__lt=horizon)
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:5_000]):
        deleted += FieldChange.objects.filter(pk__in=ids).delete()[0]
    return deleted

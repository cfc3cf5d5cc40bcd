"""Field-level history of cached records, for plans that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from sfconnector import catalog
from sfconnector.models import FieldChange, Org, Record
from sfconnector.records.comparing import ABSENT, Difference
from sfconnector.records.rows import Row, Target

NOT_HISTORY = frozenset(
    {"attributes", "SystemModstamp", "LastViewedDate", "LastReferencedDate"}
)
"""They change with every look or every change: no news in themselves."""
CHUNK = 500


def note(
    target: Target, rows: Sequence[Row], found: Mapping[str, Sequence[Difference]]
) -> None:
    """Write down how rows differ from what is stored (see ``differences_of``)."""
    changes = [
        FieldChange(
            org_id=target.org_id,
            sobject=target.sobject,
            record_id=row.record_id,
            field=field,
            before=old,
            after=new,
            changed_at=parse_datetime(row.stamp) if row.stamp else None,
        )
        for row in rows
        for field, old, new in news(found.get(row.record_id, ()))
    ]
    FieldChange.objects.bulk_create(changes, batch_size=CHUNK)


def news(differences: Iterable[Difference]) -> Iterator[Difference]:
    """Leave out what is no news in itself.

    A field that was not fetched before is no change: its old value is unknown.
    """
    for field, old, new in differences:
        if field not in NOT_HISTORY and ABSENT not in (old, new):
            yield field, old, new


def as_of(record: Record, moment: datetime) -> dict[str, Any]:
    """Return the record's fields as they were at a moment, as far as history reaches.

    Changes are undone from the newest to the oldest one after ``moment``. What may not
    be seen is left out.
    """
    values = dict(record.data)
    masks = catalog.masks_of(record.org_id)
    later = Q(changed_at__gt=moment) | Q(changed_at=None, seen_at__gt=moment)
    changes = FieldChange.objects.filter(
        later, org=record.org_id, sobject=record.sobject, record_id=record.record_id
    )
    for change in changes.order_by("-pk"):
        values[change.field] = change.before
    shown: dict[str, Any] = masks.clean(values, of=record.sobject, instead=None)
    return shown


def prune(org: Org, *, sobject: str, days: int, now: datetime | None = None) -> int:
    """Delete the history of an object older than so many days; return how many."""
    horizon = (now or timezone.now()) - timedelta(days=days)
    old = FieldChange.objects.filter(org=org, sobject=sobject, seen_at__lt=horizon)
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:5_000]):
        deleted += FieldChange.objects.filter(pk__in=ids).delete()[0]
    return deleted

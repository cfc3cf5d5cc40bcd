"""Masked values in records that a full pass does not write anew."""

from __future__ import annotations

from collections.abc import Iterator

from sfconnector import catalog, exact_json, records
from sfconnector.catalog import Masks
from sfconnector.models import Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.sync.work.work import Work

STEP = 500


def strip(work: Work) -> None:
    """Take what may not be seen out of records that the org does not send any more.

    Those that are deleted, gone, hidden or out of the plan's filter stay as they were
    read last, perhaps before a field was masked.
    """
    masks = catalog.masks_of(work.org)
    for rows in _unread(work) if masks else ():
        with work.transaction():
            work.write()  # nobody else writes this object's records meanwhile
            _clean(rows, masks, work.shape.sobject)
        work.look_around()


def _unread(work: Work) -> Iterator[RecordQuerySet]:
    """Yield them some at a time; no transaction waits while they are looked for."""
    rows = Record.objects.of(work.org, work.shape.sobject)
    unread = rows.exclude(state=Record.State.LIVE).order_by("record_id")
    after = ""
    while ids := list(
        unread.filter(record_id__gt=after).values_list("record_id", flat=True)[:STEP]
    ):
        yield rows.filter(record_id__in=ids)
        after = ids[-1]


def _clean(rows: RecordQuerySet, masks: Masks, sobject: str) -> None:
    for record in rows.select_for_update():
        left = masks.clean(record.data, of=sobject, instead=None)
        if left != record.data:
            raw = exact_json.dumps(left).encode()
            Record.objects.filter(pk=record.pk).update(
                data=left, content_hash=records.content_hash(raw)
            )

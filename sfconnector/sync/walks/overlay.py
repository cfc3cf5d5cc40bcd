"""Some fields of an object laid over its cached rows, beside what its plan reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from sfconnector import exact_json, records
from sfconnector.models import Record
from sfconnector.records import Row, Target
from sfconnector.sync.readers import rest, wide
from sfconnector.sync.work.checkpoints import Overlay
from sfconnector.sync.work.pipe import Pipe
from sfconnector.sync.work.work import Work


def walk(work: Work) -> None:
    """Read the shape's fields of every record, and write them where one is cached.

    A record that is not cached stays so: a row with some of its columns would look
    whole to the plan. Its stamp stays too, so that the plan still sees what changed.
    """
    work.write(checkpoint=Overlay())
    reader = rest.Reader(work.shape, version=work.client.api_version)
    source = wide.pages(work, partial(_compose, work), read=reader)
    unknown = 0
    pipe = Pipe(source, weight=lambda page: page.byte_count, idle=work.look_around)
    with pipe:
        while (batch := pipe.drain()) is not None:
            rows = [row for page in batch for row in page.rows]
            merged = list(_merged(work, rows))
            cleaned = [page.cleaned for page in batch]
            place = work.checkpoint
            work.commit(merged, checkpoint=place, fetched=len(rows), cleaned=cleaned)
            unknown += len(rows) - len(merged)
    if unknown:
        work.warn(
            f"{unknown:,} records are not cached yet; a run of the plan reads them."
        )


def _compose(work: Work, fields: Sequence[str]) -> str:
    return work.shape.full(fields=fields)


def _merged(work: Work, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the records that are cached, with the values that were read."""
    cached = _cached(work.target, rows)
    for row in rows:
        record = cached.get(row.record_id)
        if record is None:
            continue
        kept = {name: record.data.get(name) for name in _kept(work, record)}
        data = {**record.data, **exact_json.loads(row.data), **kept}
        raw = exact_json.dumps(data).encode()
        yield Row(
            record_id=row.record_id,
            state=record.state,
            stamp=_on_the_wire(record.system_modstamp),
            content_hash=records.content_hash(raw),
            data=raw,
        )


def _kept(work: Work, record: Record) -> list[str]:
    """Name what says from when a record is: still from the plan's last run."""
    names = ("Id", "IsDeleted", work.shape.cursor_field)
    return [name for name in names if name in record.data]


def _cached(target: Target, rows: Sequence[Row]) -> dict[str, Record]:
    ids = [row.record_id for row in rows]
    known = Record.objects.filter(org=target.org_id, sobject=target.sobject)
    return {record.record_id: record for record in known.filter(record_id__in=ids)}


def _on_the_wire(stamp: datetime | None) -> str | None:
    """Write a moment as the org does."""
    if stamp is None:
        return None
    return stamp.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "+0000"

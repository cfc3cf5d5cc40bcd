"""An incremental read by REST: what changed since the cursor, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.records import Applied
from sfconnector.sync import plan as planning
from sfconnector.sync import rest, wide
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.rest import Page
from sfconnector.sync.work import Work


def walk(work: Work, *, most: int | None = None) -> bool:
    """Read from the checkpoint to the end; True when the end was reached.

    False, with nothing written, when more than ``most`` records changed: then Bulk
    is the better way. Raises Corrupt when rows are missing.
    """
    window = work.checkpoint.get("window")
    while True:
        arrived = _read(work, window, most)
        if arrived is None:
            return False
        if arrived != window:
            return True


def _read(work: Work, window: int | None, most: int | None) -> int | None:
    compose = partial(_compose, work, work.checkpoint, window)
    reader = rest.Reader(stamp_field=work.shape.cursor_field, warn=work.warn)
    source = wide.pages(work, compose, read=reader)
    arrived = 0
    pipe = Pipe(source, weight=lambda page: page.byte_count, idle=work.look_around)
    with pipe:
        while (batch := pipe.drain()) is not None:
            total = batch[-1].total
            if most is not None and not arrived and total > most:
                return None
            arrived += sum(page.row_count for page in batch)
            _commit(work, batch)
            if batch[-1].is_last and arrived < total:
                _start_over(work)
                raise Corrupt(f"Only {arrived:,} of {total:,} records arrived.")
    return arrived


def _compose(
    work: Work, checkpoint: dict[str, Any], window: int | None, fields: Sequence[str]
) -> str:
    after = None
    if checkpoint.get("moment"):
        after = (planning.parse_stamp(checkpoint["moment"]), checkpoint["after"])
    since = planning.since(
        work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
    )
    return work.shape.changes(since=since, after=after, limit=window, fields=fields)


def _start_over(work: Work) -> None:
    """Forget the place: which of the pages was short cannot be told."""
    kept = {"kind", "by", "started", "window", "room", "stalls", "stalled_at"}
    work.write(
        checkpoint={k: v for k, v in work.checkpoint.items() if k in kept}, fetched=0
    )


def _commit(work: Work, batch: Sequence[Page]) -> None:
    rows = [row for page in batch for row in page.rows]
    work.note_seen(rows)
    checkpoint = work.checkpoint
    if rows:
        checkpoint |= {"moment": rows[-1].stamp, "after": rows[-1].record_id}

    def forget(applied: Applied) -> None:
        changed = [*applied.created, *applied.updated, *applied.deleted]
        rest.forget_digests(
            org_id=work.run.org_id, sobject=work.shape.sobject, ids=changed
        )

    values: dict[str, Any] = {}
    if work.run.expected is None:
        values["expected"] = batch[-1].total
    work.commit(rows, checkpoint=checkpoint, also=forget, **values)

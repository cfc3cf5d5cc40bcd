"""An incremental read by REST: what changed since the cursor, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.records import Applied
from sfconnector.sync import plan as planning
from sfconnector.sync import rest
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.rest import Page
from sfconnector.sync.work import Work


def walk(work: Work) -> None:
    """Read from the checkpoint to the end. Raises Corrupt when rows are missing."""
    checkpoint = work.checkpoint
    since = planning.since(
        work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
    )
    after = None
    if checkpoint.get("moment"):
        after = (planning.parse_stamp(checkpoint["moment"]), checkpoint["after"])
    source = rest.pages(
        work.client,
        work.shape.changes(since=since, after=after),
        all_rows=work.shape.with_deleted,
        read=rest.Reader(stamp_field=work.shape.cursor_field, warn=work.warn),
    )
    arrived = 0
    with Pipe(source, weight=lambda page: page.byte_count) as pipe:
        while (batch := pipe.drain()) is not None:
            arrived += sum(page.row_count for page in batch)
            commit(work, batch)
            if batch[-1].is_last and arrived < batch[-1].total:
                work.write(checkpoint={"kind": "changes"}, fetched=0)
                raise Corrupt(
                    f"Only {arrived:,} of {batch[-1].total:,} records arrived."
                )


def commit(work: Work, batch: Sequence[Page]) -> None:
    """Write some pages of changes with the place they reach to."""
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

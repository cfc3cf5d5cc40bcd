"""An incremental read by REST: what changed since the cursor, oldest first."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

from sfconnector.exceptions import Corrupt
from sfconnector.records import Applied
from sfconnector.sync import moments
from sfconnector.sync.readers import rest, wide
from sfconnector.sync.readers.rest import Page
from sfconnector.sync.walks import digests
from sfconnector.sync.work.checkpoints import Changes
from sfconnector.sync.work.distinct import Distinct
from sfconnector.sync.work.pipe import Pipe
from sfconnector.sync.work.work import Work
from sfconnector.texts import gettext_noop as _


def walk(work: Work, *, most: int | None = None) -> bool:
    """Read from the checkpoint to the end; True when the end was reached.

    False, with nothing written, when more than ``most`` records changed: then Bulk
    is the better way. Raises Corrupt when rows are missing.
    """
    window = work.at(Changes).window
    began = time.monotonic()
    while True:
        arrived = _read(work, window, most, began)
        if arrived is None:
            return False
        if arrived != window:
            return True


def _read(work: Work, window: int | None, most: int | None, began: float) -> int | None:
    compose = partial(_compose, work, work.at(Changes), window)
    reader = rest.Reader(work.shape, version=work.client.api_version)
    source = wide.pages(work, compose, read=reader)
    arrived, ids = 0, Distinct()
    pipe = Pipe(source, weight=lambda page: page.byte_count, idle=work.look_around)
    with pipe:
        while (batch := pipe.drain()) is not None:
            total = rest.announced(batch, arrived)
            if most is not None and not arrived and total > most:
                return None
            arrived += sum(page.row_count for page in batch)
            if arrived > total:
                _refuse(
                    work,
                    _("More records arrived than the {total:,} announced.").format(
                        total=total
                    ),
                )
            ids.take(0, [row.record_id for page in batch for row in page.rows])
            _commit(work, batch, began)
            if batch[-1].is_last and arrived < total:
                _refuse(
                    work,
                    _("Only {arrived:,} of {total:,} records arrived.").format(
                        arrived=arrived, total=total
                    ),
                )
    ids.close(0)
    if again := ids.repeated():
        # Their order tells nothing: a record that changes meanwhile moves its stamp.
        _refuse(
            work,
            _("{again:,} ids came twice, so that many records are missing.").format(
                again=again
            ),
        )
    return arrived


def _refuse(work: Work, reason: str) -> NoReturn:
    work.start_over(work.checkpoint.restarted())
    raise Corrupt(reason)


def _compose(
    work: Work, checkpoint: Changes, window: int | None, fields: Sequence[str]
) -> str:
    after = None
    if checkpoint.moment:
        after = (moments.parse_stamp(checkpoint.moment), checkpoint.after)
    since = moments.since(
        work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
    )
    return work.shape.changes(since=since, after=after, limit=window, fields=fields)


def _commit(work: Work, batch: Sequence[Page], began: float) -> None:
    rows = [row for page in batch for row in page.rows]
    work.note_seen(rows)
    checkpoint = work.at(Changes)
    if not checkpoint.started:  # by the org's clock, which its answer has told
        passed = timedelta(seconds=time.monotonic() - began)
        started = moments.stamp_of(work.client.server_now() - passed)
        checkpoint = dataclasses.replace(checkpoint, started=started)
    if rows:
        moment, after = rows[-1].stamp or "", rows[-1].record_id
        checkpoint = dataclasses.replace(checkpoint, moment=moment, after=after)

    def forget(applied: Applied) -> None:
        changed = [*applied.created, *applied.updated, *applied.deleted]
        digests.forget(work.target, changed)

    values: dict[str, Any] = {}
    if work.run.expected is None:
        values["expected"] = batch[-1].total
    cleaned = [page.cleaned for page in batch]
    work.commit(rows, checkpoint=checkpoint, cleaned=cleaned, also=forget, **values)

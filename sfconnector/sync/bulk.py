"""Reading by Bulk API 2.0: a job, waited for, then streamed page by page."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from sfconnector.exceptions import (
    Corrupt,
    NotFound,
    SFConnectorError,
    SyncCancelled,
)
from sfconnector.records import Applied, Row
from sfconnector.salesforce.bulk import BulkQuery, JobInfo
from sfconnector.sync import plan as planning
from sfconnector.sync import rest
from sfconnector.sync.csv_rows import Rows
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.work import Work

ROWS_PER_BATCH = 2_000
REFUSALS = frozenset(
    {
        "INVALIDENTITY",
        "InvalidEntity",
        "API_ERROR",
        "FeatureNotEnabled",
        "BulkJobFailed",
        "BulkJobAborted",
        "ExceededQuota",
        "LIMIT_EXCEEDED",
    }
)
"""Codes that mean: read this by REST instead."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of a page; the last one of a page says where the next begins."""

    rows: list[Row] = dataclasses.field(repr=False)
    ends_page: bool = False
    next_locator: str | None = None

    @property
    def byte_count(self) -> int:
        """Return about how much memory the rows take."""
        return sum(len(row.data) for row in self.rows)


def walk(work: Work) -> None:
    """Read a job to its end, from the page where an earlier worker stopped.

    Raises Corrupt when rows are missing, and InvalidRequest with one of ``REFUSALS``
    for what Bulk cannot read.
    """
    resume(work)
    jobs = BulkQuery(work.client)
    info = _complete(work, jobs, _job(work, jobs))
    checkpoint = work.checkpoint
    if checkpoint.get("done"):
        return
    source = _batches(work, jobs, info, checkpoint)
    try:
        pipe = Pipe(
            source, weight=lambda batch: batch.byte_count, idle=work.look_around
        )
        with pipe:
            while (batches := pipe.drain()) is not None:
                _commit(work, batches)
    except Corrupt:
        _start_over(work)
        raise
    work.write(checkpoint=work.checkpoint | {"done": True})
    with contextlib.suppress(SFConnectorError):
        jobs.delete(info.id, version=info.api_version or None)


def _job(work: Work, jobs: BulkQuery) -> JobInfo:
    """Return the run's job, started when there is none (any more)."""
    checkpoint = work.checkpoint
    if checkpoint.get("job"):
        try:
            return jobs.info(checkpoint["job"], version=checkpoint["version"] or None)
        except NotFound:
            _start_over(work)
            checkpoint = work.checkpoint
    since = None
    if checkpoint["kind"] == "changes":
        since = planning.since(
            work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
        )
    info = jobs.start(
        work.shape.for_bulk(since=since), all_rows=work.shape.with_deleted
    )
    checkpoint |= {"job": info.id, "version": info.api_version}
    work.write(phase="waiting", checkpoint=checkpoint)
    return info


def _complete(work: Work, jobs: BulkQuery, info: JobInfo) -> JobInfo:
    """Wait for the job; a cancelled run aborts it, a stopped worker leaves it."""
    try:
        for look in jobs.poll(info.id, version=info.api_version or None):
            info = look.checked()
            work.look_around()
    except SyncCancelled:
        with contextlib.suppress(SFConnectorError):
            jobs.abort(info.id, version=info.api_version or None)
        raise
    work.write(phase="reading", expected=info.records_processed)
    return info


def _batches(
    work: Work, jobs: BulkQuery, info: JobInfo, checkpoint: dict[str, Any]
) -> Iterator[Batch]:
    """Yield the rows from the checkpoint's page on; runs in the fetching thread."""
    version = info.api_version or work.client.api_version
    pages: Any = jobs.pages(
        info, locator=checkpoint.get("locator"), already=checkpoint.get("before", 0)
    )
    with contextlib.closing(pages):  # an error leaves no connection open
        for page in pages:
            if page.columns:
                read = Rows(work.shape, page.columns, version=version)
                for lines in page.batches(ROWS_PER_BATCH):
                    yield Batch(rows=read(lines))
            yield Batch(rows=[], ends_page=True, next_locator=page.next_locator)


def _commit(work: Work, batches: Sequence[Batch]) -> None:
    checkpoint = work.checkpoint
    for batch in batches:
        checkpoint["in_page"] = checkpoint.get("in_page", 0) + len(batch.rows)
        if batch.ends_page:
            checkpoint["before"] = checkpoint.get("before", 0) + checkpoint["in_page"]
            checkpoint |= {"locator": batch.next_locator, "in_page": 0}
    rows = [row for batch in batches for row in batch.rows]
    work.note_seen(rows)

    def note(applied: Applied) -> None:
        changed = [*applied.created, *applied.updated, *applied.deleted]
        if not checkpoint.get("filling"):
            rest.forget_digests(
                org_id=work.run.org_id, sobject=work.shape.sobject, ids=changed
            )
        checkpoint["met"] = checkpoint.get("met", 0) + applied.met

    work.commit(rows, checkpoint=checkpoint, also=note)


def resume(work: Work) -> None:
    """Go back to the start of a page that was left half-way.

    Its rows were counted among those met, so that sum proves nothing any more.
    """
    checkpoint = work.checkpoint
    if checkpoint.get("in_page"):
        checkpoint |= {"in_page": 0, "recount": True}
        work.write(
            checkpoint=checkpoint, fetched=checkpoint.get("before", work.run.fetched)
        )


def _start_over(work: Work) -> None:
    """Forget the job: which of its pages was short cannot be told."""
    kept = {"kind", "by", "started", "cached", "stalls", "stalled_at"}
    checkpoint = {k: v for k, v in work.checkpoint.items() if k in kept}
    work.write(checkpoint=checkpoint, fetched=0)

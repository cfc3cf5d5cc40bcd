"""Reading by Bulk API 2.0: a job, waited for, then streamed page by page."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from sfconnector import conf
from sfconnector.exceptions import (
    Corrupt,
    NotFound,
    SFConnectorError,
    SyncCancelled,
    Transient,
)
from sfconnector.records import Applied
from sfconnector.salesforce.bulk import BulkQuery, JobInfo, Pace
from sfconnector.sync import plan as planning
from sfconnector.sync import rest, results
from sfconnector.sync.pipe import Pipe
from sfconnector.sync.results import Batch
from sfconnector.sync.work import Work

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
        "BulkJobSlow",
    }
)
"""Codes that mean: read this by REST instead."""


def walk(work: Work) -> None:
    """Read a job to its end, from the page where an earlier worker stopped.

    Raises Corrupt when rows are missing, and InvalidRequest with one of ``REFUSALS``
    for what Bulk cannot read.
    """
    if work.checkpoint.get("done"):
        return
    resume(work)
    jobs = BulkQuery(work.client)
    info = _job(work, jobs)
    patient = BulkQuery(work.client, pace=Pace(deadline_s=_patience(work)))
    info = _complete(work, patient, info)
    source = results.batches(work, jobs, info, work.checkpoint)
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
    asked = work.client.server_now().strftime(planning.STAMP)
    checkpoint |= {"job": info.id, "version": info.api_version, "asked": asked}
    work.write(phase="waiting", checkpoint=checkpoint)
    return info


def _patience(work: Work) -> float:
    """Return for how many seconds the job may still run, whoever waited for it."""
    most = conf.current().bulk_wait_seconds
    asked = work.checkpoint.get("asked")
    if asked is None:  # an older version began the run
        return most
    passed = work.client.server_now() - planning.parse_stamp(asked)
    return max(most - max(passed.total_seconds(), 0), 0)


def _complete(work: Work, jobs: BulkQuery, info: JobInfo) -> JobInfo:
    """Wait for the job; a stopped worker leaves it to the next one.

    It is aborted when the run is cancelled, and when it takes too long: a job that is
    stuck would otherwise count among the org's jobs for ever.
    """
    try:
        for look in jobs.poll(info.id, version=info.api_version or None):
            info = look.checked()
            work.look_around()
    except (SyncCancelled, Transient) as error:
        if isinstance(error, Transient) and error.code != "BulkJobSlow":
            raise
        with contextlib.suppress(SFConnectorError):
            jobs.abort(info.id, version=info.api_version or None)
        raise
    work.write(phase="reading", expected=info.records_processed)
    return info


def _commit(work: Work, batches: Sequence[Batch]) -> None:
    checkpoint = work.checkpoint
    opened = dict(checkpoint.get("open", {}))
    for batch in batches:
        page = str(batch.page)
        opened[page] = opened.get(page, 0) + len(batch.rows)
        if batch.ends_page:
            checkpoint["before"] = checkpoint.get("before", 0) + opened.pop(page)
            checkpoint["finished"] = [*checkpoint.get("finished", []), batch.page]
            checkpoint["locator"] = batch.next_locator
    checkpoint["open"] = opened
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
    """Go back to the start of pages that were left half-way.

    Their rows were counted among those met, so that sum proves nothing any more.
    """
    checkpoint = work.checkpoint
    if checkpoint.get("open"):
        checkpoint |= {"open": {}, "recount": True}
        work.write(checkpoint=checkpoint, fetched=checkpoint.get("before", 0))


def _start_over(work: Work) -> None:
    """Forget the job: which of its pages was short cannot be told."""
    kept = {"kind", "by", "started", "cached", "stalls", "stalled_at"}
    checkpoint = {k: v for k, v in work.checkpoint.items() if k in kept}
    # Should the list of pages have been at fault, they are read in their order now.
    checkpoint["one_by_one"] = True
    work.write(checkpoint=checkpoint, fetched=0)

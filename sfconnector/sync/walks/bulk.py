"""Reading by Bulk API 2.0: a job, waited for, then streamed page by page."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence

from sfconnector import conf
from sfconnector.exceptions import (
    Corrupt,
    NotFound,
    SFConnectorError,
    SyncCancelled,
    Transient,
)
from sfconnector.models import Record, SyncRun
from sfconnector.records import Applied
from sfconnector.salesforce.bulk import BulkQuery, JobInfo, Pace
from sfconnector.salesforce.bulk.query import NO_QUERY_JOBS
from sfconnector.salesforce.client import Client
from sfconnector.sync import moments
from sfconnector.sync.readers import results
from sfconnector.sync.readers.checking import MISFIT
from sfconnector.sync.readers.results import Batch
from sfconnector.sync.walks import digests
from sfconnector.sync.work.checkpoints import BulkJob, Checkpoint, FullBulkJob
from sfconnector.sync.work.interrupts import LeaseLost
from sfconnector.sync.work.pipe import Pipe
from sfconnector.sync.work.work import Work
from sfconnector.texts import gettext_noop as _

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
        "OPERATION_TOO_LARGE",
        "QUERY_TIMEOUT",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TOO_COMPLICATED",
        NO_QUERY_JOBS,
    }
)
"""Codes that mean: read this by REST instead."""


def walk(work: Work) -> None:
    """Read a job to its end, from the page where an earlier worker stopped.

    Raises Corrupt when rows are missing, and InvalidRequest with one of ``REFUSALS``
    for what Bulk cannot read. A run that is over leaves no job behind.
    """
    if work.at(BulkJob).done:
        return
    try:
        _read(work)
    except SyncCancelled:
        discard(work.client, work.checkpoint)
        raise
    except LeaseLost:
        # Whoever has taken the run over goes on with the job, nobody after a purge.
        if not SyncRun.objects.active().filter(pk=work.run.pk).exists():
            discard(work.client, work.checkpoint)
        raise


def discard(client: Client, place: Checkpoint) -> bool:
    """Abort the job of a place, and delete it: nobody waits for it.

    False when the org could not be asked just now.
    """
    if not isinstance(place, BulkJob) or not place.job:
        return True
    jobs = BulkQuery(client)
    for end in (jobs.abort, jobs.delete):
        try:
            end(place.job, version=place.version or None)
        except SFConnectorError as error:  # refused: it has ended, or is gone
            if error.retry:
                return False
    return True


def _read(work: Work) -> None:
    resume(work)
    jobs = BulkQuery(work.client)
    info = _job(work, jobs)
    patient = BulkQuery(work.client, pace=Pace(deadline_s=_patience(work)))
    info = _complete(work, patient, info)
    source = results.batches(work, jobs, info, work.at(BulkJob))
    try:
        pipe = Pipe(
            source, weight=lambda batch: batch.byte_count, idle=work.look_around
        )
        with pipe:
            while (batches := pipe.drain()) is not None:
                _commit(work, batches)
        _check_distinct(work)
    except Corrupt as error:
        if error.code != MISFIT:  # the result is whole, it was only read wrongly
            _start_over(work)
        raise
    work.write(checkpoint=dataclasses.replace(work.at(BulkJob), done=True))
    with contextlib.suppress(SFConnectorError):
        jobs.delete(info.id, version=info.api_version or None)


def _job(work: Work, jobs: BulkQuery) -> JobInfo:
    """Return the run's job, started when there is none (any more)."""
    place = work.at(BulkJob)
    if place.job:
        try:
            return jobs.info(place.job, version=place.version or None)
        except NotFound:
            _start_over(work)
    since = None
    if not work.run.is_full:
        since = moments.since(
            work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
        )
    info = jobs.start(
        work.shape.for_bulk(since=since), all_rows=work.shape.with_deleted
    )
    started = dataclasses.replace(
        work.at(BulkJob),
        job=info.id,
        version=info.api_version,
        asked=moments.stamp_of(work.client.server_now()),
    )
    work.write(phase="waiting", checkpoint=started)
    return info


def _patience(work: Work) -> float:
    """Return for how many seconds the job may still run, whoever waited for it."""
    most = conf.current().bulk_wait_seconds
    asked = work.at(BulkJob).asked
    if not asked:  # an older version began the run
        return most
    passed = work.client.server_now() - moments.parse_stamp(asked)
    return max(most - max(passed.total_seconds(), 0), 0)


def _complete(work: Work, jobs: BulkQuery, info: JobInfo) -> JobInfo:
    """Wait for the job; a stopped worker leaves it to the next one.

    It is aborted when it takes too long: a job that is stuck would otherwise count
    among the org's jobs for ever.
    """
    try:
        for look in jobs.poll(info.id, version=info.api_version or None):
            info = look.checked()
            work.look_around()
    except Transient as error:
        if error.code == "BulkJobSlow":
            with contextlib.suppress(SFConnectorError):
                jobs.abort(info.id, version=info.api_version or None)
        raise
    work.write(phase="reading", expected=info.records_processed)
    return info


def _commit(work: Work, batches: Sequence[Batch]) -> None:
    place = work.at(BulkJob)
    for batch in batches:
        place = _behind(place, batch)
        work.distinct.take(batch.page, [row.record_id for row in batch.rows])
        if batch.ends_page:
            work.distinct.close(batch.page)
    rows = [row for batch in batches for row in batch.rows]
    work.note_seen(rows)

    def forget(applied: Applied) -> BulkJob:
        changed = [*applied.created, *applied.updated, *applied.deleted]
        if not place.filling:
            digests.forget(work.target, changed)
        return dataclasses.replace(place, met=place.met + applied.met)

    cleaned = [batch.cleaned for batch in batches]
    work.commit(rows, checkpoint=place, cleaned=cleaned, also=forget)


def _check_distinct(work: Work) -> None:
    """Raise Corrupt when ids came twice: so many others are missing.

    The sum of the rows says nothing of that, and a job answers in no order.
    """
    if again := work.distinct.repeated():
        raise Corrupt(
            _("{again:,} ids came twice, so that many records are missing.").format(
                again=again
            )
        )


def _behind(place: BulkJob, batch: Batch) -> BulkJob:
    """Return the place behind a batch."""
    opened = dict(place.open)
    page = str(batch.page)
    opened[page] = opened.get(page, 0) + len(batch.rows)
    if not batch.ends_page:
        return dataclasses.replace(place, open=opened)
    return dataclasses.replace(
        place,
        before=place.before + opened.pop(page),
        finished=[*place.finished, batch.page],
        locator=batch.next_locator,
        open=opened,
    )


def resume(work: Work) -> None:
    """Go back to the start of pages that were left half-way.

    Their rows were counted among those met, so that sum proves nothing any more.
    """
    place = work.at(BulkJob)
    work.distinct.leave_open()
    if place.open:
        gone_back = dataclasses.replace(place, open={}, recount=True)
        work.write(checkpoint=gone_back, fetched=place.before)


def _start_over(work: Work) -> None:
    """Forget the job: which of its pages was short cannot be told.

    What it has created so far is met by the next one, so those that are to be met are
    counted anew; otherwise one that is purged meanwhile would make up for a new one.
    """
    work.distinct.clear()
    fresh = work.at(BulkJob).restarted()
    if isinstance(fresh, FullBulkJob):
        fresh = dataclasses.replace(fresh, cached=cached(work))
    work.start_over(fresh)


def cached(work: Work) -> int:
    """Count the records that a full pass should meet."""
    rows = Record.objects.of(work.org, work.shape.sobject)
    return rows.filter(state__in=(Record.State.LIVE, Record.State.DELETED)).count()

"""Owns an org's bulk jobs: which there are, and what a request to them does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from salesforce_simulator import ids
from salesforce_simulator.bulk.asking import Answer, Ask, BulkError, not_found
from salesforce_simulator.bulk.creation import (
    make_ingest_job,
    make_query_job,
    read_options,
)
from salesforce_simulator.bulk.exports import DEFAULT_RECORDS, QueryJob
from salesforce_simulator.bulk.job import ABORTED, FINAL, OPEN, UPLOADED, Pace
from salesforce_simulator.bulk.loads import IngestJob

QUERY_JOBS_SINCE: Final = 47.0
"""API version; ingest jobs are older."""
MAX_QUERY_JOBS: Final = 10_000
KEPT: Final = timedelta(days=7)
LIST_SIZE: Final = 1_000
_RESULTS: Final = frozenset(
    {"successfulresults", "failedresults", "unprocessedrecords"}
)

AnyJob: TypeAlias = QueryJob | IngestJob


class Jobs:
    """The bulk jobs of one org. Safe for threads.

    pace, default_records (rows of a result page when maxRecords is not given) and
    max_query_jobs (per 24 hours) may be changed at any time.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        default_records: int = DEFAULT_RECORDS,
        max_query_jobs: int = MAX_QUERY_JOBS,
    ) -> None:
        self.pace = pace or Pace()
        self.default_records = default_records
        self.max_query_jobs = max_query_jobs
        self._clock = clock
        self._jobs: dict[str, AnyJob] = {}
        self._number = 0
        self._failures: list[str] = []
        self._lock = threading.RLock()

    def fail_next(self, message: str = "InternalServerError") -> None:
        """Let the next job that is created end as Failed, with this errorMessage."""
        self._failures.append(message)

    def clear(self) -> None:
        """Forget all jobs."""
        with self._lock:
            self._jobs.clear()
            self._failures.clear()

    def handle(self, ask: Ask) -> Answer:
        """Answer a request to ``/jobs/query…`` or ``/jobs/ingest…``.

        Raises BulkError with the status, code and message of a refusal.
        """
        with self._lock:
            now = self.advance()
            if not ask.parts or ask.parts[0].lower() not in ("query", "ingest"):
                raise not_found()
            kind = ask.parts[0].lower()
            if kind == "query" and ask.caller.release < QUERY_JOBS_SINCE:
                raise not_found()
            if len(ask.parts) == 1:
                return self._collection(kind, ask, now)
            job = self._find(kind, ask.parts[1])
            if len(ask.parts) == 2:
                return self._one(job, ask, now)
            if len(ask.parts) == 3:
                return self._part(job, ask)
            raise not_found()

    def advance(self) -> datetime:
        """Do what is due by now, and return now.

        Whoever serves the org calls this before other requests, too, so that rows
        of an ingest job are there though nobody asked for the job.
        """
        with self._lock:
            now = self._clock()
            for job in list(self._jobs.values()):
                job.advance(now)
                if now - job.created > KEPT:
                    del self._jobs[job.id]
            return now

    def _find(self, kind: str, job_id: str) -> AnyJob:
        job = self._jobs.get(ids.to18(job_id[:15]))
        wanted = QueryJob if kind == "query" else IngestJob
        if job is None or not isinstance(job, wanted):
            raise not_found()
        return job

    def _collection(self, kind: str, ask: Ask, now: datetime) -> Answer:
        if ask.method == "POST":
            return Answer(value=self._create(kind, ask, now).created_info())
        if ask.method == "GET":
            return self._list(kind, ask)
        raise _not_allowed(ask.method, "GET,POST")

    def _list(self, kind: str, ask: Ask) -> Answer:
        wanted = QueryJob if kind == "query" else IngestJob
        start = ask.query.get("queryLocator", "")
        first = int(start) if start.isdigit() else 0
        found = [job for job in self._jobs.values() if isinstance(job, wanted)]
        kinds = ask.query.get("jobType")
        listed = [job.listed() for job in found if kinds in (None, job.job_type)]
        stop = first + LIST_SIZE
        done = stop >= len(listed)
        base = f"/services/data/v{ask.caller.version}/jobs/{kind}"
        return Answer(
            value={
                "done": done,
                "records": listed[first:stop],
                "nextRecordsUrl": None if done else f"{base}?queryLocator={stop}",
            }
        )

    def _one(self, job: AnyJob, ask: Ask, now: datetime) -> Answer:
        if ask.method == "GET":
            return Answer(value=job.info())
        if ask.method == "PATCH":
            return self._change(job, ask, now)
        if ask.method == "DELETE":
            if job.state not in FINAL and job.state != OPEN:
                raise BulkError(
                    400,
                    "INVALIDJOBSTATE",
                    "Deleting not Closed Job not allowed: the job is in state "
                    f"{job.state}",
                )
            del self._jobs[job.id]
            return Answer(204)
        raise _not_allowed(ask.method, "GET,PATCH,DELETE")

    def _change(self, job: AnyJob, ask: Ask, now: datetime) -> Answer:
        state = read_options(ask).get("state")
        if state == ABORTED:
            job.abort(now)
        elif state == UPLOADED and isinstance(job, IngestJob):
            job.close(now)
            answer = Answer(value=job.short_info())
            job.advance(now)
            return answer
        else:
            raise BulkError(400, "INVALIDJOB", f"InvalidJob : Invalid state: {state}")
        return Answer(value=job.short_info())

    def _part(self, job: AnyJob, ask: Ask) -> Answer:
        name = ask.parts[2].lower()
        if isinstance(job, IngestJob):
            return _ingest_part(job, ask, name)
        if ask.method != "GET" or name not in ("results", "resultpages"):
            raise not_found()
        job.default_records = self.default_records
        locator = ask.query.get("locator", "")
        version = ask.caller.version
        if name == "resultpages":
            base = f"/services/data/v{version}"
            return job.result_pages(version=version, base=base, locator=locator)
        most = ask.query.get("maxRecords", "")
        return job.results(version=version, locator=locator, most=most)

    def _create(self, kind: str, ask: Ask, now: datetime) -> AnyJob:
        if kind == "query":
            self._check_quota(now)
        self._number += 1
        job_id = ids.make("750", self._number)
        job: AnyJob
        if kind == "query":
            job = make_query_job(job_id, ask, now=now, pace=self.pace)
        else:
            job = make_ingest_job(job_id, ask, now=now, pace=self.pace)
        job.failure = self._failures.pop(0) if self._failures else ""
        self._jobs[job.id] = job
        return job

    def _check_quota(self, now: datetime) -> None:
        day = now - timedelta(hours=24)
        recent = [
            job
            for job in self._jobs.values()
            if isinstance(job, QueryJob) and job.created > day
        ]
        if len(recent) >= self.max_query_jobs:
            raise BulkError(
                400,
                "LIMIT_EXCEEDED",
                f"Max bulk v2 query jobs ({self.max_query_jobs}) per 24 hrs has been "
                "reached",
            )


def _ingest_part(job: IngestJob, ask: Ask, name: str) -> Answer:
    if name == "batches" and ask.method == "PUT":
        job.upload(ask.body)
        return Answer(201)
    if name not in _RESULTS or ask.method != "GET":
        raise not_found()
    kinds = {one.lower(): one for one in ("successfulResults", "failedResults")}
    return job.results(kinds.get(name, name))


def _not_allowed(method: str, allowed: str) -> BulkError:
    return BulkError(
        405,
        "METHOD_NOT_ALLOWED",
        f"HTTP Method '{method}' not allowed. Allowed are {allowed}",
    )

"""An org's jobs of batches: which there are, and what a request to them does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from salesforce_simulator import ids
from salesforce_simulator.batches import rendering
from salesforce_simulator.batches.batch import (
    COMPLETE,
    FAILED,
    Batch,
    Load,
    Query,
)
from salesforce_simulator.batches.bodies import (
    MEDIA,
    check_media,
    read_description,
    read_records,
)
from salesforce_simulator.batches.chunking import Chunking
from salesforce_simulator.batches.errors import AsyncError, of_bulk
from salesforce_simulator.batches.job import ABORTED, CLOSED, OPEN, Job
from salesforce_simulator.bulk import BulkError, Caller, Pace
from salesforce_simulator.bulk.creation import (
    OPERATIONS,
    QUERIES,
    check_supported,
    external_id,
)

KEPT: Final = timedelta(days=7)


@dataclass(frozen=True)
class Ask:
    """One request: the path after ``/job``, and what came with it."""

    method: str
    parts: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller
    is_json: bool

    @property
    def media(self) -> str:
        """The content type that was sent."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its content type, and its bytes in pieces."""

    chunks: Iterable[bytes]
    media: str
    status: int = 200


class BatchJobs:
    """The jobs of one org. Safe for threads."""

    def __init__(
        self, *, clock: Callable[[], datetime], pace: Callable[[], Pace]
    ) -> None:
        self._clock = clock
        self._pace = pace
        self._jobs: dict[str, Job] = {}
        self._numbers = {"750": 0, "751": 0, "752": 0}
        self._lock = threading.RLock()

    def clear(self) -> None:
        """Forget all jobs."""
        with self._lock:
            self._jobs.clear()

    def advance(self) -> datetime:
        """Do what is due by now, and return now."""
        with self._lock:
            now = self._clock()
            for job in list(self._jobs.values()):
                for batch in list(job.batches.values()):
                    batch.advance(now)
                if now - job.created > KEPT:
                    del self._jobs[job.id]
            return now

    def handle(self, ask: Ask) -> Answer:
        """Answer a request to ``/job…``. Raises `AsyncError`."""
        with self._lock:
            now = self.advance()
            try:
                return self._handle(ask, now)
            except BulkError as error:
                raise of_bulk(error) from error

    def _handle(self, ask: Ask, now: datetime) -> Answer:
        if not ask.parts:
            _only(ask, "POST")
            told = self._create(ask, now).info()
            return _told("jobInfo", told, is_json=ask.is_json, status=201)
        job = self._find(ask.parts[0])
        rest = ask.parts[1:]
        if not rest:
            if ask.method != "GET":
                _only(ask, "POST")
                self._change(job, ask, now)
            return _told("jobInfo", job.info(), is_json=ask.is_json)
        if rest[0].lower() != "batch":
            raise _no_such(ask)
        if len(rest) == 1:
            return self._batches(job, ask, now)
        return self._batch(job, ask, rest[1:])

    def _find(self, job_id: str) -> Job:
        job = self._jobs.get(ids.to18(job_id[:15]))
        if job is None:
            raise AsyncError("InvalidJob", f"Unable to find job for id: {job_id}")
        return job

    def _next(self, prefix: str) -> str:
        # Bulk API 2.0 counts from the start of the same prefix.
        self._numbers[prefix] += 1
        return ids.make(prefix, 10**9 + self._numbers[prefix])

    def _create(self, ask: Ask, now: datetime) -> Job:
        told = read_description(ask.body, is_json=ask.is_json)
        operation = str(told.get("operation") or "")
        if operation not in (*OPERATIONS, *QUERIES):
            raise AsyncError("InvalidJob", f"Unknown operation: {operation}")
        name = str(told.get("object") or "")
        sobject = ask.caller.schema.object(name)
        if sobject is None:
            raise AsyncError("InvalidEntity", f"Unable to find object: {name}")
        check_supported(sobject)
        kind = str(told.get("contentType") or "XML")
        if kind not in MEDIA:
            raise AsyncError("InvalidJob", f"contentType {kind} is not supported")
        wanted = ask.headers.get("sforce-enable-pkchunking", "")
        job = Job(
            self._next("750"),
            operation=operation,
            sobject=sobject,
            kind=kind,
            caller=ask.caller,
            created=now,
            concurrency=str(told.get("concurrencyMode") or "Parallel"),
            external_id=external_id(told, operation, sobject),
            chunking=Chunking.asked(wanted) if operation in QUERIES else None,
        )
        self._jobs[job.id] = job
        return job

    def _change(self, job: Job, ask: Ask, now: datetime) -> None:
        state = str(read_description(ask.body, is_json=ask.is_json).get("state"))
        if state not in {CLOSED, ABORTED}:
            raise AsyncError("InvalidJobState", f"A job cannot become {state}")
        if job.state == ABORTED or (job.state == CLOSED and state == CLOSED):
            message = f"The job is {job.state}; it cannot become {state}"
            raise AsyncError("InvalidJobState", message)
        job.state = state
        if state == ABORTED:
            for batch in job.batches.values():
                batch.stop(now)

    def _batches(self, job: Job, ask: Ask, now: datetime) -> Answer:
        if ask.method == "GET":
            listed = [batch.info() for batch in job.batches.values()]
            return _told("batchInfoList", {"batchInfo": listed}, is_json=job.is_json)
        _only(ask, "POST")
        if job.state != OPEN:
            message = f"Can't add batches to job {job.id}, which is {job.state}"
            raise AsyncError("InvalidJobState", message)
        check_media(job.kind, ask.media)
        if job.operation in QUERIES:
            batch = self._add_query(job, ask, now)
        else:
            batch = self._add_load(job, ask, now)
        return _told("batchInfo", batch.info(), is_json=job.is_json, status=201)

    def _add_load(self, job: Job, ask: Ask, now: datetime) -> Batch:
        batch = Load(
            **self._common(job, ask.body, ask.media, now),
            operation=job.operation,
            sobject=job.sobject,
            external_id=job.external_id,
            caller=ask.caller,
            records=read_records(job.kind, ask.body),
        )
        job.batches[batch.id] = batch
        return batch

    def _add_query(self, job: Job, ask: Ask, now: datetime) -> Batch:
        if not ask.body.strip():
            raise AsyncError("ClientInputError", "The batch holds no query")
        first = self._query(job, ask, ask.body, now)
        if job.chunking is None:
            return first
        text = ask.body.decode("utf-8", "replace")
        store, name = ask.caller.store, job.sobject.name
        try:
            parts = list(job.chunking.statements(text, store=store, sobject=name))
        except AsyncError:
            del job.batches[first.id]
            raise
        first.stop(now)
        for part in parts:
            self._query(job, ask, part.encode(), now)
        return first

    def _query(self, job: Job, ask: Ask, body: bytes, now: datetime) -> Query:
        batch = Query(
            **self._common(job, body, ask.media, now),
            caller=ask.caller,
            include_deleted=job.operation == "queryAll",
            sobject=job.sobject,
            result_id=self._next("752"),
        )
        job.batches[batch.id] = batch
        return batch

    def _common(self, job: Job, body: bytes, media: str, now: datetime) -> Any:
        return {
            "id": self._next("751"),
            "job_id": job.id,
            "request": body,
            "media": media,
            "created": now,
            "pace": self._pace(),
        }

    def _batch(self, job: Job, ask: Ask, rest: tuple[str, ...]) -> Answer:
        _only(ask, "GET")
        batch = job.batches.get(ids.to18(rest[0][:15]))
        if batch is None:
            raise AsyncError("InvalidBatch", f"Unable to find batch for id: {rest[0]}")
        if len(rest) == 1:
            return _told("batchInfo", batch.info(), is_json=job.is_json)
        part = rest[1].lower()
        if part == "request" and len(rest) == 2:
            return Answer([batch.request], batch.media)
        if part != "result" or len(rest) > 3:
            raise _no_such(ask)
        return _result(job, ask, batch, rest[2] if len(rest) == 3 else "")


def _result(job: Job, ask: Ask, batch: Batch, result_id: str) -> Answer:
    if batch.state not in {COMPLETE, FAILED} or batch.message:
        message = f"Batch {batch.id} is {batch.state} and has no results"
        raise AsyncError("InvalidBatch", message)
    if isinstance(batch, Load) and not result_id:
        written = rendering.outcomes(batch.written, job.kind)
        return Answer([written], rendering.TYPES[job.kind])
    if not isinstance(batch, Query) or batch.table is None:
        raise _no_such(ask)
    if not result_id:
        return _told("result-list", {"result": [batch.result_id]}, is_json=job.is_json)
    if result_id[:15] != batch.result_id[:15]:
        raise AsyncError("InvalidBatch", f"Unable to find result: {result_id}")
    base = f"/services/data/v{job.caller.version}"
    name = job.sobject.name
    pieces = rendering.rows(batch.table, job.kind, sobject=name, base=base)
    return Answer(pieces, rendering.TYPES[job.kind])


def _told(
    name: str, value: dict[str, Any], *, is_json: bool, status: int = 200
) -> Answer:
    body = rendering.document(name, value, is_json=is_json)
    return Answer([body], rendering.TYPES["JSON" if is_json else "XML"], status)


def _only(ask: Ask, method: str) -> None:
    if ask.method != method:
        message = f"{ask.method} is not allowed here; use {method}"
        raise AsyncError("MethodNotAllowed", message, status=405)


def _no_such(ask: Ask) -> AsyncError:
    path = "/".join(ask.parts)
    return AsyncError("InvalidUrl", f"There is nothing at job/{path}", status=404)

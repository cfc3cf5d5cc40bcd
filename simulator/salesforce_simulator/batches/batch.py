"""One batch: its states, which take their time, and what it does when it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from salesforce_simulator.batches.bodies import Cells
from salesforce_simulator.bulk import BulkError, Caller, Pace
from salesforce_simulator.bulk.creation import make_plan
from salesforce_simulator.bulk.writing import ColumnError, Writer, Written
from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.soql import QueryError, Table

QUEUED: Final = "Queued"
RUNNING: Final = "InProgress"
COMPLETE: Final = "Completed"
FAILED: Final = "Failed"
NOT_PROCESSED: Final = "NotProcessed"
FINAL: Final = frozenset({COMPLETE, FAILED, NOT_PROCESSED})


@dataclass(kw_only=True)
class Batch:
    """One batch of a job. Time passes when somebody asks, see `advance`."""

    id: str
    job_id: str
    request: bytes
    media: str
    created: datetime
    pace: Pace
    state: str = QUEUED
    message: str = ""
    changed: datetime = field(init=False)
    processed: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        self.changed = self.created

    def advance(self, now: datetime) -> None:
        """Bring the batch to its state at ``now``; the work is done when it starts."""
        start = self.created + timedelta(seconds=self.pace.queue_seconds)
        if self.state == QUEUED and now >= start:
            self._enter(RUNNING, start)
            self.work(now)
        end = start + timedelta(seconds=self.pace.run_seconds)
        if self.state == RUNNING and now >= end:
            self._enter(FAILED if self.message else COMPLETE, end)

    def stop(self, now: datetime, *, why: str = "") -> None:
        """Leave the batch undone; nothing happens to one that has ended."""
        if self.state == QUEUED:
            self.message = why
            self._enter(NOT_PROCESSED, now)

    def work(self, now: datetime) -> None:
        """Do the batch; set ``message`` if it cannot be done."""

    def info(self) -> dict[str, Any]:
        """The batch as it is described."""
        spent = round(self.pace.run_seconds * 1000) if self.state in FINAL else 0
        return {
            "id": self.id,
            "jobId": self.job_id,
            "state": self.state,
            "stateMessage": self.message or None,
            "createdDate": _moment(self.created),
            "systemModstamp": _moment(self.changed),
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            "totalProcessingTime": spent,
            "apiActiveProcessingTime": spent // 2,
            "apexProcessingTime": 0,
        }

    def _enter(self, state: str, moment: datetime) -> None:
        self.state = state
        self.changed = max(moment, self.changed)


@dataclass(kw_only=True)
class Load(Batch):
    """Rows to insert, update, upsert or delete; one that fails stops no other."""

    operation: str
    sobject: SObjectType
    external_id: str | None
    caller: Caller
    records: list[Cells]
    written: list[Written] = field(default_factory=list)

    def work(self, now: datetime) -> None:
        """Write the rows in their order."""
        del now
        writers: dict[tuple[str, ...], Writer] = {}
        try:
            for header, _ in self.records:
                if tuple(header) not in writers:
                    writers[tuple(header)] = self._writer(header)
        except ColumnError as error:
            self.message = str(error)
            return
        for header, cells in self.records:
            self.written.append(writers[tuple(header)].write(cells))
        self.processed = len(self.written)
        self.failed = sum(error is not None for _, _, error in self.written)
        self.records = []

    def _writer(self, header: list[str]) -> Writer:
        return Writer(
            self.operation,
            self.sobject,
            header,
            external_id=self.external_id,
            caller=self.caller,
        )


@dataclass(kw_only=True)
class Query(Batch):
    """A statement; its rows are those of the moment at which it ran."""

    caller: Caller
    include_deleted: bool
    sobject: SObjectType
    result_id: str
    table: Table | None = None

    def work(self, now: datetime) -> None:
        """Select the rows; they are made when they are fetched."""
        context = self.caller.context(include_deleted=self.include_deleted, now=now)
        try:
            plan = make_plan(self.request.decode("utf-8", "replace").strip(), context)
            if plan.sobject.name != self.sobject.name:
                self.message = (
                    "InvalidBatch : Failed to process query: the job is about "
                    f"{self.sobject.name}, not {plan.sobject.name}"
                )
                return
            self.table = plan.run()
            self.processed = self.table.total
        except (BulkError, QueryError) as error:
            told = f"{error.code}: {error.message}"
            self.message = f"InvalidBatch : Failed to process query: {told}"


def _moment(moment: datetime) -> str:
    return wire_datetime(moment.replace(microsecond=0)).replace("+0000", "Z")

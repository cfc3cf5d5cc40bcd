"""Owns ingest jobs: what was uploaded, what became of each row, and the results."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from salesforce_simulator.bulk.asking import Answer, BulkError, csv_answer
from salesforce_simulator.bulk.dialect import quoted
from salesforce_simulator.bulk.job import OPEN, UPLOADED, Job
from salesforce_simulator.bulk.writing import ColumnError, Writer, told
from salesforce_simulator.schema import SObjectType

MAX_UPLOAD: Final = 150 * 1024 * 1024
MAX_HEADER: Final = 32_000
Cells = list[str]


@dataclass
class Outcome:
    """The rows of an upload by what became of them, each with its leading cells."""

    header: Cells = field(default_factory=list)
    successful: list[tuple[Cells, Cells]] = field(default_factory=list)
    failed: list[tuple[Cells, Cells]] = field(default_factory=list)
    unprocessed: list[Cells] = field(default_factory=list)


class IngestJob(Job):
    """A job of ``/jobs/ingest``."""

    job_type = "V2Ingest"

    def __init__(
        self,
        job_id: str,
        *,
        operation: str,
        sobject: SObjectType,
        external_id: str | None,
        **common: Any,
    ) -> None:
        super().__init__(job_id, **common)
        self.state = OPEN
        self._operation = operation
        self._sobject = sobject
        self._external_id = external_id
        self._upload: bytes | None = None
        self._outcome = Outcome()

    def subject(self) -> dict[str, Any]:
        """Return the operation and the object."""
        return {"operation": self._operation, "object": self._sobject.name}

    def created_info(self) -> dict[str, Any]:
        """Return the answer to the job's creation."""
        return {**self.short_info(), "contentUrl": self._content_url(), **self.format()}

    def short_info(self) -> dict[str, Any]:
        """Return the answer to a change of state, which is shorter than the others."""
        extra = {"externalIdFieldName": self._external_id} if self._external_id else {}
        return self.heading(**extra)

    def info(self) -> dict[str, Any]:
        """Return the answer to a request for the job."""
        info = {**self.short_info(), "jobType": self.job_type}
        if self.state == OPEN:
            info["contentUrl"] = self._content_url()
        info |= self.format()
        if self.state not in (OPEN, UPLOADED):
            done = self._outcome
            info["numberRecordsProcessed"] = len(done.successful) + len(done.failed)
            info["numberRecordsFailed"] = len(done.failed)
        info |= {
            "retries": 0,
            "totalProcessingTime": self._work_ms,
            "apiActiveProcessingTime": self._work_ms // 2,
            "apexProcessingTime": 0,
        }
        if self.failure:
            info["errorMessage"] = self.failure
        return info

    def _content_url(self) -> str:
        return f"services/data/v{self.caller.version}/jobs/ingest/{self.id}/batches"

    def upload(self, data: bytes) -> None:
        """Keep the CSV. Raises BulkError unless it is the first and the job is open."""
        if self.state != OPEN:
            self.refuse_final("Uploading to")
            raise BulkError(
                400, "INVALIDJOBSTATE", f"The job is in state {self.state}, not Open"
            )
        if self._upload is not None:
            raise BulkError(
                400,
                "INVALIDJOBSTATE",
                f"Found multiple contents for job: <{self.id}>, please 'Close' / "
                "'Abort' / 'Delete' the current Job then create a new Job and make "
                "sure you only do 'PUT' once on a given Job.",
            )
        if len(data) > MAX_UPLOAD:
            raise BulkError(
                400, "EXCEEDEDQUOTA", f"An upload may have {MAX_UPLOAD} bytes at most"
            )
        self._upload = data

    def close(self, now: datetime) -> None:
        """Begin processing what was uploaded. Raises BulkError if it has begun."""
        self.refuse_final("Closing")
        if self.state != OPEN:
            raise BulkError(
                400, "INVALIDJOBSTATE", f"The job is in state {self.state}, not Open"
            )
        self.submitted = now
        self._enter(UPLOADED, now)

    def work(self, now: datetime) -> None:
        """Write the uploaded rows, each on its own: one that fails stops no other."""
        del now
        try:
            rows = self._rows()
            self._process(rows)
        except (csv.Error, ColumnError) as error:
            self.failure = str(error)

    def _rows(self) -> list[Cells]:
        """Return the header and the rows. Raises ColumnError for a bad line ending."""
        text = (self._upload or b"").decode("utf-8-sig", "replace")
        first, newline, _ = text.partition("\n")
        crlf = first.endswith("\r")
        if newline and crlf is not (self.dialect.line_name == "CRLF"):
            raise ColumnError(
                "ClientInputError : LineEnding is invalid on user data. Current "
                f"LineEnding setting is {self.dialect.line_name}"
            )
        if len(first) > MAX_HEADER:
            raise ColumnError(
                "InvalidBatch : The header is longer than 32000 characters"
            )
        rows = list(self.dialect.read(text))
        self._outcome.header = rows[0] if rows else []
        self._outcome.unprocessed = rows[1:]
        return rows

    def _process(self, rows: list[Cells]) -> None:
        if not rows:
            return
        header = rows[0]
        writer = Writer(
            self._operation,
            self._sobject,
            header,
            external_id=self._external_id,
            caller=self.caller,
        )
        self._outcome.unprocessed = []
        for cells in rows[1:]:
            record_id, created, error = writer.write(cells)
            if error:
                blank = [""] * len(header) if len(cells) != len(header) else cells
                self._outcome.failed.append(([record_id, told(error)], blank))
            else:
                word = "true" if created else "false"
                self._outcome.successful.append(([record_id, word], cells))

    def results(self, kind: str) -> Answer:
        """Return the CSV of successful, failed or unprocessed rows."""
        done = self._outcome
        if kind == "unprocessedrecords":
            return csv_answer(self._csv([], (([], row) for row in done.unprocessed)))
        if kind == "failedResults":
            return csv_answer(self._csv(["sf__Id", "sf__Error"], done.failed))
        return csv_answer(self._csv(["sf__Id", "sf__Created"], done.successful))

    def _csv(
        self, leading: Cells, rows: Iterable[tuple[Cells, Cells]]
    ) -> Iterable[bytes]:
        """The added columns are quoted in the header, the caller's own are not."""
        own = [quoted(name) for name in leading]
        yield self.dialect.line([*own, *self._outcome.header]).encode()
        for first, cells in rows:
            line = self.dialect.line(quoted(cell) for cell in (*first, *cells))
            yield line.encode("utf-8", "surrogatepass")

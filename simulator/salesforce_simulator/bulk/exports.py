"""Owns query jobs: their rows as of the moment they ran, page by page as CSV."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from salesforce_simulator.bulk.asking import Answer, BulkError, csv_answer, not_found
from salesforce_simulator.bulk.dialect import quoted
from salesforce_simulator.bulk.job import COMPLETE, RUNNING, Job
from salesforce_simulator.soql import QueryError, Table, Tabulation
from salesforce_simulator.soql.scope import Bound

PAGES_SINCE: Final = 58.0
SELECT_ORDER_SINCE: Final = 50.0
PAGES_PER_CALL: Final = 5
DEFAULT_RECORDS: Final = 50_000


class QueryJob(Job):
    """A job of ``/jobs/query``."""

    job_type = "V2Query"

    def __init__(self, job_id: str, *, plan: Tabulation, **common: Any) -> None:
        super().__init__(job_id, **common)
        self._plan = plan
        self._table: Table | None = None
        self.default_records = DEFAULT_RECORDS

    def work(self, now: datetime) -> None:
        """Select the rows that are visible now; they are read when they are fetched."""
        del now
        try:
            self._table = self._plan.run()
        except QueryError as error:
            self.failure = error.message

    def subject(self) -> dict[str, Any]:
        """Return the operation and the object."""
        deleted = self._plan.context.include_deleted
        return {
            "operation": "queryAll" if deleted else "query",
            "object": self._plan.sobject.name,
        }

    def created_info(self) -> dict[str, Any]:
        """Return the answer to the job's creation."""
        return {**self.heading(), **self.format()}

    def short_info(self) -> dict[str, Any]:
        """Return the answer to a change of state."""
        return self.listed()

    def info(self) -> dict[str, Any]:
        """Return the answer to a request for the job."""
        query = self._plan.query
        info = self.listed() | {
            "numberRecordsProcessed": self._processed(),
            "retries": 0,
            "totalProcessingTime": self._work_ms,
        }
        if self.caller.release >= PAGES_SINCE:
            info["isPkChunkingSupported"] = not query.order and query.limit is None
        if self.failure and self.state != RUNNING:
            info["errorMessage"] = self.failure
        return info

    def _processed(self) -> int:
        done = self.state == COMPLETE and self._table is not None
        return self._table.total if done and self._table is not None else 0

    def results(self, *, version: str, locator: str, most: str) -> Answer:
        """Return one page of the result.

        locator is the one of an earlier page or empty; most is the text of
        maxRecords or empty. Raises BulkError.
        """
        table = self._finished(version)
        size = _size(most, self.default_records)
        start = self._position(locator, table.total) if locator else 0
        stop = min(start + size, table.total)
        following = "null" if stop >= table.total else self._locator(stop)
        return csv_answer(
            self._csv(table, start, stop),
            Sforce_Locator=following,
            Sforce_NumberOfRecords=str(stop - start),
        )

    def result_pages(self, *, version: str, base: str, locator: str) -> Answer:
        """Return the addresses of up to five pages, to be fetched in parallel."""
        if float(version) < PAGES_SINCE:
            raise not_found()
        table = self._finished(version)
        start = self._position(locator, table.total) if locator else 0
        size = self.default_records
        stop = min(start + PAGES_PER_CALL * size, max(table.total, 1))
        path = f"{base}/jobs/query/{self.id}"
        pages = [
            {"resultUrl": f"{path}/results?locator={self._locator(position)}"}
            for position in range(start, stop, size)
        ]
        done = stop >= table.total
        following = (
            None if done else f"{path}/resultpages?locator={self._locator(stop)}"
        )
        return Answer(
            value={"resultPages": pages, "nextRecordsUrl": following, "done": done}
        )

    def _finished(self, version: str) -> Table:
        if version != self.caller.version:
            raise BulkError(
                409,
                "INVALIDVERSION",
                f"The API version of the request, {version}, is not that of the job, "
                f"{self.caller.version}",
            )
        if self.state != COMPLETE or self._table is None:
            raise BulkError(
                400,
                "INVALIDJOBSTATE",
                f"Results are not available: the job is in state {self.state}",
            )
        return self._table

    def _csv(self, table: Table, start: int, stop: int) -> Iterator[bytes]:
        columns = [*enumerate(table.columns)]
        if self.caller.release < SELECT_ORDER_SINCE:
            columns.sort(key=lambda pair: _title(pair[1]))
        order = [index for index, _ in columns]
        rows = table.rows(start, stop)
        if order != sorted(order):
            rows = (tuple(row[index] for index in order) for row in rows)
        header = self.dialect.line(quoted(_title(column)) for _, column in columns)
        kinds = [column.type for _, column in columns]
        return self.dialect.write(header, rows, kinds)

    def _locator(self, position: int) -> str:
        """Name a position so that nobody can guess the next name."""
        text = f"{self.id[-6:]}{position * 7 + 3:x}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _position(self, locator: str, total: int) -> int:
        padded = locator + "=" * (-len(locator) % 4)
        try:
            text = base64.urlsafe_b64decode(padded).decode("ascii")
            position, rest = divmod(int(text[6:], 16) - 3, 7)
        except (ValueError, binascii.Error):
            raise _bad_locator(locator) from None
        if text[:6] != self.id[-6:] or rest or not 0 <= position <= total:
            raise _bad_locator(locator)
        return position


def _title(column: Bound) -> str:
    return ".".join(column.names)


def _size(most: str, default: int) -> int:
    if not most:
        return default
    if not most.isdigit() or int(most) < 1:
        raise BulkError(
            400, "INVALID_PARAMETER", f"maxRecords must be a positive number: {most}"
        )
    return int(most)


def _bad_locator(locator: str) -> BulkError:
    return BulkError(400, "INVALIDLOCATOR", f"Invalid locator: {locator}")

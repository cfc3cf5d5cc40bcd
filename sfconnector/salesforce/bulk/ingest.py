"""Bulk ingest jobs: insert, update, upsert and delete many records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import quote

from sfconnector.exceptions import Corrupt, InvalidRequest
from sfconnector.salesforce.bulk.csv_pieces import RowReader
from sfconnector.salesforce.bulk.jobs import JobInfo, Pace, read_job
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.soql import identifier
from sfconnector.salesforce.transport import MEGABYTE, Request, Timeouts
from sfconnector.texts import gettext_noop as _

LARGEST_UPLOAD = 100 * MEGABYTE
"""Salesforce takes 150 MB after base64, hence 100 MB of data per job."""

Operation = Literal["insert", "update", "upsert", "delete", "hardDelete"]
Outcome = Literal["successfulResults", "failedResults", "unprocessedrecords"]


class BulkIngest:
    """Ingest jobs of one org."""

    def __init__(self, client: Client, *, pace: Pace | None = None) -> None:
        self._client = client
        self._pace = pace or Pace()

    def start(
        self, sobject: str, operation: Operation, *, external_field: str | None = None
    ) -> JobInfo:
        """Open a job; an upsert names the external id field."""
        made = {
            "object": identifier(sobject),
            "operation": operation,
            "contentType": "CSV",
            "lineEnding": "LF",
        }
        if external_field:
            made["externalIdFieldName"] = identifier(external_field)
        path = self._client.data_path("jobs/ingest")
        return read_job(self._client.data("POST", path, json=made).json(dict))

    def upload(self, job_id: str, body: bytes) -> None:
        """Put a job's data, made by ``write_rows``; once per job."""
        if len(body) > LARGEST_UPLOAD:
            message = _("A job takes {most:,} bytes; these are {count:,}.").format(
                most=LARGEST_UPLOAD, count=len(body)
            )
            raise InvalidRequest(message, remedy=_("Split the rows into several jobs."))
        self._client.data(
            "PUT",
            self._path(job_id, "batches"),
            body=body,
            headers={"Content-Type": "text/csv; charset=UTF-8"},
        )

    def close(self, job_id: str) -> JobInfo:
        """Say that the data is complete; Salesforce begins."""
        return self._set_state(job_id, "UploadComplete")

    def abort(self, job_id: str) -> JobInfo:
        """Abort a job; what was done stays done."""
        return self._set_state(job_id, "Aborted")

    def info(self, job_id: str) -> JobInfo:
        """Look at a job once."""
        return read_job(self._client.get_json(self._path(job_id), dict))

    def poll(self, job_id: str) -> Iterator[JobInfo]:
        """Look at a job until it is final, giving each look (see Pace)."""
        return self._pace.looks(lambda: self.info(job_id))

    def wait(self, job_id: str) -> JobInfo:
        """Wait until a job is complete; raise when it failed or was aborted.

        Single rows may have failed all the same: see ``outcome``.
        """
        info = None
        for info in self.poll(job_id):
            info.checked()
        if info is None:
            raise Corrupt
        return info

    @contextmanager
    def outcome(self, job_id: str, kind: Outcome) -> Iterator[RowReader]:
        """Open the rows that succeeded, failed (see ``sf__Error``) or were left."""
        request = Request(
            method="GET",
            path=self._path(job_id, kind),
            headers={"Accept": "text/csv"},
            timeouts=Timeouts(total_s=1_200.0),
            maximum_bytes=2 * LARGEST_UPLOAD,
        )
        with self._client.stream(request) as stream:
            yield RowReader(stream.pieces)

    def delete(self, job_id: str) -> None:
        """Delete a final job and its data."""
        self._client.data("DELETE", self._path(job_id))

    def _set_state(self, job_id: str, state: str) -> JobInfo:
        answer = self._client.data("PATCH", self._path(job_id), json={"state": state})
        return read_job(answer.json(dict))

    def _path(self, job_id: str, rest: str = "") -> str:
        tail = f"jobs/ingest/{quote(job_id, safe='')}"
        return self._client.data_path(f"{tail}/{rest}")

"""Bulk query jobs: started, looked at, and their results streamed off the socket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from sfconnector.exceptions import Corrupt, InvalidRequest, NotFound
from sfconnector.salesforce.bulk.csv_pieces import Columns, RowReader
from sfconnector.salesforce.bulk.jobs import JobInfo, Pace, read_job
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.client.counting import Way
from sfconnector.salesforce.hosts import check_path
from sfconnector.salesforce.transport import MEGABYTE, Request, Timeouts
from sfconnector.texts import gettext_noop

PAGE_SIZE = 50_000
QUERY_JOBS_SINCE = 47.0
"""The first API version with query jobs."""
NO_QUERY_JOBS = "NoQueryJobs"
"""Code of the error where there are none."""
_RESULT_TIMEOUTS = Timeouts(total_s=1_200.0)
"""A retrieval ends after 20 minutes [Bulk API 2.0 guide, limits]."""
_LARGEST_RESULT = 4 * 1024 * MEGABYTE
_NO_LOCATOR = "null"
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

T = TypeVar("T")


class ResultPage:
    """One page of results while it streams in.

    Take the rows by ``batches`` or ``by_column``; when they are used up, the page was
    checked against ``expected``, and ``next_locator`` is where to go on (None: it was
    the last).
    """

    def __init__(
        self,
        rows: RowReader,
        *,
        locator: str | None,
        next_locator: str | None,
        expected: int | None,
    ) -> None:
        self.columns = rows.columns
        self.locator = locator
        self.next_locator = next_locator
        self.expected = expected
        self._rows = rows

    @property
    def count(self) -> int:
        """Rows given so far."""
        return self._rows.count

    def cleaned(self) -> Mapping[frozenset[str], Sequence[str]]:
        """Return what was cleaned since the last call (see RowReader)."""
        return self._rows.take_cleaned()

    @property
    def excerpt(self) -> str:
        """How the page began, redacted, for the log of what is wrong with it."""
        return self._rows.excerpt

    def batches(self, size: int = 2_000) -> Iterator[list[list[str]]]:
        """Give the rows in lists of up to ``size``; raise Corrupt when any is missing.

        Commit rows at once if you like, but the next locator only after the last one.
        """
        return self._checked(self._rows.batches(size))

    def by_column(self) -> Iterator[Columns]:
        """Give the same as columns of cells, some hundred kilobytes at a time."""
        return self._checked(self._rows.by_column())

    def _checked(self, batches: Iterator[T]) -> Iterator[T]:
        held: T | None = None
        for batch in batches:
            if held is not None:
                yield held
            held = batch
        if self.expected is not None and self.count != self.expected:
            message = gettext_noop(
                "{count:,} rows arrived where {expected:,} were told."
            ).format(count=self.count, expected=self.expected)
            raise Corrupt(message)
        if held is not None:
            yield held


class BulkQuery:
    """Query jobs of one org. Every call names the job by id, so a run can resume."""

    def __init__(self, client: Client, *, pace: Pace | None = None) -> None:
        self._client = client
        self._pace = pace or Pace()

    def start(self, soql: str, *, all_rows: bool = False) -> JobInfo:
        """Start a job. Leave out ORDER BY and LIMIT: they switch PK chunking off.

        Raises InvalidRequest for what Bulk cannot read (INVALIDENTITY, API_ERROR …;
        NO_QUERY_JOBS where there are none) and LimitReached when the day's jobs are
        used up.
        """
        message = gettext_noop(
            "There are no Bulk query jobs in version {version}."
        ).format(version=self._client.api_version)
        if float(self._client.api_version) < QUERY_JOBS_SINCE:
            raise InvalidRequest(message, code=NO_QUERY_JOBS)
        made = {
            "operation": "queryAll" if all_rows else "query",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        path = self._client.data_path("jobs/query")
        try:
            answer = self._client.data("POST", path, json=made)
        except NotFound as error:
            raise InvalidRequest(message, code=NO_QUERY_JOBS) from error
        return read_job(answer.json(dict))

    def info(self, job_id: str, *, version: str | None = None) -> JobInfo:
        """Look at a job once."""
        path = self._path(job_id, version=version)
        return read_job(self._client.get_json(path, dict))

    def poll(self, job_id: str, *, version: str | None = None) -> Iterator[JobInfo]:
        """Look at a job until it is final, giving each look (see Pace)."""
        return self._pace.looks(lambda: self.info(job_id, version=version))

    def wait(self, job_id: str, *, version: str | None = None) -> JobInfo:
        """Wait until a job is complete; raise when it failed or was aborted."""
        info = None
        for info in self.poll(job_id, version=version):
            info.checked()
        if info is None:
            raise Corrupt
        return info

    @contextmanager
    def results(
        self,
        job_id: str,
        *,
        locator: str | None = None,
        maximum: int | None = PAGE_SIZE,
        columns: tuple[str, ...] | None = None,
        version: str | None = None,
    ) -> Iterator[ResultPage]:
        """Open one page of results, from the start or from a locator.

        ``maximum`` None leaves the size to Salesforce, as for the pages that it lists.
        ``columns`` are those of an earlier page: another header is Corrupt. ``version``
        is that of the job; another one is refused with Conflict.
        """
        params = {} if maximum is None else {"maxRecords": str(maximum)}
        if locator:
            params["locator"] = locator
        request = Request(
            method="GET",
            path=self._path(job_id, "results", version=version),
            params=params,
            headers={"Accept": "text/csv"},
            timeouts=_RESULT_TIMEOUTS,
            maximum_bytes=_LARGEST_RESULT,
        )
        with self._client.stream(request) as stream:
            yield _page(stream.headers, stream.pieces, locator=locator, columns=columns)

    def pages(
        self,
        info: JobInfo,
        *,
        locator: str | None = None,
        already: int = 0,
        maximum: int = PAGE_SIZE,
    ) -> Iterator[ResultPage]:
        """Give the pages of a complete job one after another, each to be used up.

        ``locator`` and ``already`` (rows before it) resume where an earlier run
        stopped. At the end the sum is checked against the job's count.
        """
        total, columns, way = already, None, Way()
        way.lead(locator or "")
        way.count(already, total=None, goes_on=False)
        while True:
            with self.results(
                info.id,
                locator=locator,
                maximum=maximum,
                columns=columns,
                version=info.api_version or None,
            ) as page:
                yield page
                for _ in page.by_column():
                    pass
                total += page.count
                columns, locator = page.columns or columns, page.next_locator
            if locator is None:
                break
            way.lead(locator)
            way.count(page.count, total=info.records_processed, goes_on=True)
        if info.records_processed not in {None, total}:
            message = gettext_noop("{total:,} rows arrived of {expected:,}.").format(
                total=total, expected=info.records_processed
            )
            raise Corrupt(message)

    def locators(self, job_id: str, *, version: str | None = None) -> Iterator[str]:
        """List the locators of all result pages, to read several at a time.

        The first page has the locator "". Needs API version 58.0 or later.
        """
        path: str | None = self._path(job_id, "resultPages", version=version)
        lists, pages = Way(), Way()
        while path:
            lists.lead(path)
            found = self._client.get_json(path, dict)
            listed = found.get("resultPages") or []
            for one in listed:
                locator = _locator_of(str(one.get("resultUrl") or ""))
                pages.lead(locator)
                yield locator
            following = found.get("nextRecordsUrl") or found.get("nextRecordUrl")
            path = check_path(str(following)) if following else None
            lists.count(len(listed), total=None, goes_on=path is not None)

    def abort(self, job_id: str, *, version: str | None = None) -> JobInfo:
        """Abort a job that runs."""
        answer = self._client.data(
            "PATCH", self._path(job_id, version=version), json={"state": "Aborted"}
        )
        return replace(read_job({"state": "Aborted"} | answer.json(dict)))

    def delete(self, job_id: str, *, version: str | None = None) -> None:
        """Delete a final job and its results."""
        self._client.data("DELETE", self._path(job_id, version=version))

    def _path(self, job_id: str, rest: str = "", *, version: str | None = None) -> str:
        tail = f"jobs/query/{quote(job_id, safe='')}"
        return self._client.data_path(f"{tail}/{rest}", version=version)


def _page(
    headers: Mapping[str, str],
    pieces: Iterator[bytes],
    *,
    locator: str | None,
    columns: tuple[str, ...] | None,
) -> ResultPage:
    framed = (
        "content-length" in headers or headers.get("transfer-encoding") == "chunked"
    )
    rows = RowReader(pieces, whole_at_newline=not framed)
    if columns and rows.columns and rows.columns != columns:
        message = gettext_noop(
            "A later page of the results has other columns than the first."
        )
        raise Corrupt(message)
    following = headers.get("sforce-locator", _NO_LOCATOR).strip()
    expected = headers.get("sforce-numberofrecords", "")
    return ResultPage(
        rows,
        locator=locator,
        next_locator=None if following in {"", _NO_LOCATOR} else following,
        expected=int(expected) if _NUMBER.fullmatch(expected) else None,
    )


def _locator_of(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("locator", [""])[0]

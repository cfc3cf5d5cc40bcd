"""The results of a Bulk job as batches of rows: page after page, or two at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Self

from django.db import connections

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.salesforce.bulk import BulkQuery, JobInfo
from sfconnector.salesforce.bulk.query import PAGE_SIZE, ResultPage
from sfconnector.sync.readers.csv_rows import Rows
from sfconnector.sync.work.checkpoints import BulkJob
from sfconnector.sync.work.threads import let_end, within_context
from sfconnector.sync.work.work import Work
from sfconnector.texts import gettext_noop

PAGES_SINCE = 58.0
"""API version from which a job lists its pages."""
READERS = 2
"""Pages read at a time: one is cut into rows while the other one's bytes arrive."""
_data = attrgetter("data")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of a page; the last one of a page says where the next begins."""

    page: int
    rows: list[Row] = dataclasses.field(repr=False)
    ends_page: bool = False
    next_locator: str | None = None
    cleaned: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    """By field, the ids of records in which it held what no database stores."""

    @property
    def byte_count(self) -> int:
        """Return about how much memory the rows take."""
        return sum(map(len, map(_data, self.rows)))


def batches(
    work: Work, jobs: BulkQuery, info: JobInfo, place: BulkJob
) -> Iterator[Batch]:
    """Yield the rows that the run's place leaves to be read.

    Several pages are read at a time when the job has them and lists them. Raises
    Corrupt when rows are missing.
    """
    version = float(info.api_version or work.client.api_version)
    is_long = (info.records_processed or 0) > PAGE_SIZE
    if is_long and version >= PAGES_SINCE and not place.one_by_one:
        return _several(work, jobs, info, place)
    return _one_by_one(work, jobs, info, place)


def _one_by_one(
    work: Work, jobs: BulkQuery, info: JobInfo, place: BulkJob
) -> Iterator[Batch]:
    pages: Any = jobs.pages(info, locator=place.locator, already=place.before)
    with contextlib.closing(pages):  # an error leaves no connection open
        first, turns = len(place.finished), threading.Lock()
        for number, page in enumerate(pages, first):
            yield from _rows(work, info, page, number=number, turns=turns)


def _rows(
    work: Work, info: JobInfo, page: ResultPage, *, number: int, turns: threading.Lock
) -> Iterator[Batch]:
    cleaned: Mapping[str, Sequence[str]] = {}
    try:
        if page.columns:
            version = info.api_version or work.client.api_version
            read = Rows(work.shape, page.columns, version=version)
            for columns in page.by_column():
                # Python makes rows of one page at a time anyway; two threads that
                # take the interpreter from each other in between cost both.
                with turns:
                    rows = read(columns)
                yield Batch(page=number, rows=rows)
            cleaned = read.asked(page.cleaned())
    except Corrupt as error:
        error.excerpt = page.excerpt
        raise
    yield Batch(
        page=number,
        rows=[],
        ends_page=True,
        next_locator=page.next_locator,
        # With its end alone: a page that is left half-way is read again.
        cleaned=cleaned,
    )


def _several(
    work: Work, jobs: BulkQuery, info: JobInfo, place: BulkJob
) -> Iterator[Batch]:
    listed = enumerate(jobs.locators(info.id, version=info.api_version or None))
    readers = _Readers(work, jobs, info, listed, set(place.finished))
    total = place.before
    with readers:
        for batch in readers:
            total += len(batch.rows)
            yield batch
            if total > (info.records_processed or total):
                break
    if info.records_processed not in (None, total):
        raise Corrupt(
            gettext_noop("{total:,} rows arrived of {expected:,}.").format(
                total=total, expected=info.records_processed
            )
        )


class _Readers:
    """Threads that read pages and hand their batches over, in whatever order."""

    def __init__(
        self,
        work: Work,
        jobs: BulkQuery,
        info: JobInfo,
        listed: Iterator[tuple[int, str]],
        finished: set[int],
    ) -> None:
        self._work, self._jobs, self._info = work, jobs, info
        self._finished = finished
        # Each page is given with the locator of the one after it, to check the seam.
        self._pages = _with_next(listed)
        self._lock = threading.Lock()
        self._turns = threading.Lock()
        self._out: queue.Queue[Batch | BaseException | None] = queue.Queue(READERS)
        self._is_closed = threading.Event()
        self._threads = [
            within_context(self._read, name=f"results-{n}") for n in range(READERS)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        let_end(self._threads)

    def __iter__(self) -> Iterator[Batch]:
        left = len(self._threads)
        while left:
            item = self._out.get()
            if item is None:
                left -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item

    def _read(self) -> None:
        try:
            while (page := self._take()) is not None:
                for batch in self._batches(*page):
                    if not self._put(batch):
                        return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - raised again by the reader
            self._put(error)
        finally:
            connections.close_all()

    def _take(self) -> tuple[int, str, str | None] | None:
        with self._lock:
            for number, locator, following in self._pages:
                if number not in self._finished:
                    return number, locator, following
        return None

    def _batches(
        self, number: int, locator: str, following: str | None
    ) -> Iterator[Batch]:
        info = self._info
        with self._jobs.results(
            info.id,
            locator=locator or None,
            maximum=None,
            version=info.api_version or None,
        ) as page:
            if page.next_locator != following:
                raise Corrupt(gettext_noop("The pages that the job lists do not join."))
            yield from _rows(self._work, info, page, number=number, turns=self._turns)

    def _put(self, item: Batch | BaseException | None) -> bool:
        while not self._is_closed.is_set():
            try:
                self._out.put(item, timeout=0.5)
                return True
            except queue.Full:
                continue
        return False


def _with_next(
    listed: Iterator[tuple[int, str]],
) -> Iterator[tuple[int, str, str | None]]:
    pairs = itertools.pairwise(itertools.chain(listed, [(-1, None)]))
    for (number, locator), (_, following) in pairs:
        yield number, str(locator), following

"""Reading by REST queries: pages cut into rows, the next one already on its way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any, Protocol, TypeVar

from django.db import connections

from sfconnector.models import PageDigest
from sfconnector.records import Row
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.client.counting import Way
from sfconnector.salesforce.types import RawPage
from sfconnector.sync.readers.splitting import Cut, Cutter, page_digest
from sfconnector.sync.shape import Shape
from sfconnector.sync.work import threads


class Counted(Protocol):
    """A page as somebody reads it."""

    @property
    def row_count(self) -> int:
        """Return how many rows it has."""


T = TypeVar("T", bound=Counted)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a query, cut into rows unless it is known by its digest."""

    rows: list[Row] = dataclasses.field(repr=False)
    total: int
    """Rows of the whole query, as the org said."""
    is_last: bool
    first_id: str
    last_id: str
    row_count: int
    byte_count: int
    """About how much memory the rows take."""
    digest: str = ""
    is_known: bool = False
    """The page is byte for byte the one that a former pass stored."""
    cleaned: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    """By field, the ids of records in which it held what no database stores."""


class Reader:
    """Turns raw pages into pages of rows; runs in the fetching thread."""

    def __init__(
        self,
        shape: Shape,
        *,
        version: str,
        known: Mapping[str, PageDigest] | None = None,
    ) -> None:
        self._cut = Cutter(shape, version=version)
        self._known = known

    def __call__(self, raw: RawPage) -> Page:
        """Read one page. Raises Corrupt when it is not what was asked for."""
        if self._known is None:
            return self._page(raw, self._cut(raw.content))
        digest = page_digest(raw.content)
        stored = self._known.get(digest)
        if stored is None:
            return self._page(raw, self._cut(raw.content), digest=digest)
        return Page(
            rows=[],
            total=raw.total_size,
            is_last=raw.done,
            first_id=stored.first_id,
            last_id=stored.last_id,
            row_count=stored.row_count,
            byte_count=0,
            digest=digest,
            is_known=True,
        )

    def page_of(
        self, raw: RawPage, records: Sequence[Mapping[str, Any]], *, stand_in: str
    ) -> Page:
        """Make a page of records that were decoded and joined."""
        cut = self._cut.write(records, stand_in=stand_in, body=raw.content)
        return self._page(raw, cut)

    def _page(self, raw: RawPage, cut: Cut, *, digest: str = "") -> Page:
        rows = cut.rows
        return Page(
            rows=rows,
            total=raw.total_size,
            is_last=raw.done,
            first_id=rows[0].record_id if rows else "",
            last_id=rows[-1].record_id if rows else "",
            row_count=len(rows),
            byte_count=len(raw.content),
            digest=digest,
            cleaned=cut.cleaned,
        )


def announced(batch: Sequence[Page], arrived: int) -> int:
    """Return how many rows the query of these pages has, as the org said.

    Each page says it anew. Of pages that differ, the one counts that with those before
    it, and the ``arrived`` rows before the batch, brought more than it said.
    """
    for page in batch:
        arrived += page.row_count
        if arrived > page.total:
            return page.total
    return batch[-1].total


def pages(
    client: Client, query: str, *, all_rows: bool, read: Callable[[RawPage], T]
) -> Iterator[T]:
    """Yield the pages of a query; the next is fetched while this one is cut.

    Raises Corrupt where they have no end.
    """
    coming: Future[RawPage] | None = None
    way = Way()
    try:
        raw = client.query_raw(query, all_rows=all_rows)
        while True:
            way.lead(raw.next_url)
            coming = _ahead(client, raw.next_url) if raw.next_url is not None else None
            page = read(raw)
            yield page
            if coming is None:
                return
            way.count(page.row_count, total=raw.total_size, goes_on=True)
            raw = coming.result()
    finally:
        if coming is not None:
            wait([coming], threads.LAST_WAIT)


def _ahead(client: Client, next_url: str) -> Future[RawPage]:
    """Fetch a page in a daemon thread: a process that ends does not wait for it."""
    coming: Future[RawPage] = Future()

    def fetch() -> None:
        try:
            coming.set_result(client.query_more_raw(next_url))
        except BaseException as error:  # noqa: BLE001 - raised again by result()
            coming.set_exception(error)
        finally:
            connections.close_all()

    threads.within_context(fetch, name="ahead").start()
    return coming

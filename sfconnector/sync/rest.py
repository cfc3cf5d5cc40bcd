"""Reading by REST queries: pages cut into rows, the next one already on its way."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, wait

from django.db import connections

from sfconnector.models import PageDigest
from sfconnector.records import Row
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.types import RawPage
from sfconnector.sync.splitting import page_digest, split, splitter_for

LAST_WAIT = 1.0
"""Seconds granted to a page that nobody wants any more, before others are asked for."""


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


class Reader:
    """Turns raw pages into pages of rows; runs in the fetching thread."""

    def __init__(
        self,
        *,
        stamp_field: str,
        warn: Callable[[str], None],
        known: Mapping[str, PageDigest] | None = None,
    ) -> None:
        self._splitter = splitter_for(stamp_field)
        self._warn = warn
        self._known = known

    def __call__(self, raw: RawPage) -> Page:
        """Read one page. Raises Corrupt when it is not what was asked for."""
        digest = page_digest(raw.content) if self._known is not None else ""
        stored = (self._known or {}).get(digest)
        rows = []
        if stored is None:
            rows = split(raw.content, splitter=self._splitter, warn=self._warn)
        return Page(
            rows=rows,
            total=raw.total_size,
            is_last=raw.done,
            first_id=stored.first_id if stored else (rows[0][0] if rows else ""),
            last_id=stored.last_id if stored else (rows[-1][0] if rows else ""),
            row_count=stored.row_count if stored else len(rows),
            byte_count=0 if stored else len(raw.content),
            digest=digest,
            is_known=stored is not None,
        )


def pages(
    client: Client, query: str, *, all_rows: bool, read: Callable[[RawPage], Page]
) -> Iterator[Page]:
    """Yield the pages of a query; the next is fetched while this one is cut."""
    coming: Future[RawPage] | None = None
    try:
        raw = client.query_raw(query, all_rows=all_rows)
        while True:
            coming = _ahead(client, raw.next_url) if raw.next_url is not None else None
            yield read(raw)
            if coming is None:
                return
            raw = coming.result()
    finally:
        if coming is not None:
            wait([coming], LAST_WAIT)


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

    threading.Thread(target=fetch, name="ahead", daemon=True).start()
    return coming


def known_digests(
    *, org_id: int, sobject: str, definition: str
) -> dict[str, PageDigest]:
    """Return what former passes remembered of their pages, by digest."""
    rows = PageDigest.objects.filter(org=org_id, sobject=sobject, definition=definition)
    return {row.digest: row for row in rows}


def forget_digests(*, org_id: int, sobject: str, ids: Collection[str]) -> None:
    """Forget the pages in which records changed otherwise than by a full pass."""
    wanted = sorted(ids)
    if not wanted:
        return
    rows = PageDigest.objects.filter(
        org=org_id, sobject=sobject, first_id__lte=wanted[-1], last_id__gte=wanted[0]
    )
    touched = [
        key
        for key, first, last in rows.values_list("pk", "first_id", "last_id")
        if any(first <= one <= last for one in wanted)
    ]
    PageDigest.objects.filter(pk__in=touched).delete()

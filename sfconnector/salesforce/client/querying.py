"""Reads records: one by id, many by SOQL page by page, and what changed when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from sfconnector.exceptions import Corrupt, InvalidRequest
from sfconnector.salesforce import soql as language
from sfconnector.salesforce.answers import Answer, parse_moment
from sfconnector.salesforce.client import query_pages
from sfconnector.salesforce.client.caller import Caller, sobject_path
from sfconnector.salesforce.client.counting import Count, Way
from sfconnector.salesforce.types import (
    DeletedRecords,
    QueryPage,
    RawPage,
    UpdatedRecords,
)
from sfconnector.texts import gettext_noop as _

T = TypeVar("T")

COUNT_ONLY = re.compile(r"\s*SELECT\s+COUNT\s*\(\s*\)", re.IGNORECASE)
_BATCH_MINIMUM, _BATCH_MAXIMUM = 200, 2_000


class Querying(Caller):
    """The part of a client that reads records."""

    def record(
        self, sobject: str, identity: str, fields: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Get one record by its id, with all fields or those named."""
        path = self.data_path(f"{sobject_path(sobject)}/{quote(identity, safe='')}")
        params = {"fields": ",".join(map(language.identifier, fields or ()))}
        found: dict[str, Any] = self.get_json(
            path, dict, params=params if fields else None
        )
        return found

    def query(
        self,
        soql: str,
        *,
        all_rows: bool = False,
        batch_size: int | None = None,
        most_rows: int | None = None,
    ) -> Iterator[QueryPage]:
        """Run a query and give its pages; the next is asked for when it is wanted.

        ``all_rows`` includes deleted and archived records. Child records of a subquery
        are followed to their end. Raises Corrupt when records are missing at the end,
        or when pages come without end; InvalidRequest for more than ``most_rows``,
        child records included.
        """
        page = self._query(
            query_pages.read_page, soql, all_rows=all_rows, batch_size=batch_size
        )
        received, count, way = 0, Count(most_rows), Way()
        while True:
            received += len(page.records)
            count.turn()
            count.take(len(page.records))
            for record in page.records:
                self._complete(record, count)
            self._follow(way, page)
            yield page
            if page.next_url is None:
                break
            page = self.query_more(page.next_url)
        if received < page.total_size and not COUNT_ONLY.match(soql):
            message = _("Only {received:,} of {total:,} records arrived.").format(
                received=received, total=page.total_size
            )
            raise Corrupt(message)

    def query_more(self, url: str) -> QueryPage:
        """Get the page behind a ``next_url``, which is followed as it is."""
        return self.read(query_pages.read_page, url)

    def query_raw(
        self, soql: str, *, all_rows: bool = False, batch_size: int | None = None
    ) -> RawPage:
        """Run a query and give its first page as bytes; only the head is read."""
        return self._query(
            query_pages.read_raw_page, soql, all_rows=all_rows, batch_size=batch_size
        )

    def query_more_raw(self, url: str) -> RawPage:
        """Get the page behind a ``next_url`` as bytes; only the head is read."""
        return self.read(query_pages.read_raw_page, url)

    def count(self, sobject: str, *, where: str = "") -> int:
        """Count the records of an object that fit a condition."""
        page = self.query_raw(language.count(sobject, where=where))
        return page.total_size

    def updated(
        self, sobject: str, *, start: datetime, end: datetime
    ) -> UpdatedRecords:
        """List ids changed within a window of whole minutes, up to 30 days back.

        Go on from ``latest_date_covered``, not from ``end``: long transactions hold it
        back.
        """
        found = self._changes(sobject, "updated", start=start, end=end)
        return UpdatedRecords(
            ids=tuple(str(one) for one in query_pages.list_of(found, "ids")),
            latest_date_covered=parse_moment(found.get("latestDateCovered")),
        )

    def deleted(
        self, sobject: str, *, start: datetime, end: datetime
    ) -> DeletedRecords:
        """List ids deleted within a window of whole minutes, up to 15 days back.

        Raises InvalidRequest (INVALID_REPLICATION_DATE) when the log starts later.
        """
        found = self._changes(sobject, "deleted", start=start, end=end)
        return DeletedRecords(
            records=tuple(
                (str(one.get("id")), parse_moment(one.get("deletedDate")))
                for one in query_pages.list_of(found, "deletedRecords")
            ),
            earliest_date_available=parse_moment(found.get("earliestDateAvailable")),
            latest_date_covered=parse_moment(found.get("latestDateCovered")),
        )

    def _query(
        self,
        reader: Callable[[Answer], T],
        soql: str,
        *,
        all_rows: bool,
        batch_size: int | None,
    ) -> T:
        if not language.fits(soql):
            message = _("The query is too long for an address (16,384 bytes).")
            raise InvalidRequest(
                message,
                code="URI_TOO_LONG",
                remedy=_("Choose fewer fields, or read by Bulk."),
            )
        size = min(max(batch_size or 0, _BATCH_MINIMUM), _BATCH_MAXIMUM)
        options = {"Sforce-Query-Options": f"batchSize={size}"} if batch_size else {}
        path = self.data_path("queryAll" if all_rows else "query")
        return self.read(reader, path, params={"q": soql}, headers=options)

    @staticmethod
    def _follow(way: Way, page: QueryPage) -> None:
        way.lead(page.next_url)
        goes_on = page.next_url is not None
        way.count(len(page.records), total=page.total_size, goes_on=goes_on)

    def _complete(self, record: dict[str, Any], count: Count) -> None:
        """Fetch what is missing of the child records within a record."""
        for value in record.values():
            if not isinstance(value, dict) or "records" not in value:
                continue
            rows, way = list(value["records"] or ()), Way()
            count.take(len(rows))
            way.count(len(rows), total=None, goes_on=False)
            way.lead(value.get("nextRecordsUrl"))
            while value.get("nextRecordsUrl"):
                page = self.query_more(str(value.pop("nextRecordsUrl")))
                count.take(len(page.records))
                rows += page.records
                self._follow(way, page)
                value["done"] = page.done
                if page.next_url:
                    value["nextRecordsUrl"] = page.next_url
            value["records"] = rows

    def _changes(
        self, sobject: str, kind: str, *, start: datetime, end: datetime
    ) -> dict[str, Any]:
        path = self.data_path(f"{sobject_path(sobject)}/{kind}/")
        params = {"start": _minute(start), "end": _minute(end)}
        found: dict[str, Any] = self.get_json(f"{path}/", dict, params=params)
        return found


def _minute(moment: datetime) -> str:
    """Write a moment as Salesforce reads it here; seconds would be ignored."""
    if moment.tzinfo is None:
        message = _("A window needs datetimes with a time zone.")
        raise InvalidRequest(message)
    return moment.astimezone(UTC).isoformat(timespec="seconds")

"""Ways through records: pages of a long list, neighbours, those that refer to one.

A page is reached from the nearer end, and counted without counting.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sfconnector import catalog
from sfconnector.admin.records import browsing
from sfconnector.admin.records.filters import EQUALS, PREFIX
from sfconnector.admin.records.listing import SMALL, Listing, is_quick
from sfconnector.models import Record, SObject
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import FieldValue, indexing

PER_PAGE = 100
COUNT_CAP = 10_000
"""Rows counted at most where no counter row knows; the list then says “10,000+”."""
AROUND = 2
MOST_LISTS = 8
"""Lists that are shown; each costs three queries."""
SHOWN = 5
MOST_COUNTED = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageOfRows:
    """One page of a list and where it lies."""

    rows: list[Record]
    number: int
    last: int
    count: int
    is_capped: bool
    """There are more rows than ``count`` says."""

    @property
    def numbers(self) -> Iterator[int | None]:
        """Yield the page numbers to offer; None stands for a gap."""
        around = range(self.number - AROUND, self.number + AROUND + 1)
        shown = sorted({1, self.last, *around} & set(range(1, self.last + 1)))
        before = 0
        for number in shown:
            if number - before > 1:
                yield None
            yield number
            before = number


def capped_count(rows: RecordQuerySet) -> tuple[int, bool]:
    """Count up to the cap; tell whether there are more.

    In the order of the list: without one, PostgreSQL may look for the first rows from
    the beginning of the table, where another org's may be.
    """
    seen = rows.values("record_id")[: COUNT_CAP + 1].count()
    return min(seen, COUNT_CAP), seen > COUNT_CAP


def page_of(
    rows: RecordQuerySet,
    number: int,
    *,
    within: RecordQuerySet,
    count: int | None = None,
) -> PageOfRows:
    """Return one page of an ordered query ``within`` the records of one object.

    ``count`` is a counter row's if one knows. A page reads only ids, from the end that
    is nearer, then the rows by id: the last page of a million costs what the first
    costs, and a deep one reads the unique key alone where that tells enough.
    """
    known, capped = (count, False) if count is not None else capped_count(rows)
    last = max(1, -(-known // PER_PAGE))
    number = min(max(1, number), last)
    first = (number - 1) * PER_PAGE
    if first <= known // 2 or capped:
        window = _keys(rows, first, PER_PAGE)
    else:
        size = min(PER_PAGE, known - first)
        behind = known - first - size
        window = list(reversed(_keys(rows.reverse(), behind, size)))
    shown = within.filter(record_id__in=window).order_by()
    found = {row.record_id: row for row in shown}
    return PageOfRows(
        rows=[found[key] for key in window if key in found],
        number=number,
        last=last,
        count=known,
        is_capped=capped,
    )


def _keys(rows: RecordQuerySet, offset: int, size: int) -> list[str]:
    return list(rows.values_list("record_id", flat=True)[offset : offset + size])


class Neighbours(NamedTuple):
    """Record ids, "" at an end of the list."""

    before: str
    behind: str


def neighbours_of(record: Record, sobject: SObject, listing: Listing) -> Neighbours:
    """Return the neighbours of a record in a list.

    In the order of ids both are one step along the unique key. A list with another
    order is read whole for them, so only that of a small object has any.
    """
    if not listing.sort:
        rows = listing.rows
        behind = rows.filter(record_id__gt=record.record_id)
        before = rows.filter(record_id__lt=record.record_id)
        return Neighbours(
            _first(before.order_by("-org_id", "-sobject", "-record_id")),
            _first(behind),
        )
    if sobject.total_count > SMALL:
        return Neighbours("", "")
    keys = list(listing.rows.values_list("record_id", flat=True))
    if record.record_id not in keys:
        return Neighbours("", "")
    at = keys.index(record.record_id)
    before_it = keys[at - 1] if at else ""
    return Neighbours(before_it, keys[at + 1] if at + 1 < len(keys) else "")


def _first(rows: Any) -> str:
    return str(rows.values_list("record_id", flat=True).first() or "")


def asked_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what a list was asked for, without what is the record page's own."""
    return {name: str(given[name]) for name in given if name != "empty"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RelatedList:
    """Cached records of one object that refer to a record by one field."""

    label: str
    field: str
    url: str
    """The list of all of them."""
    count: int
    is_more: bool
    """There are more than were counted."""
    rows: list[tuple[str, str, Any]]
    """Title, address and last change of the first ones."""


def related_to(
    sobject: SObject, record: Record, *, browse: Any, site: str
) -> list[RelatedList]:
    """Return the related lists of a record that have rows, by the cached describe.

    A masked lookup leads nowhere, and one whose object is too large to be asked quickly
    is left out. ``browse`` gives the address of an object's list.
    """
    told = SObject.objects.filter(pk=sobject.pk).values_list("describe", flat=True)
    wanted = list(relationships(told[0]))
    names = {name for name, _field in wanted}
    rows = SObject.objects.filter(org=sobject.org_id, name__in=names, live_count__gt=0)
    cached = {row.name: row for row in rows.defer("describe").select_related("org")}
    found: list[RelatedList] = []
    for name, field in wanted:
        row = cached.get(name)
        if row is None or not is_quick(row, field) or len(found) == MOST_LISTS:
            continue
        if one := _list(row, field, record, browse=browse, site=site):
            found.append(one)
    return found


def _list(
    row: SObject, field: str, record: Record, *, browse: Any, site: str
) -> RelatedList | None:
    fields = catalog.fields_of(row)
    if field not in fields or fields[field].is_hidden:
        return None
    among = indexing.among(Record.objects.of(row.org, row.name).live(), row)
    rows = among.alias(found=FieldValue(field)).filter(found=record.record_id)
    rows = rows.order_by("org_id", "sobject", "record_id")
    count = rows[: MOST_COUNTED + 1].count()
    if not count:
        return None
    query = urlencode({f"{PREFIX}{field}": f"{EQUALS}{record.record_id}"})
    shown = [
        (
            browsing.title_of(one, fields),
            browsing.record_url(row.org, one, site=site),
            one.system_modstamp,
        )
        for one in rows[:SHOWN]
    ]
    return RelatedList(
        label=row.label_plural or row.name,
        field=field,
        url=f"{browse(row.name)}?{query}",
        count=min(count, MOST_COUNTED),
        is_more=count > MOST_COUNTED,
        rows=shown,
    )


def relationships(describe: Any) -> Iterable[tuple[str, str]]:
    """Yield object and field of each child relationship of a describe."""
    told = (describe or {}).get("childRelationships") or ()
    for one in told:
        if isinstance(one, dict) and one.get("childSObject") and one.get("field"):
            yield str(one["childSObject"]), str(one["field"])

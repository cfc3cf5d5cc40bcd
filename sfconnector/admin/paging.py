"""Pages of a long list, reached from the nearer end, counted without counting."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from sfconnector.models import Record
from sfconnector.models.records import RecordQuerySet

PER_PAGE = 100
COUNT_CAP = 10_000
"""Rows counted at most where no counter row knows; the list then says “10,000+”."""
AROUND = 2


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

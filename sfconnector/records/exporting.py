"""Exports: cached records as streamed CSV or JSON lines."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sfconnector import catalog, exact_json
from sfconnector.models import Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.records.reading import value_at

CHUNK = 2_000
SIGNS = frozenset("=+-@")
"""A spreadsheet takes a text that begins so for a formula.

OWASP ASVS 1.2.10 and OWASP's page on CSV injection, which adds tab, line ends and the
full-width forms; programs skip blanks and what is not seen before they look.
"""
_UNSEEN = frozenset("ZC")
"""First letters of the Unicode categories of blanks, controls and zero-width signs."""


def is_risky(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula."""
    first = text[:1]
    if not first or (first.isascii() and first.isalnum()):
        return False
    if first in "\t\r\n\x00":
        return True
    for char in text:
        # NFKC gives the plain form of full-width, small and raised signs.
        if unicodedata.normalize("NFKC", char)[:1] in SIGNS:
            return True
        if unicodedata.category(char)[0] not in _UNSEEN and char not in _FILLERS:
            return False
    return False


_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""


def cell(value: Any) -> Any:
    """Return a value as a CSV cell; texts that look like formulas are disarmed."""
    if isinstance(value, str):
        return f"'{value}" if is_risky(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return exact_json.dumps(value, is_spaced=True)
    if isinstance(value, Decimal):
        return exact_json.plain(value)
    return value


class CsvLines:
    """Makes lines of CSV, in which no cell is a formula: no name in the header either.

    Whoever writes CSV for people writes it by this.
    """

    def __init__(self) -> None:
        self._text = ""
        self._writer = csv.writer(self)

    def write(self, text: str) -> None:
        """Remember a line: what csv.writer takes for a file."""
        self._text = text

    def of(self, values: Iterable[Any]) -> str:
        """Return one line, with its end."""
        self._writer.writerow([cell(value) for value in values])
        return self._text


def as_csv(
    rows: RecordQuerySet, *, fields: Sequence[str], in_order: bool = False
) -> Iterator[str]:
    """Yield lines of CSV: a header, then one line per record of one org and object.

    They come in the order of their ids, or ``in_order`` of the rows; that keeps the
    keys of all of them in memory.
    """
    lines = CsvLines()
    yield lines.of(["Id", *fields])
    for record, data in _shown(rows, in_order=in_order):
        yield lines.of([record.record_id, *(value_at(data, name) for name in fields)])


def as_json_lines(
    rows: RecordQuerySet, *, fields: Sequence[str] = (), in_order: bool = False
) -> Iterator[str]:
    """Yield one JSON object per line; without ``fields`` the records whole.

    The order is that of ``as_csv``.
    """
    for record, data in _shown(rows, in_order=in_order):
        values = data
        if fields:
            values = {name: value_at(data, name) for name in fields}
            values["Id"] = record.record_id
        yield exact_json.dumps(values, is_spaced=True) + "\n"


def page_after(rows: RecordQuerySet, record_id: str) -> RecordQuerySet:
    """Return the next records of one org and object, in the order of their ids."""
    return rows.order_by("record_id").filter(record_id__gt=record_id)[:CHUNK]


def _shown(
    rows: RecordQuerySet, *, in_order: bool
) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Yield each record and what may be seen of its data."""
    masks = None
    for record in _ordered(rows) if in_order else _stream(rows):
        if masks is None:
            masks = catalog.masks_of(record.org_id)
        yield record, masks.clean(record.data, of=record.sobject, instead=None)


def _stream(rows: RecordQuerySet) -> Iterator[Record]:
    """Walk along the unique key in pages: flat memory on every database."""
    last = ""
    while True:
        page = list(page_after(rows, last))
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1].record_id


def _ordered(rows: RecordQuerySet) -> Iterator[Record]:
    """Walk in the order of the rows: their keys first, then a page at a time."""
    keys = list(rows.values_list("pk", flat=True))
    for at in range(0, len(keys), CHUNK):
        chunk = keys[at : at + CHUNK]
        found = Record.objects.in_bulk(chunk)
        yield from (found[key] for key in chunk if key in found)

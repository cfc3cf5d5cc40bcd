"""Exports: cached records as streamed CSV or JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sfconnector.models import Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.records.reading import value_at

CHUNK = 2_000
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
"""A spreadsheet takes a text that begins so for a formula.

OWASP ASVS 1.2.10 and OWASP's page on CSV injection, which adds the line feed and the
full-width forms.
"""


class _Line:
    """A file to csv.writer that only remembers the last line."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def cell(value: Any) -> Any:
    """Return a value as a CSV cell; texts that look like formulas are disarmed."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RISKY) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return value


def as_csv(rows: RecordQuerySet, *, fields: Sequence[str]) -> Iterator[str]:
    """Yield lines of CSV: a header, then one line per record of one org and object."""
    line = _Line()
    write = csv.writer(line)
    write.writerow(["Id", *fields])
    yield line.text
    for record in _stream(rows):
        values = [cell(value_at(record.data, name)) for name in fields]
        write.writerow([record.record_id, *values])
        yield line.text


def as_json_lines(rows: RecordQuerySet, *, fields: Sequence[str] = ()) -> Iterator[str]:
    """Yield one JSON object per line; without ``fields`` the records whole."""
    for record in _stream(rows):
        values = record.data
        if fields:
            values = {name: value_at(values, name) for name in fields}
            values["Id"] = record.record_id
        yield json.dumps(values, ensure_ascii=False) + "\n"


def page_after(rows: RecordQuerySet, record_id: str) -> RecordQuerySet:
    """Return the next records of one org and object, in the order of their ids."""
    return rows.order_by("record_id").filter(record_id__gt=record_id)[:CHUNK]


def _stream(rows: RecordQuerySet) -> Iterator[Record]:
    """Walk along the unique key in pages: flat memory on every database."""
    last = ""
    while True:
        page = list(page_after(rows, last))
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1].record_id

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
RISKY = ("=", "+", "-", "@", "\t", "\r", "\x00")
"""A spreadsheet takes a text that begins so for a formula (OWASP ASVS 1.2.10)."""


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
    """Yield lines of CSV: a header, then one line per record."""
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


def _stream(rows: RecordQuerySet) -> Iterator[Record]:
    """Walk by the natural key in pages: flat memory on every database."""
    ordered = rows.order_by("org", "sobject", "record_id")
    last = ""
    while True:
        page = list(ordered.filter(record_id__gt=last)[:CHUNK])
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1].record_id

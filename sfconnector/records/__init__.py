"""Cached records: apply a batch, read, search, export, purge."""

from __future__ import annotations

from sfconnector.records.batches import Applied, Span, apply, fill, mark
from sfconnector.records.columns import Column, columns_of
from sfconnector.records.exporting import as_csv, as_json_lines, cell
from sfconnector.records.history import as_of
from sfconnector.records.indexing import FieldValue
from sfconnector.records.purging import purge
from sfconnector.records.reading import count_of, search, typed, value_at
from sfconnector.records.rows import Row, Target

__all__ = [
    "Applied",
    "Column",
    "FieldValue",
    "Row",
    "Span",
    "Target",
    "apply",
    "as_csv",
    "as_json_lines",
    "as_of",
    "cell",
    "columns_of",
    "count_of",
    "fill",
    "mark",
    "purge",
    "search",
    "typed",
    "value_at",
]

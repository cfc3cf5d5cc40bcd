"""Cached records: apply a batch, read, search, export, purge."""

from __future__ import annotations

from sfconnector.records import indexing
from sfconnector.records.batches import (
    Applied,
    Span,
    apply,
    fill,
    mark,
    stored,
    stored_between,
)
from sfconnector.records.columns import NAMES, Column, columns_of, name_field
from sfconnector.records.exporting import CsvLines, as_csv, as_json_lines
from sfconnector.records.form import Form, Members, by_name
from sfconnector.records.history import as_of
from sfconnector.records.history import prune as prune_history
from sfconnector.records.indexing import FieldValue
from sfconnector.records.kept_views import (
    MOST_VIEWS,
    forget_view,
    keep_view,
    views_of,
)
from sfconnector.records.purging import purge
from sfconnector.records.reading import count_of, filled, search, typed, value_at
from sfconnector.records.rows import (
    Row,
    Target,
    content_hash,
    rows_of,
)
from sfconnector.records.table import Table, table

__all__ = [
    "MOST_VIEWS",
    "NAMES",
    "Applied",
    "Column",
    "CsvLines",
    "FieldValue",
    "Form",
    "Members",
    "Row",
    "Span",
    "Table",
    "Target",
    "apply",
    "as_csv",
    "as_json_lines",
    "as_of",
    "by_name",
    "columns_of",
    "content_hash",
    "count_of",
    "fill",
    "filled",
    "forget_view",
    "indexing",
    "keep_view",
    "mark",
    "name_field",
    "prune_history",
    "purge",
    "rows_of",
    "search",
    "stored",
    "stored_between",
    "table",
    "typed",
    "value_at",
    "views_of",
]

"""Bulk API 2.0: query and ingest jobs, as iterators."""

from __future__ import annotations

from sfconnector.salesforce.bulk.csv_pieces import RowReader, write_rows
from sfconnector.salesforce.bulk.ingest import BulkIngest
from sfconnector.salesforce.bulk.jobs import JobInfo, Pace
from sfconnector.salesforce.bulk.query import BulkQuery, ResultPage

__all__ = [
    "BulkIngest",
    "BulkQuery",
    "JobInfo",
    "Pace",
    "ResultPage",
    "RowReader",
    "write_rows",
]

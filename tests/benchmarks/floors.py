"""The write floors: ready rows into the same table, by nothing but the driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction

from sfconnector.records.rows import Row, naive_utc
from tests.benchmarks.subject import SOBJECT

COLUMNS = "org_id, sobject, record_id, state, system_modstamp, content_hash, data"


def by_copy(org_id: int, rows: Sequence[Row]) -> int:
    """One COPY in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        raw: Any = cursor
        with raw.copy(f"COPY sfconnector_record ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((org_id, SOBJECT, *row))
    return len(rows)


def by_executemany(org_id: int, rows: Sequence[Row]) -> int:
    """One executemany in one transaction."""
    sql = f"INSERT INTO sfconnector_record ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
    values = [
        (org_id, SOBJECT, row[0], row[1], naive_utc(row[2]), row[3], row[4])
        for row in rows
    ]
    with transaction.atomic():
        raw: Any = connection.connection
        raw.executemany(sql, values)
    return len(rows)


WRITERS: dict[str, Callable[[int, Sequence[Row]], int]] = {
    "postgresql": by_copy,
    "sqlite": by_executemany,
}

"""The write floors: ready rows into the same table, by nothing but the driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction

from benchmarks.subject import SOBJECT
from sfconnector.records.rows import Row, naive_utc

COLUMNS = "org_id, sobject, record_id, state, system_modstamp, content_hash, data"
Values = Sequence[tuple[Any, ...]]


def ready(org_id: int, rows: Sequence[Row]) -> Values:
    """Return what the driver takes as it is; this is done before the clock starts."""
    moment = naive_utc if connection.vendor == "sqlite" else str
    return [
        (org_id, SOBJECT, key, state, moment(stamp or ""), number, data.decode())
        for key, state, stamp, number, data in rows
    ]


def by_copy(values: Values) -> int:
    """One COPY in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        raw: Any = cursor
        with raw.copy(f"COPY sfconnector_record ({COLUMNS}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    return len(values)


def by_executemany(values: Values) -> int:
    """One executemany in one transaction."""
    sql = f"INSERT INTO sfconnector_record ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
    with transaction.atomic():
        raw: Any = connection.connection
        raw.executemany(sql, values)
    return len(values)


WRITERS: dict[str, Callable[[Values], int]] = {
    "postgresql": by_copy,
    "sqlite": by_executemany,
}

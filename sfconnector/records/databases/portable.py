"""Writing to any database: what a writer has to do, and plain SQL that does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, repeat
from typing import Any, Protocol, TypeAlias

from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector import exact_json
from sfconnector.models import Record
from sfconnector.records.rows import Row, Target, naive_utc

Known: TypeAlias = dict[str, tuple[int, int]]
"""What is stored: record id → (content hash, state)."""

COLUMNS = (
    "org_id",
    "sobject",
    "record_id",
    "state",
    "system_modstamp",
    "content_hash",
    "data",
)
KEY = "org_id, sobject, record_id"
ROWS_PER_STATEMENT = 500
IDS_PER_STATEMENT = 500


class Writer(Protocol):
    """What the sync needs of a database, within the caller's transaction."""

    def insert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows of which none is there yet; IntegrityError when one is."""

    def upsert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows, replacing those that are there."""

    def between(self, target: Target, *, after: str, upto: str | None) -> Known:
        """Return what is stored with ids above ``after`` up to ``upto`` inclusive."""

    def known(self, target: Target, ids: Collection[str]) -> Known:
        """Return what is stored of these ids."""


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class PortableWriter:
    """Plain SQL and Django's ``bulk_create``: right everywhere, fast nowhere."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def insert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows of which none is there yet."""
        self._create(target, rows, {})

    def upsert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows, replacing those that are there."""
        options: dict[str, Any] = {
            "update_conflicts": True,
            "update_fields": list(COLUMNS[3:]),
        }
        if self.connection.features.supports_update_conflicts_with_target:
            options["unique_fields"] = ["org_id", "sobject", "record_id"]
        self._create(target, rows, options)

    def _create(
        self, target: Target, rows: Sequence[Row], options: dict[str, Any]
    ) -> None:
        from datetime import datetime

        Record.objects.using(self.connection.alias).bulk_create(
            [
                Record(
                    org_id=target.org_id,
                    sobject=target.sobject,
                    record_id=row.record_id,
                    state=row.state,
                    system_modstamp=datetime.fromisoformat(row.stamp)
                    if row.stamp
                    else None,
                    content_hash=row.content_hash,
                    data=exact_json.loads(row.data),
                )
                for row in rows
            ],
            batch_size=ROWS_PER_STATEMENT,
            **options,
        )

    def between(self, target: Target, *, after: str, upto: str | None) -> Known:
        """Return what is stored with ids above ``after`` up to ``upto`` inclusive."""
        condition = "record_id > %s" + ("" if upto is None else " AND record_id <= %s")
        bounds = (after,) if upto is None else (after, upto)
        return self._select(target, condition, bounds)

    def known(self, target: Target, ids: Collection[str]) -> Known:
        """Return what is stored of these ids."""
        found: Known = {}
        for some in chunks(sorted(ids), IDS_PER_STATEMENT):
            marks = ",".join(["%s"] * len(some))
            found |= self._select(target, f"record_id IN ({marks})", tuple(some))
        return found

    def _select(self, target: Target, condition: str, values: Sequence[str]) -> Known:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id, content_hash, state FROM sfconnector_record "  # noqa: S608 - names of our own
                f"WHERE org_id = %s AND sobject = %s AND {condition}",
                (*target, *values),
            )
            return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


class MultiRowWriter(PortableWriter):
    """Statements of 500 rows each: one round trip, one hold of the lock."""

    placeholder = "%s"
    placeholder_of_data = "%s"
    on_conflict = ""
    """The clause that makes an INSERT an upsert."""

    def insert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows of which none is there yet."""
        self._write(target, rows, "")

    def upsert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows, replacing those that are there."""
        self._write(target, rows, self.on_conflict)

    def _write(self, target: Target, rows: Sequence[Row], ending: str) -> None:
        marks = [self.placeholder] * (len(COLUMNS) - 1) + [self.placeholder_of_data]
        one = f"({','.join(marks)})"
        for some in chunks(rows, ROWS_PER_STATEMENT):
            ids, states, stamps, hashes, data = zip(*some, strict=True)
            moments = map(naive_utc, stamps)
            columns = (*map(repeat, target), ids, states, moments, hashes, data)
            self._execute(
                f"INSERT INTO sfconnector_record ({', '.join(COLUMNS)}) VALUES "  # noqa: S608 - names of our own
                + ",".join([one] * len(some))
                + ending,
                list(chain.from_iterable(zip(*columns, strict=False))),
            )

    def _execute(self, sql: str, values: Sequence[Any]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)

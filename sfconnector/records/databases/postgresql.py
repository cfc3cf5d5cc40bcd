"""Writing to PostgreSQL: COPY, straight or by way of a staging table."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from operator import floordiv, sub

from django.db import DataError
from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector.records.databases.portable import (
    COLUMNS,
    KEY,
    Known,
    PortableWriter,
    chunks,
)
from sfconnector.records.rows import Row, Target

SETTINGS = "SET LOCAL jit = off; SET LOCAL synchronous_commit = off"
"""Of the transaction. Compiling these statements takes longer than running them. And
a batch waits for no disk: a crash of the server may undo the last ones, but each with
its checkpoint, so they are read again. The commit that ends a run waits for them all.
"""
COPY = f"COPY {{table}} ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
STAGE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS sfconnector_stage ("
    "org_id bigint, sobject text, record_id text, state smallint, "
    "system_modstamp timestamptz, content_hash bigint, data jsonb"
    ") ON COMMIT DROP"
)
MERGE = (
    f"INSERT INTO sfconnector_record ({', '.join(COLUMNS)}) "  # noqa: S608 - constants
    f"SELECT {', '.join(COLUMNS)} FROM sfconnector_stage "
    f"ON CONFLICT ({KEY}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])
)
BEGINNING = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
"""https://www.postgresql.org/docs/current/sql-copy.html, “Binary Format”. The server
takes a row in three quarters of the time: it looks for no escapes and reads no digits.
"""
NULL = b"\xff\xff\xff\xff"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""From here PostgreSQL counts microseconds."""
MICROSECOND = timedelta(microseconds=1)
JSONB = 1
"""The version of jsonb's binary form, before the text."""
ROWS_PER_BLOCK = 100
"""About a hundred kB: what the driver hands to the socket without cutting it up."""
LOOK_UP = (
    "SELECT known.record_id, known.content_hash, known.state "
    "FROM unnest(%s::text[]) AS wanted (id) CROSS JOIN LATERAL ("
    "SELECT record_id, content_hash, state FROM sfconnector_record "
    "WHERE org_id = %s AND sobject = %s AND record_id = wanted.id LIMIT 1) AS known"
)
"""One index probe per id. ``record_id = ANY(...)`` of 2,000 ids is planned as a scan
of the whole table while statistics are stale: ten times slower for a whole fetch."""


_length = struct.Struct(">i").pack
_start = struct.Struct(">hiqi").pack
_state = struct.Struct(">ih").pack
_moment = struct.Struct(">iq").pack
_rest = struct.Struct(">iqiB").pack
_whole = struct.Struct(">i18sihiqiqiB").pack
"""All between what rows have in common and their JSON, where a row has a stamp."""


def _start_of(target: Target) -> bytes:
    """Return how each line begins: the columns that all rows have in common."""
    sobject = target.sobject.encode()
    return _start(len(COLUMNS), 8, target.org_id, len(sobject)) + sobject


def _block(start: bytes, rows: Sequence[Row]) -> bytes:
    """Write rows in COPY's binary format, a value behind its length in bytes."""
    ids, states, stamps, hashes, data = zip(*rows, strict=True)
    keys = [key.encode() for key in ids]
    sizes = [len(text) + 1 for text in data]
    if None in stamps or not {18}.issuperset(map(len, keys)):
        lines = zip(
            repeat(start),
            map(_length, map(len, keys)),
            keys,
            map(_state, repeat(2), states),
            [NULL if one is None else _moment(8, *_moments([one])) for one in stamps],
            map(_rest, repeat(8), hashes, sizes, repeat(JSONB)),
            data,
            strict=False,
        )
        return b"".join(chain.from_iterable(lines))
    eight = repeat(8)
    columns = (repeat(2), states, eight, _moments(stamps), eight, hashes, sizes)
    wholes = map(_whole, repeat(18), keys, *columns, repeat(JSONB))
    return b"".join(chain.from_iterable(zip(repeat(start), wholes, data, strict=False)))


def _moments(stamps: Sequence[str]) -> list[int]:
    """Return stamps as the microseconds that the server counts, no loop of ours."""
    try:
        since = map(sub, map(datetime.fromisoformat, stamps), repeat(EPOCH))
        return list(map(floordiv, since, repeat(MICROSECOND)))
    except ValueError as error:  # the server would have said so
        raise DataError(f"a stamp is no moment: {error}") from error


class PostgreSQLWriter(PortableWriter):
    """COPY for what is new, COPY to a stage and one upsert for what changed."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)

    def insert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows of which none is there yet."""
        self._copy("sfconnector_record", target, rows)

    def upsert(self, target: Target, rows: Sequence[Row]) -> None:
        """Store rows, replacing those that are there."""
        with self.connection.cursor() as cursor:
            cursor.execute(STAGE)
            cursor.execute("TRUNCATE sfconnector_stage")
        self._copy("sfconnector_stage", target, rows)
        with self.connection.cursor() as cursor:
            cursor.execute(MERGE)

    def _copy(self, table: str, target: Target, rows: Sequence[Row]) -> None:
        start = _start_of(target)
        with (
            self.connection.wrap_database_errors,
            self.connection.cursor() as cursor,
            cursor.copy(COPY.format(table=table)) as copy,
        ):
            copy.write(BEGINNING)
            for some in chunks(rows, ROWS_PER_BLOCK):
                copy.write(_block(start, some))
            copy.write(END)

    def known(self, target: Target, ids: Collection[str]) -> Known:
        """Return what is stored of these ids."""
        with self.connection.cursor() as cursor:
            cursor.execute(LOOK_UP, (list(ids), *target))
            return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}

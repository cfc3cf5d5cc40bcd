"""Writing to PostgreSQL: COPY, straight or by way of a staging table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, repeat

from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector.records.rows import Row, Target
from sfconnector.records.writers import COLUMNS, KEY, Known, PortableWriter, chunks

SETTINGS = "SET LOCAL jit = off; SET LOCAL synchronous_commit = off"
"""Of the transaction. Compiling these statements takes longer than running them. And
a batch waits for no disk: a crash of the server may undo the last ones, but each with
its checkpoint, so they are read again. The commit that ends a run waits for them all.
"""
COPY = f"COPY {{table}} ({', '.join(COLUMNS)}) FROM STDIN"
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
ESCAPES = ((b"\\", rb"\\"), (b"\t", rb"\t"), (b"\n", rb"\n"), (b"\r", rb"\r"))
"""https://www.postgresql.org/docs/current/sql-copy.html, “Text Format”."""
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


def _block(start: str, rows: Sequence[Row]) -> bytes:
    """Write rows in COPY's text format, quicker than the driver one after another.

    Each line begins with ``start``: the columns that all rows have in common.
    """
    ids, states, stamps, hashes, data = zip(*rows, strict=True)
    moments = [r"\N" if stamp is None else stamp for stamp in stamps]
    columns = (
        repeat(start),
        ids,
        map(str, states),
        moments,
        map(str, hashes),
        repeat(""),
    )
    heads = map(str.encode, map("\t".join, zip(*columns, strict=False)))
    lines = zip(heads, _escaped(data), repeat(b"\n"), strict=False)
    return b"".join(chain.from_iterable(lines))


def _escaped(texts: Sequence[bytes]) -> Sequence[bytes]:
    whole = b"".join(texts)
    for character, escape in ESCAPES:
        if character in whole:
            texts = [text.replace(character, escape) for text in texts]
    return texts


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
        start = f"{target.org_id}\t{target.sobject}"
        with (
            self.connection.wrap_database_errors,
            self.connection.cursor() as cursor,
            cursor.copy(COPY.format(table=table)) as copy,
        ):
            for some in chunks(rows, ROWS_PER_BLOCK):
                copy.write(_block(start, some))

    def known(self, target: Target, ids: Collection[str]) -> Known:
        """Return what is stored of these ids."""
        with self.connection.cursor() as cursor:
            cursor.execute(LOOK_UP, (list(ids), *target))
            return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}

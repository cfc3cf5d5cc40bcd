"""Writing to SQLite: 500-row statements, straight to the driver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfconnector.records.databases.portable import COLUMNS, KEY, MultiRowWriter


class SQLiteWriter(MultiRowWriter):
    """One statement per 500 rows.

    ``executemany`` takes the interpreter's lock back for every row, so that a thread
    that fetches the next page starves; one long statement lets go of it once.
    """

    placeholder = "?"
    placeholder_of_data = "CAST(? AS TEXT)"
    on_conflict = f" ON CONFLICT ({KEY}) DO UPDATE SET " + ", ".join(
        f"{name} = excluded.{name}" for name in COLUMNS[3:]
    )

    def _execute(self, sql: str, values: Sequence[Any]) -> None:
        self.connection.ensure_connection()
        raw: Any = self.connection.connection
        with self.connection.wrap_database_errors:
            raw.execute(sql, values)

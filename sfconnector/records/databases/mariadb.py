"""Writing to MariaDB and MySQL: 500-row statements."""

from __future__ import annotations

from sfconnector.records.databases.portable import COLUMNS, MultiRowWriter


class MariaDBWriter(MultiRowWriter):
    """One statement per 500 rows; ``VALUES(column)`` is understood by both."""

    placeholder_of_data = "CONVERT(%s USING utf8mb4)"
    on_conflict = " ON DUPLICATE KEY UPDATE " + ", ".join(
        f"{name} = VALUES({name})" for name in COLUMNS[3:]
    )

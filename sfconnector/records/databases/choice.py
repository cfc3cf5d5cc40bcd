"""Which writer the database of the records wants."""

from __future__ import annotations

from sfconnector import transactions
from sfconnector.records.databases.mariadb import MariaDBWriter
from sfconnector.records.databases.portable import PortableWriter, Writer
from sfconnector.records.databases.postgresql import PostgreSQLWriter
from sfconnector.records.databases.sqlite import SQLiteWriter


def writer() -> Writer:
    """Return the writer for the database that holds the records."""
    connection = transactions.connection()
    if connection.vendor == "postgresql" and _has_psycopg3():
        return PostgreSQLWriter(connection)
    if connection.vendor == "sqlite":
        return SQLiteWriter(connection)
    if connection.vendor == "mysql":
        return MariaDBWriter(connection)
    return PortableWriter(connection)


def _has_psycopg3() -> bool:
    try:
        import psycopg
    except ImportError:
        return False
    return psycopg.__version__.startswith("3")

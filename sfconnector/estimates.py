"""How many rows a large table has, about: as the database's own books say."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, Model

from sfconnector import transactions

POSTGRESQL = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)"
MYSQL = (
    "SELECT table_rows FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name = %s"
)
BOOKS = {"postgresql": POSTGRESQL, "mysql": MYSQL}


def rows_in(model: type[Model]) -> int | None:
    """Return about how many rows a table has; None when nobody knows.

    PostgreSQL and MariaDB keep count as far as their statistics are fresh. SQLite does
    not: there the span of the keys tells, of rows that go where the oldest are.
    """
    statement = BOOKS.get(transactions.connection().vendor)
    if statement is None:
        return _span(model)
    with transactions.connection().cursor() as cursor:
        cursor.execute(statement, [model._meta.db_table])  # noqa: SLF001 - documented by Django
        row = cursor.fetchone()
    known = int(row[0]) if row and row[0] is not None else -1
    return known if known >= 0 else None  # -1 where PostgreSQL never looked


def _span(model: type[Model]) -> int | None:
    rows: Any = model._default_manager.order_by()  # noqa: SLF001 - documented by Django
    # Each alone is one step into the table; together SQLite would walk through it.
    last = rows.aggregate(key=Max("pk"))["key"]
    first = rows.aggregate(key=Min("pk"))["key"]
    return (
        last - first + 1 if isinstance(last, int) and isinstance(first, int) else None
    )

"""``flush`` in place of Django's own: what a test left is deleted, all else stays.

Django's truncates each table, which on PostgreSQL makes some two hundred files anew, and
then writes content types and permissions again. That took a third of the time of the
tests that commit.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = frozenset({"auth_permission", "django_content_type"})
"""Tables that ``migrate`` fills."""
LARGE = 1024 * 1024
"""Bytes from which a table is truncated, so that its next reader finds it small again."""
USED = """
    SELECT relname, pg_relation_size(oid) > %s OR reltuples > 0 FROM pg_class
    WHERE relkind = 'r' AND relname = ANY(%s) AND pg_relation_size(oid) > 0
"""


class Command(flush.Command):
    """Deletes the rows of the test before; on other databases does what Django does."""

    def handle(self, **options: Any) -> None:
        """Empty one database."""
        connection = connections[options["database"]]
        if connection.vendor not in {"postgresql", "sqlite"}:
            super().handle(**options)
            return
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        emptied = set(tables) - KEPT
        with transaction.atomic(using=connection.alias):
            if connection.vendor == "postgresql":
                emptied = _truncated(connection, emptied)
            _delete(connection, emptied)


def _truncated(connection: BaseDatabaseWrapper, tables: set[str]) -> set[str]:
    """Truncate what is large or was counted; return the others that hold something."""
    with connection.cursor() as cursor:
        cursor.execute(USED, [LARGE, list(tables)])
        is_large = dict(cursor.fetchall())
        large = [connection.ops.quote_name(name) for name in is_large if is_large[name]]
        if large:
            cursor.execute(f"TRUNCATE {', '.join(large)} CASCADE")
    return {name for name, large in is_large.items() if not large}


def _delete(connection: BaseDatabaseWrapper, tables: set[str]) -> None:
    """Delete all rows; references between them are looked at when all are gone."""
    with connection.cursor() as cursor:
        for name in sorted(tables):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")

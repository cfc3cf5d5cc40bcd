"""What the indexes of typed columns are made of, and what PostgreSQL's planner knows.

They hold the very expression of the view's column: another one would find nothing.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector import typed
from sfconnector.models import ObjectView, SObject

KINDS = tuple(f"typed_{one}" for one in typed.KINDS)
"""What an index may be called: a field may have had another kind before."""
MOMENTS, MONTHS = "typed_timestamp", "months"
TABLE = "sfconnector_record"


class Expression(NamedTuple):
    """What an index holds of a field."""

    kind: str
    """One of ``KINDS``."""
    sql: str


def viewed() -> set[str]:
    """Return the objects that have a typed view."""
    return set(ObjectView.objects.values_list("sobject", flat=True))


def of_field(sobject: SObject, name: str, *, vendor: str) -> Expression | None:
    """Return what an index on a field holds; None for a field without a column."""
    found = typed.index_expression(sobject.name, name, vendor=vendor)
    return Expression(f"typed_{found[0]}", found[1]) if found else None


def gather(connection: BaseDatabaseWrapper, name: str, found: Expression) -> None:
    """Have PostgreSQL keep statistics of a field's typed values; count now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE STATISTICS IF NOT EXISTS "{_name(name, found.kind)}" (mcv) '
            f'ON org_id, sobject, ({found.sql}) FROM "{TABLE}"'
        )
        if found.kind == MOMENTS:
            cursor.execute(
                f'CREATE STATISTICS IF NOT EXISTS "{_name(name, MONTHS)}" '
                f'ON ({_month(found.sql)}) FROM "{TABLE}"'
            )
        cursor.execute(f'ANALYZE "{TABLE}"')


def drop(connection: BaseDatabaseWrapper, name: str) -> None:
    """Keep no statistics of a field any more."""
    with connection.cursor() as cursor:
        for kind in (*KINDS, MONTHS):
            cursor.execute(f'DROP STATISTICS IF EXISTS "{_name(name, kind)}"')


def _month(sql: str) -> str:
    """Return the SQL of ``TruncMonth``, to the letter.

    PostgreSQL takes the records for as many groups as the JSON has values, which is
    one each, and so sorts all of them on disk to count them by month.
    """
    zone = settings.TIME_ZONE.replace("'", "''")
    return f"date_trunc('month', {sql} AT TIME ZONE '{zone}')"


def _name(field: str, kind: str) -> str:
    digest = hashlib.blake2b(field.encode(), digest_size=8).hexdigest()
    return f"sfc_stat_{kind}_{digest}"

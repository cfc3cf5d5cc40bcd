"""Where views lag behind the catalog, and which values fit no column."""

from __future__ import annotations

from collections.abc import Iterator

from sfconnector import transactions
from sfconnector.models import ObjectView
from sfconnector.typed import statements
from sfconnector.typed.casts import casting
from sfconnector.typed.kinds import Column, Kind
from sfconnector.typed.layout import Layout, layout_of

CHUNK = 100
"""Columns that one statement counts."""
NOT_NULL = {
    "postgresql": "jsonb_typeof({data} -> '{name}') <> 'null'",
    "sqlite": "JSON_TYPE({data}, '$.\"{name}\"') <> 'null'",
    "mysql": "JSON_TYPE(JSON_EXTRACT({data}, '$.\"{name}\"')) <> 'NULL'",
}
"""Where a value is: empty and unfetched fields give NULL or false."""


def behind() -> Iterator[tuple[ObjectView, list[str]]]:
    """Yield views that lack a field, or hold one as another kind, with those fields."""
    for row in ObjectView.objects.all():
        now = layout_of(row.sobject).kinds
        names = sorted(
            name
            for name in now.keys() | row.columns.keys()
            if now.get(name) != row.columns.get(name)
        )
        if names:
            yield row, names


def mixed() -> Iterator[Layout]:
    """Yield the layouts of views with fields that orgs type differently."""
    for row in ObjectView.objects.all():
        layout = layout_of(row.sobject)
        if layout.mixed:
            yield layout


def unfit(sobject: str, *, within: int | None = None) -> dict[str, int]:
    """Count the values of an object that became NULL, by field; those with none apart.

    ``within`` bounds how many records are looked at. The answer reads each of them.
    """
    columns = [one for one in layout_of(sobject).columns if one.kind != Kind.TEXT]
    found: dict[str, int] = {}
    for start in range(0, len(columns), CHUNK):
        found |= _counted(sobject, columns[start : start + CHUNK], within)
    return found


def _counted(sobject: str, columns: list[Column], within: int | None) -> dict[str, int]:
    connection = transactions.connection()
    sums = ", ".join(_sum(connection.vendor, one) for one in columns)
    bound = f" LIMIT {int(within)}" if within else ""
    rows = f"SELECT data FROM {statements.TABLE} WHERE sobject = %s{bound}"  # noqa: S608 - a number
    statement = f"SELECT {sums} FROM ({rows}) chosen"  # noqa: S608 - API names that were checked
    with connection.cursor() as cursor:
        cursor.execute(statement, [sobject])
        counts = cursor.fetchone()
    pairs = zip(columns, counts, strict=True)
    return {one.api_name: int(count) for one, count in pairs if count}


def _sum(vendor: str, column: Column) -> str:
    typed = casting.value(vendor, column.kind, data="data", api_name=column.api_name)
    there = NOT_NULL[vendor].format(data="data", name=column.api_name)
    return f"SUM(CASE WHEN {there} AND ({typed}) IS NULL THEN 1 ELSE 0 END)"

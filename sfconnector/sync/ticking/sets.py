"""Many rows moved or made by one statement, which is told of them in one JSON array.

``bulk_update`` and ``bulk_create`` cut such a number of rows into statements, for some
databases take few parameters. Databases without JSON tables get those.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field

from sfconnector import transactions
from sfconnector.models import SyncPlan, SyncRun

Moved = Sequence[tuple[SyncPlan, datetime | None]]
ROWS = 500
"""Rows per statement where there are no JSON tables."""
UPDATE_FROM = (3, 33)
"""The first SQLite that updates one table from another."""


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """How a database reads a JSON array as a table."""

    table: str
    """The table; ``{columns}`` are those of the array, ``%s`` the array."""
    column: str
    """One of its columns by ``{name}`` and ``{type}``."""
    types: Mapping[str, str]
    update: str
    """The statement that moves plans: the tables' and columns' names are filled in."""


PLANS_FROM = (
    "UPDATE {plans} SET {next} = told.at FROM {told} WHERE {plans}.{id} = told.id"
)
DIALECTS = {
    "postgresql": Dialect(
        table="jsonb_to_recordset(%s::jsonb) AS told({columns})",
        column="{name} {type}",
        types={"number": "bigint", "moment": "timestamptz", "text": "text"}
        | {"uuid": "uuid", "flag": "boolean"},
        update=PLANS_FROM,
    ),
    "sqlite": Dialect(
        table="(SELECT {columns} FROM json_each(%s)) AS told",
        column="json_extract(value, '$.{name}') AS {name}",
        types=dict.fromkeys(("number", "moment", "text", "uuid", "flag"), ""),
        update=PLANS_FROM,
    ),
    "mysql": Dialect(
        table="JSON_TABLE(%s, '$[*]' COLUMNS ({columns})) AS told",
        column="{name} {type} PATH '$.{name}'",
        types={"number": "BIGINT", "moment": "DATETIME(6)", "text": "VARCHAR(255)"}
        | {"uuid": "VARCHAR(36)", "flag": "BOOLEAN"},
        update=(
            "UPDATE {plans} JOIN {told} ON {plans}.{id} = told.id SET {next} = told.at"
        ),
    ),
}
QUEUE = "INSERT INTO {runs} ({names}) SELECT {cells} FROM {told} ORDER BY told.nr"
MOVED = {"id": "number", "at": "moment"}
QUEUED = {
    "nr": "number",
    "uuid": "uuid",
    "plan_id": "number",
    "org_id": "number",
    "sobject": "text",
    "is_full": "flag",
}
"""What differs from run to run, and the place of each in the queue."""


def move(moved: Moved) -> None:
    """Write when plans are due next; the caller has locked them."""
    if not moved:
        return
    connection = transactions.connection()
    dialect = _dialect(connection)
    if dialect is None:
        _move_by_pieces(moved)
        return
    meta = SyncPlan._meta  # noqa: SLF001 - documented by Django
    quoted = connection.ops.quote_name
    statement = dialect.update.format(
        plans=quoted(meta.db_table),
        next=quoted("next_run_at"),
        id=quoted("id"),
        told=_told(dialect, MOVED),
    )
    at = connection.ops.adapt_datetimefield_value
    rows = [
        {"id": plan.pk, "at": at(after) if after else None} for plan, after in moved
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, default=str)])


def queue(plans: Sequence[SyncPlan], now: datetime) -> None:
    """Make a queued run for each plan, in this order; nobody was rung for them yet."""
    if not plans:
        return
    connection = transactions.connection()
    dialect = _dialect(connection)
    runs = [_run_of(plan, nr) for nr, plan in enumerate(plans)]
    same = {
        "state": SyncRun.State.QUEUED,
        "trigger": SyncRun.Trigger.SCHEDULE,
        "queued_at": now,
    }
    if dialect is None:
        _queue_by_pieces(runs, same)
        return
    meta = SyncRun._meta  # noqa: SLF001 - documented by Django
    fields = [one for one in meta.concrete_fields if not one.primary_key]
    told = [one for one in fields if one.column in QUEUED]
    others = [one for one in fields if one.column not in QUEUED]
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(one.column)) for one in [*told, *others])
    cells = [f"told.{one.column}" for one in told] + ["%s"] * len(others)
    statement = QUEUE.format(
        runs=quoted(meta.db_table),
        names=names,
        cells=", ".join(cells),
        told=_told(dialect, QUEUED),
    )
    values = [_value(one, same, connection) for one in others]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, json.dumps(runs)])


def _dialect(connection: BaseDatabaseWrapper) -> Dialect | None:
    version = connection.get_database_version()
    if connection.vendor == "sqlite" and version < UPDATE_FROM:
        return None
    if connection.vendor == "mysql" and (10,) < version < (10, 6):  # MariaDB
        return None
    return DIALECTS.get(connection.vendor)


def _told(dialect: Dialect, columns: Mapping[str, str]) -> str:
    written = [
        dialect.column.format(name=name, type=dialect.types[kind])
        for name, kind in columns.items()
    ]
    return dialect.table.format(columns=", ".join(written))


def _run_of(plan: SyncPlan, nr: int) -> dict[str, Any]:
    made = SyncRun._meta.get_field("uuid")  # noqa: SLF001 - documented by Django
    connection = transactions.connection()
    return {
        "nr": nr,
        "uuid": str(made.get_db_prep_value(made.get_default(), connection)),
        "plan_id": plan.pk,
        "org_id": plan.org_id,
        "sobject": plan.sobject,
        "is_full": plan.full_wanted_at is not None,
    }


def _value(
    field: Field[Any, Any], same: Mapping[str, Any], connection: BaseDatabaseWrapper
) -> Any:
    """Return what all the runs have in a column, as the driver takes it."""
    value = same[field.name] if field.name in same else field.get_default()
    return field.get_db_prep_save(value, connection)


def _move_by_pieces(moved: Moved) -> None:
    for plan, after in moved:
        plan.next_run_at = after
    plans = [plan for plan, _ in moved]
    SyncPlan.objects.bulk_update(plans, ["next_run_at"], batch_size=ROWS)


def _queue_by_pieces(
    runs: Sequence[Mapping[str, Any]], same: Mapping[str, Any]
) -> None:
    rows = [
        SyncRun(**{key: run[key] for key in run if key != "nr"}, **same) for run in runs
    ]
    SyncRun.objects.bulk_create(rows, batch_size=ROWS)

"""How much is stored of which org, how long it is kept, and when the rest goes.

Everything here is cheap whatever the size of the cache: records are counted by the
counters that fetching keeps, other tables up to a limit, and sizes are asked of the
database's own bookkeeping or not at all.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Model, QuerySet, Sum

from sfconnector import transactions
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    CachedResponse,
    FieldChange,
    OAuthFlow,
    Org,
    Record,
    Round,
    SavedCall,
    SObject,
    SyncRun,
)
from sfconnector.retention import pruning

MOST_COUNTED = 200_000
"""Rows of a table that are counted; of more it is only said that there are more."""

KINDS: Mapping[str, tuple[type[Model], str]] = {
    "records": (Record, "org"),
    "history": (FieldChange, "org"),
    "answers": (CachedResponse, "plan__org"),
    "runs": (SyncRun, "org"),
    "rounds": (Round, "org"),
    "calls": (ApiCall, "org"),
    "flows": (OAuthFlow, "org"),
    "explorer": (SavedCall, "org"),
    "audit": (AuditEvent, "org"),
}
"""What is stored: the table of each kind, and its way to the org."""

TABLE_SIZES: Mapping[str, str] = {
    "postgresql": (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
        "WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid) "
        "AND relname LIKE 'sfconnector%'"
    ),
    "mysql": (
        "SELECT table_name, data_length + index_length "
        "FROM information_schema.tables WHERE table_schema = DATABASE()"
    ),
}
SQLITE_SIZES = (
    "SELECT of.tbl_name, SUM(pages.pgsize) FROM dbstat AS pages "
    "JOIN sqlite_master AS of ON of.name = pages.name "
    "WHERE pages.aggregate = TRUE AND of.tbl_name LIKE 'sfconnector%' "
    "GROUP BY of.tbl_name"
)
SQLITE_MOST = 512 * 1024 * 1024
"""SQLite finds the pages of a table by walking through all: a larger file waits."""
SQLITE_CAN = "SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'"

DATABASE_SIZE: Mapping[str, str] = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    ),
    "mysql": (
        "SELECT SUM(data_length + index_length) "
        "FROM information_schema.tables WHERE table_schema = DATABASE()"
    ),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One kind of rows over the whole site, or of the orgs that may be seen."""

    kind: str
    rows: int
    is_more: bool
    """There are more than ``rows``; nobody counted them."""
    byte_count: int | None
    """Bytes with indexes, None when the database does not tell."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ObjectShare:
    """What is cached of one object of one org."""

    sobject: SObject
    byte_count: int | None
    """Its share of the records' table by rows, None when that is not measured."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrgShare:
    """What is stored of one org."""

    org: Org
    objects: Sequence[ObjectShare]
    rows: Mapping[str, int | None]
    """Rows by kind; None where the table is too big to be counted by org."""
    answer_bytes: int

    @property
    def byte_count(self) -> int | None:
        """Return the bytes of its records, None when not measured."""
        sizes = [one.byte_count for one in self.objects if one.byte_count is not None]
        return sum(sizes) if len(sizes) == len(self.objects) else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What is stored, by kind and by org."""

    tables: Sequence[Table]
    orgs: Sequence[OrgShare]
    database_bytes: int | None
    next_prune: datetime | None


def measure_storage(
    orgs: QuerySet[Org],
    *,
    shares_of: Sequence[Org] | None = None,
    is_whole: bool = True,
) -> Storage:
    """Measure the site, and some orgs in it, in a number of queries that is fixed.

    ``shares_of`` says which of ``orgs`` are told of one by one; None: all of them.
    Without ``is_whole`` nothing is told of other orgs: rows are those of ``orgs``, and
    sizes, which no database knows by org, are not measured.
    """
    sizes = _table_sizes() if is_whole else {}
    counted = {kind: _count(kind, sizes, None if is_whole else orgs) for kind in KINDS}
    return Storage(
        tables=list(counted.values()),
        orgs=_shares(list(orgs) if shares_of is None else shares_of, counted),
        database_bytes=_database_size() if is_whole else None,
        next_prune=pruning.next_round(),
    )


def _count(kind: str, sizes: Mapping[str, int], orgs: QuerySet[Org] | None) -> Table:
    model, path = KINDS[kind]
    size = sizes.get(_name(model))
    if kind == "records":
        objects = SObject.objects.all()
        if orgs is not None:
            objects = objects.filter(org__in=orgs)
        total = objects.aggregate(rows=Sum("total_count"))["rows"] or 0
        return Table(kind=kind, rows=total, is_more=False, byte_count=size)
    found = model._default_manager.order_by()  # noqa: SLF001 - documented by Django
    if orgs is not None:
        found = found.filter(**{f"{path}__in": orgs})
    rows = found.values("pk")[: MOST_COUNTED + 1].count()
    return Table(
        kind=kind,
        rows=min(rows, MOST_COUNTED),
        is_more=rows > MOST_COUNTED,
        byte_count=size,
    )


def _shares(orgs: Sequence[Org], counted: Mapping[str, Table]) -> list[OrgShare]:
    by_kind = {
        kind: _by_org(kind, table, orgs)
        for kind, table in counted.items()
        if kind != "records"
    }
    answers = CachedResponse.objects.filter(plan__org__in=orgs).order_by()
    sums = answers.values_list("plan__org").annotate(Sum("byte_count"))
    answer_bytes = dict(sums) if not counted["answers"].is_more else {}
    objects = _objects(orgs, counted["records"])
    return [
        OrgShare(
            org=org,
            objects=objects[org.pk],
            rows={
                "records": sum(one.sobject.total_count for one in objects[org.pk]),
                **{
                    kind: None if found is None else found.get(org.pk, 0)
                    for kind, found in by_kind.items()
                },
            },
            answer_bytes=answer_bytes.get(org.pk, 0),
        )
        for org in orgs
    ]


def _by_org(kind: str, table: Table, orgs: Sequence[Org]) -> dict[int, int] | None:
    if table.is_more:
        return None
    model, path = KINDS[kind]
    rows = model._default_manager.filter(**{f"{path}__in": orgs}).order_by()  # noqa: SLF001 - documented by Django
    return dict(rows.values_list(path).annotate(Count("pk")))


def _objects(orgs: Sequence[Org], records: Table) -> dict[int, list[ObjectShare]]:
    found: dict[int, list[ObjectShare]] = defaultdict(list)
    cached = SObject.objects.filter(org__in=orgs, total_count__gt=0)
    for row in cached.defer("describe").order_by("-total_count", "name"):
        size = None
        if records.byte_count is not None and records.rows:
            size = round(records.byte_count * row.total_count / records.rows)
        found[row.org_id].append(ObjectShare(sobject=row, byte_count=size))
    return found


def _table_sizes() -> dict[str, int]:
    """Return bytes by table with indexes, as the database keeps them; else nothing."""
    sql = TABLE_SIZES.get(transactions.connection().vendor)
    if transactions.connection().vendor == "sqlite" and _may_walk():
        sql = SQLITE_SIZES
    if sql is None:
        return {}
    with transactions.connection().cursor() as cursor:
        cursor.execute(sql)
        return {str(name): int(size or 0) for name, size in cursor.fetchall()}


def _may_walk() -> bool:
    """Tell whether SQLite was built with its table of pages, and the file is small."""
    if (_database_size() or 0) > SQLITE_MOST:
        return False
    with transactions.connection().cursor() as cursor:
        cursor.execute(SQLITE_CAN)
        return cursor.fetchone() is not None


def _database_size() -> int | None:
    """Return the bytes of the whole database, None when it does not tell."""
    sql = DATABASE_SIZE.get(transactions.connection().vendor)
    if sql is None:
        return None
    with transactions.connection().cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else None


def _name(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 - documented by Django

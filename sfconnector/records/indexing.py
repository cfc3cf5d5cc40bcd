"""Indexes on fields of cached records, built on request for objects with many rows.

A field lives inside the record's JSON, so sorting or filtering by it reads every row
of the object unless an index on the expression exists. Each is a partial index of one
org and object; on PostgreSQL it is built CONCURRENTLY. SQLite uses an expression, and
the condition of a partial index, only where the query holds them as literals:
``FieldValue`` and ``among`` write them so.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTransform, KeyTransformExact

from sfconnector import transactions
from sfconnector.exceptions import ConfigurationError, InvalidRequest
from sfconnector.models import Claim, Org, SField, SObject
from sfconnector.models.records import RecordQuerySet
from sfconnector.records.indexes import statistics, typed_indexes
from sfconnector.texts import gettext_noop as _

NAME = re.compile(r"[A-Za-z]\w{0,119}", re.ASCII)
TABLE = "sfconnector_record"
SORT, SEARCH, TYPED = "sort", "search", "typed"
CLAIM = "indexes"
SILENT = timedelta(minutes=5)
"""A builder that is silent for so long has died."""
CHECKS = {"true": 1, "false": 0}
TEXTS = {"string", "email", "phone", "url", "picklist", "combobox", "textarea"}


class FieldValue(KeyTransform):
    """The value of a field inside ``data``, written so that an index on it is used."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        if not NAME.fullmatch(name):
            raise InvalidRequest(
                _("{name!r} cannot be the API name of a field.").format(name=name[:80])
            )
        super().__init__(name, *(args or ("data",)), **kwargs)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Write the path as a literal; a bound one matches no index."""
        column, params, _keys = self.preprocess_lhs(compiler, connection)
        return f"JSON_EXTRACT({column}, '{_path(self.key_name)}')", params


@FieldValue.register_lookup
class _Exact(KeyTransformExact):
    """Compares with a check mark as SQLite's JSON_EXTRACT tells it: 1 or 0."""

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        """Return the value's SQL; the words true and false become numbers."""
        sql, params = super().process_rhs(compiler, connection)
        if connection.vendor == "sqlite":
            params = tuple(CHECKS.get(str(one), one) for one in params)
        return sql, params


def _path(name: str) -> str:
    return f'$."{name}"'


def database() -> BaseDatabaseWrapper:
    """Return the connection that holds the records."""
    return transactions.connection()


def is_offered() -> bool:
    """Tell whether this database can index fields."""
    return database().vendor in {"postgresql", "sqlite"}


def sorts(sobject: SObject, name: str) -> bool:
    """Tell whether a field has an index that orders and filters."""
    return name in sobject.indexed_fields


def searches(sobject: SObject, name: str) -> bool:
    """Tell whether a field has an index that finds texts inside of it."""
    return f"{SEARCH}:{name}" in sobject.indexed_fields


def finds_beginnings(sobject: SObject, name: str) -> bool:
    """Tell whether texts that begin alike are a range of the field's index.

    Not so on PostgreSQL, whose order of texts is that of a language.
    """
    return sorts(sobject, name) and database().vendor == "sqlite"


def wants(sobject: SObject) -> list[str]:
    """Return the fields whose index was asked for and is not there yet."""
    return [name for name in sobject.wanted_indexes if not sorts(sobject, name)]


def waiting() -> list[int]:
    """Return the ids of the objects that have an index to build or to drop."""
    rows = SObject.objects.exclude(wanted_indexes=[], indexed_fields=[])
    rows = rows.only("name", "indexed_fields", "wanted_indexes")
    viewed = typed_indexes.viewed()
    return [row.pk for row in rows if _is_due(row, viewed)]


def _is_due(row: SObject, viewed: set[str]) -> bool:
    if set(_built(row)) != set(row.wanted_indexes):
        return True
    is_typed = any(one.startswith(f"{TYPED}:") for one in row.indexed_fields)
    return bool(row.wanted_indexes) and row.name in viewed and not is_typed


def _built(sobject: SObject) -> list[str]:
    return [name for name in sobject.indexed_fields if ":" not in name]


def settle(sobject_id: int) -> list[str] | None:
    """Build the indexes that are wanted, drop the others; return what is there.

    None, with nothing done, while another worker is at indexes. Call it outside of a
    transaction: PostgreSQL builds without locking writers out. May be called again
    after a failure at any point.
    """
    with _alone() as is_free:
        return _settle(sobject_id) if is_free else None


@contextmanager
def _alone() -> Iterator[bool]:
    """Claim the table of records, without waiting; tell whether it was free.

    Two workers that build or drop on one table at once wait for each other's
    transactions, until PostgreSQL ends one. The claim is kept alive by a thread: one
    statement may take hours.
    """
    if database().vendor != "postgresql":
        yield True
        return
    claim = Claim.objects.take(CLAIM, every=SILENT)
    if claim is None:
        yield False
        return
    is_done = threading.Event()
    beat = threading.Thread(target=_beat, args=(claim, is_done), daemon=True)
    beat.start()
    try:
        yield True
    finally:
        is_done.set()
        beat.join()
        claim.release()


def _beat(claim: Claim, is_done: threading.Event) -> None:
    try:
        while not is_done.wait(SILENT.total_seconds() / 5):
            claim.renew()
    finally:
        connections.close_all()


def _settle(sobject_id: int) -> list[str]:
    sobject = SObject.objects.select_related("org").get(pk=sobject_id)
    connection = database()
    _check(connection)
    for name in _built(sobject):
        if name not in sobject.wanted_indexes:
            _drop(connection, sobject, name)
    there: list[str] = []
    types = dict(SField.objects.filter(sobject=sobject).values_list("name", "type"))
    for name in sobject.wanted_indexes:
        there += _build(connection, sobject, name, is_text=types.get(name) in TEXTS)
    if sobject.name in typed_indexes.viewed():
        there += _build_typed(connection, sobject)
    if there and connection.vendor == "postgresql":
        searched = {name for name in sobject.wanted_indexes if types.get(name) in TEXTS}
        statistics.gather(connection, sobject.wanted_indexes, searched)
    SObject.objects.filter(pk=sobject.pk).update(indexed_fields=there)
    return there


def forget(org: Org) -> bool:
    """Drop the indexes of an org that goes; nothing would drop them afterwards.

    False, with nothing done, while another worker is at indexes.
    """
    rows = SObject.objects.filter(org=org).exclude(wanted_indexes=[], indexed_fields=[])
    if not rows.exists():
        return True
    with _alone() as is_free:
        if is_free:
            _forget(org)
        return is_free


def _forget(org: Org) -> None:
    rows = SObject.objects.filter(org=org)
    rows = rows.exclude(wanted_indexes=[], indexed_fields=[])
    for sobject in rows.select_related("org").defer("describe"):
        names = {*_built(sobject), *sobject.wanted_indexes}
        SObject.objects.filter(pk=sobject.pk).update(wanted_indexes=[])
        for name in sorted(names):
            _drop(database(), sobject, name)
        SObject.objects.filter(pk=sobject.pk).update(indexed_fields=[])


def _check(connection: BaseDatabaseWrapper) -> None:
    if connection.in_atomic_block and connection.vendor == "postgresql":
        message = _("An index is not built inside a transaction.")
        raise ConfigurationError(message)
    if connection.vendor not in {"postgresql", "sqlite"}:
        raise ConfigurationError(
            _("This database cannot index fields of records."),
            remedy=_("Use PostgreSQL for orgs with many records."),
        )


def index_name(sobject: SObject, field: str, kind: str) -> str:
    """Return the name of a field's index: short, and its own."""
    whose = f"{sobject.org_id}.{sobject.name}.{field}"
    return f"sfc_{kind}_{hashlib.blake2b(whose.encode(), digest_size=8).hexdigest()}"


def _build(
    connection: BaseDatabaseWrapper, sobject: SObject, name: str, *, is_text: bool
) -> list[str]:
    if not NAME.fullmatch(name):
        raise InvalidRequest(
            _("{name!r} cannot be the API name of a field.").format(name=name[:80])
        )
    if connection.vendor == "sqlite":
        _run(connection, _sqlite_index(sobject, name))
        return [name]
    where = _where(connection, sobject)
    ordered = f"((data -> '{name}'), record_id)"
    _concurrently(connection, index_name(sobject, name, SORT), f"{ordered} {where}")
    if not (is_text and _has_trigrams(connection)):
        return [name]
    found = f"USING gin (UPPER((data ->> '{name}')) gin_trgm_ops)"
    _concurrently(connection, index_name(sobject, name, SEARCH), f"{found} {where}")
    return [name, f"{SEARCH}:{name}"]


def _build_typed(connection: BaseDatabaseWrapper, sobject: SObject) -> list[str]:
    """Build what the typed view's columns are found by, beside the admin's own."""
    built = [f"{TYPED}:"]  # it was looked at, whatever it has columns for
    for name in sobject.wanted_indexes:
        found = typed_indexes.of_field(sobject, name, vendor=connection.vendor)
        if found is None:
            continue
        index = index_name(sobject, name, found.kind)
        columns = f"(({found.sql}), record_id)"
        if connection.vendor == "sqlite":
            rest = f"{columns} WHERE {_literal_scope(sobject, '')}"
            _run(
                connection, f'CREATE INDEX IF NOT EXISTS "{index}" ON "{TABLE}" {rest}'
            )
        else:
            _concurrently(connection, index, f"{columns} {_where(connection, sobject)}")
            typed_indexes.gather(connection, name, found)
        built.append(f"{TYPED}:{name}")
    return built


def _sqlite_index(sobject: SObject, name: str) -> str:
    index = index_name(sobject, name, SORT)
    columns = f"JSON_EXTRACT(data, '{_path(name)}'), record_id"
    where = _literal_scope(sobject, "")
    return (
        f'CREATE INDEX IF NOT EXISTS "{index}" ON "{TABLE}" ({columns}) WHERE {where}'
    )


def _literal_scope(sobject: SObject, table: str) -> str:
    if not NAME.fullmatch(sobject.name):
        raise InvalidRequest(
            _("{name!r} cannot be the API name of an object.").format(name=sobject.name)
        )
    org = f"{table}org_id = {int(sobject.org_id)}"
    return f"{org} AND {table}sobject = '{sobject.name}'"


def among(rows: RecordQuerySet, sobject: SObject) -> RecordQuerySet:
    """Say once more, as literals, whose records these are, for SQLite's planner."""
    if database().vendor != "sqlite" or not NAME.fullmatch(sobject.name):
        return rows
    literal = _literal_scope(sobject, f'"{TABLE}".')
    # An id and a checked API name: nothing of it was typed by anybody.
    return rows.filter(RawSQL(literal, [], output_field=BooleanField()))  # noqa: S611 - checked above


def _where(connection: BaseDatabaseWrapper, sobject: SObject) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_literal(%s)", [sobject.name])
        quoted = cursor.fetchone()[0]
    return f"WHERE org_id = {int(sobject.org_id)} AND sobject = {quoted}"


def _concurrently(connection: BaseDatabaseWrapper, index: str, rest: str) -> None:
    """Build an index unless a valid one is there; an invalid one is left of a crash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
            [index],
        )
        found = cursor.fetchone()
    if found and found[0]:
        return
    if found:
        _run(connection, f'DROP INDEX CONCURRENTLY IF EXISTS "{index}"')
    _run(connection, f'CREATE INDEX CONCURRENTLY "{index}" ON "{TABLE}" {rest}')


def _has_trigrams(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the extension for searches inside texts is there by now."""
    try:
        _run(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:  # the role may not create extensions: sorting still works
        return False
    return True


def _drop(connection: BaseDatabaseWrapper, sobject: SObject, name: str) -> None:
    word = " CONCURRENTLY" if connection.vendor == "postgresql" else ""
    for kind in (SORT, SEARCH, *typed_indexes.KINDS):
        index = index_name(sobject, name, kind)
        _run(connection, f'DROP INDEX{word} IF EXISTS "{index}"')
    others = SObject.objects.exclude(pk=sobject.pk).exclude(wanted_indexes=[])
    wanted = {
        one for row in others.values_list("wanted_indexes", flat=True) for one in row
    }
    if connection.vendor == "postgresql" and name not in wanted:
        statistics.drop(connection, name)
        typed_indexes.drop(connection, name)


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

"""The statement that makes a view."""

from __future__ import annotations

from collections.abc import Iterator

from sfconnector.exceptions import InvalidRequest
from sfconnector.texts import gettext_noop as _
from sfconnector.typed.casts import casting
from sfconnector.typed.kinds import Column
from sfconnector.typed.layout import Layout
from sfconnector.typed.spelling import API_NAME

TABLE, ORGS = "sfconnector_record", "sfconnector_org"
PLAIN = ("org_id", "record_id", "state", "system_modstamp")


def create(layout: Layout, *, vendor: str) -> str:
    """Return ``CREATE VIEW`` for an object. Raises InvalidRequest for what is none."""
    if not API_NAME.fullmatch(layout.sobject):
        raise InvalidRequest(
            _("{name!r} cannot be the API name of an object.").format(
                name=layout.sobject[:80]
            )
        )
    quote = "`" if vendor == "mysql" else '"'
    columns = ", ".join([*_fixed(vendor), *_typed(layout, vendor, quote)])
    source = TABLE
    if vendor == "mysql":  # a subquery among its columns would copy the whole table
        source = f"{TABLE} LEFT JOIN {ORGS} ON {ORGS}.id = {TABLE}.org_id"
    rows = f"FROM {source} WHERE {TABLE}.sobject = '{layout.sobject}'"
    return f"CREATE VIEW {quote}{layout.view}{quote} AS SELECT {columns} {rows}"


def _fixed(vendor: str) -> Iterator[str]:
    yield f"{TABLE}.id AS row_id"
    yield from (f"{TABLE}.{name} AS {name}" for name in PLAIN)
    if vendor == "mysql":
        yield f"{ORGS}.alias AS org_alias"
    else:  # looked up where somebody asks for it, and nowhere else
        found = f"FROM {ORGS} WHERE {ORGS}.id = {TABLE}.org_id"
        yield f"(SELECT {ORGS}.alias {found}) AS org_alias"


def _typed(layout: Layout, vendor: str, quote: str) -> Iterator[str]:
    for column in layout.columns:
        yield f"{of_column(column, vendor=vendor)} AS {quote}{column.name}{quote}"


def of_column(column: Column, *, vendor: str) -> str:
    """Return the SQL of a column; NULL for the orgs that mask it."""
    sql = casting.value(
        vendor, column.kind, data=f"{TABLE}.data", api_name=column.api_name
    )
    if not column.masked_in:
        return sql
    ids = ", ".join(str(int(one)) for one in column.masked_in)
    return f"CASE WHEN {TABLE}.org_id NOT IN ({ids}) THEN {sql} END"

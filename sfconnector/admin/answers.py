"""Answers of the explorer: what in them can be followed, and rows as a table."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfconnector.admin.browsing import record_url
from sfconnector.models import Org, Record, SObject

ID_LENGTH = 18
MOST_IDS = 500
MOST_ROWS = 500
MOST_COLUMNS = 60
LONGEST_CELL = 120


class Links:
    """What a value of an answer leads to: a cached record, or another call."""

    def __init__(self, org: Org, body: Any, *, site: str) -> None:
        ids = list(dict.fromkeys(_ids(body)))[:MOST_IDS]
        self.records = {
            record.record_id: record_url(org, record, site=site)
            for record in _cached(org, ids)
        }

    def record(self, value: str) -> str:
        """Return the page of the cached record with this id, "" when there is none."""
        return self.records.get(value, "")

    def path(self, value: str) -> str:
        """Return the path that a value leads to within the org, "" when none."""
        return value if value.startswith("/services/data/") else ""


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str) and len(value) == ID_LENGTH and value.isalnum():
        yield value
    elif isinstance(value, Mapping) and depth < 20:
        for inner in value.values():
            yield from _ids(inner, depth + 1)
    elif isinstance(value, list) and depth < 20:
        for inner in value:
            yield from _ids(inner, depth + 1)


def _cached(org: Org, ids: list[str]) -> Iterable[Record]:
    """Return the cached records with these ids: their prefixes name the objects."""
    prefixes = {value[:3] for value in ids}
    rows = SObject.objects.filter(org=org, key_prefix__in=prefixes, total_count__gt=0)
    names = list(rows.values_list("name", flat=True))
    if not names:
        return ()
    found = Record.objects.filter(org=org, sobject__in=names, record_id__in=ids)
    return found.only("sobject", "record_id")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a query under the union of their columns."""

    columns: list[str]
    rows: list[list[str]]
    left_out: int
    """Rows that the page does not show."""


def table_of(body: Any) -> Table | None:
    """Return the rows of a query's answer as a table, None for another answer."""
    if not isinstance(body, Mapping) or not isinstance(body.get("records"), list):
        return None
    return rows_table([row for row in body["records"] if isinstance(row, Mapping)])


def rows_table(rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> Table:
    """Return rows as a table; a parent's fields become columns like Owner.Name."""
    flat = [dict(_flat(row)) for row in rows[:MOST_ROWS]]
    columns = list(dict.fromkeys(name for row in flat for name in row))[:MOST_COLUMNS]
    return Table(
        columns=columns,
        rows=[[_text(row.get(name)) for name in columns] for row in flat],
        left_out=max(0, len(rows) - MOST_ROWS),
    )


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name == "attributes":
            continue
        is_parent = isinstance(value, Mapping) and "records" not in value
        if is_parent and len(before) < 100:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping) and "totalSize" in value:
        return f"({value['totalSize']})"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"

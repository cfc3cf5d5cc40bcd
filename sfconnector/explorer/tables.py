"""The rows in an answer, laid out as a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_COLUMNS = 60
MOST_CELLS = 20_000
"""Values of one table; a page with more would be slow to read and to draw."""
LISTS = ("records", "recentItems", "sobjects", "fields", "results", "compositeResponse")
"""Keys under which Salesforce's answers carry rows, most telling first."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns by name, and rows whose values stand in their order."""

    columns: list[str]
    rows: list[list[Any]]
    total: int
    """Rows there were; fewer are laid out when the table would be too large."""

    @property
    def is_cut(self) -> bool:
        """Tell whether rows were left out."""
        return len(self.rows) < self.total


def table_of(body: Any) -> Table | None:
    """Return the rows of an answer as a table, None when it holds none."""
    found = rows_in(body)
    return lay_out(found) if found else None


def rows_in(body: Any) -> list[dict[str, Any]]:
    """Return the rows that an answer carries, none when it holds none."""
    found = body
    if isinstance(body, dict):
        found = next((body[name] for name in LISTS if _is_rows(body.get(name))), None)
    return found if _is_rows(found) else []


def spread(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the names of all columns, and each row as its values by column."""
    flat = [dict(_flat(row)) for row in rows]
    return _names(flat), flat


def lay_out(
    rows: Sequence[Mapping[str, Any]], *, leading: Mapping[str, Sequence[Any]] = {}
) -> Table:
    """Lay rows out; ``leading`` gives further columns before their own, by name."""
    names, flat = spread(rows)
    columns = [*leading, *names[:MOST_COLUMNS]]
    most = MOST_CELLS // max(1, len(columns))
    shown = [
        [
            *(values[at] for values in leading.values()),
            *(row.get(name) for name in columns[len(leading) :]),
        ]
        for at, row in enumerate(flat[:most])
    ]
    return Table(columns=columns, rows=shown, total=len(rows))


def _is_rows(value: Any) -> bool:
    return bool(
        isinstance(value, list)
        and value
        and all(isinstance(one, dict) and one for one in value)
    )


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return all columns, without a parent that is spread over its own ones."""
    names = dict.fromkeys(name for row in rows for name in row)
    spread = {name.rpartition(".")[0] for name in names}
    return [
        name
        for name in names
        if name not in spread or any(row.get(name) is not None for row in rows)
    ]


def _flat(row: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Spread parents over columns such as Owner.Name; count the rows of children."""
    for name, value in row.items():
        if name == "attributes":
            continue
        is_record = isinstance(value, dict) and "attributes" in value
        if is_record and before.count(".") < 5:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value

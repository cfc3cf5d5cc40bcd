"""Rows of an answer as a table whose cells can be followed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from sfconnector import explorer
from sfconnector.admin.explorer.links import Links

LONGEST_CELL = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as the page draws it: heads and cells, each a number or not."""

    columns: list[str]
    rows: list[list[tuple[SafeString, bool]]]
    left_out: int
    """Rows that the page does not show."""


def grid_of(
    table: explorer.Table | None, links: Sequence[Links] | Links
) -> Grid | None:
    """Draw a table; ``links`` are those of all rows, or one for each row."""
    if table is None:
        return None
    return Grid(
        columns=table.columns,
        rows=[
            [
                _cell(value, links if isinstance(links, Links) else links[at])
                for value in row
            ]
            for at, row in enumerate(table.rows)
        ],
        left_out=table.total - len(table.rows),
    )


def _cell(value: Any, links: Links) -> tuple[SafeString, bool]:
    if value is None:
        return format_html('<span class="sf-faint">{}</span>', "–"), False
    if isinstance(value, SafeString):
        return value, False
    if isinstance(value, str):
        drawn = links.draw(value) or format_html("<bdi>{}</bdi>", _short(value))
        return drawn, False
    if isinstance(value, Mapping) and isinstance(value.get("totalSize"), int):
        count = value["totalSize"]
        text = ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
        return format_html('<span class="sf-faint">{}</span>', text), False
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return format_html("{}", _short(json.dumps(value, ensure_ascii=False))), is_number


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"

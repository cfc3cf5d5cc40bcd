"""What rules are given, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from salesforce_simulator.schema import Row, Schema

Changes = dict[str, Any]


class Making(Protocol):
    """A transaction, as far as rules use it."""

    stamp: str

    @property
    def schema(self) -> Schema:
        """The org's schema."""

    def get(self, sobject: str, record_id: str) -> Row | None:
        """A row, deleted or not."""

    def rows(self, sobject: str, field: str, value: object) -> list[Row] | None:
        """The live rows with this value; None if finding them would take too long."""

    def add(self, sobject: str, values: Changes, *, user_id: str) -> Row:
        """Add a row of checked values."""


Rule = Callable[[Row, Changes, Making], Changes]


def look(change: Making, sobject: str, record_id: object) -> Row:
    """The row of an id; an empty one if the id is None."""
    row = None if record_id is None else change.get(sobject, str(record_id))
    return row or {}


def copied(row: Row, names: str) -> Changes:
    """These fields of a row."""
    return {name: row.get(name) for name in names.split()}

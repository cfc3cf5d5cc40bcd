"""Rows that stand in a list instead of being made out of their number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from salesforce_simulator import ids
from salesforce_simulator.ids import IdSequence
from salesforce_simulator.schema import Row


class ListedRows:
    """Rows that stand in a list, by the ids that go with them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.count = len(rows)

    def row(self, slot: int, /) -> Row:
        """The row of this number."""
        return dict(self._rows[slot])

    def stamp(self, field: str, /) -> Callable[[int], str]:
        """A function from row number to this stamp; all rows bear the same."""
        return lambda slot: str(self._rows[slot][field] or "")

    def locate(self, field: str, value: object, /) -> list[int] | None:
        """Not known: the rows are few."""
        del field, value
        return None


class ListedIds(IdSequence):
    """Ids that follow from names, in their own order."""

    __slots__ = ("_ids",)

    def __init__(self, listed: Sequence[str]) -> None:
        super().__init__("000")
        self._ids = listed

    def at(self, position: int) -> str:
        """The id at a position."""
        return self._ids[position]

    def position(self, record_id: str) -> int | None:
        """The position of an id, in either length; None if it is not listed."""
        for wanted in (record_id, ids.to18(record_id[:15])):
            at = bisect_left(self._ids, wanted)
            if self._ids[at : at + 1] == [wanted]:
                return at
        return None

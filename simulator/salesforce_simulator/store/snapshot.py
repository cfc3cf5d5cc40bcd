"""Snapshot: one table as it stood at one moment; reading it needs no lock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Final, Protocol

from salesforce_simulator.ids import IdSequence
from salesforce_simulator.schema import Row

STAMPS: Final = frozenset({"Id", "SystemModstamp", "LastModifiedDate", "CreatedDate"})


class Base(Protocol):
    """The rows an object starts with, made on demand out of their number."""

    count: int

    def row(self, slot: int, /) -> Row:
        """The row of this number, from 0; a new dict at each call."""

    def stamp(self, field: str, /) -> Callable[[int], str]:
        """A function from row number to this stamp; it never goes down."""

    def locate(self, field: str, value: object, /) -> list[int] | None:
        """The numbers of the rows with this value; None if that is not known."""


class Snapshot:
    """Rows by slot: the base's, unless changed; `gone` slots do not exist.

    `gone` and `deleted` are sorted; `deleted` holds what a plain query leaves out,
    so it contains `gone`. Rows must not be changed by those who read them.
    """

    def __init__(
        self,
        base: Base,
        ids: IdSequence,
        *,
        changed: Mapping[int, Row],
        top: int,
        gone: Sequence[int],
        deleted: Sequence[int],
    ) -> None:
        self.base = base
        self.ids = ids
        self._changed = changed
        self._top = top
        self._gaps = (deleted, gone)
        self._moved: dict[str, list[tuple[str, int]]] = {}

    def count(self, *, include_deleted: bool = False) -> int:
        """The number of rows, with or without those in the recycle bin."""
        return self._top - len(self._gaps[include_deleted])

    def row(self, slot: int) -> Row | None:
        """The row in this slot, deleted or not; None if there is none."""
        if not 0 <= slot < self._top or _has(self._gaps[True], slot):
            return None
        return self._changed.get(slot) or self.base.row(slot)

    def by_id(
        self,
        *,
        include_deleted: bool,
        start: int = 0,
        stop: int | None = None,
        after_id: str | None = None,
        reverse: bool = False,
    ) -> Iterator[Row]:
        """Rows in the order of their ids; `start` and `stop` count visible rows."""
        gaps = self._gaps[include_deleted]
        first = self._slot(0, gaps)
        if after_id is not None:
            first = bisect_right(range(self._top), after_id, key=self.ids.at)
        if reverse:
            rows = self._emit(_runs(first, self._top, gaps), reverse=True)
            return islice(rows, start, stop)
        if start:
            hidden = bisect_left(gaps, first)
            first = self._slot(first - hidden + start, gaps)
        limit = None if stop is None else max(stop - start, 0)
        return islice(self._emit(_runs(first, self._top, gaps)), limit)

    def by_stamp(
        self,
        field: str,
        *,
        low: str | None,
        high: str | None,
        include_deleted: bool,
        reverse: bool = False,
    ) -> Iterator[Row]:
        """Rows with low <= stamp < high, in the order of (stamp, Id)."""
        runs = self.runs(field, low=low, high=high, include_deleted=include_deleted)
        return self._emit(runs, reverse=reverse)

    def runs(
        self, field: str, *, low: str | None, high: str | None, include_deleted: bool
    ) -> list[range]:
        """The slots of `by_stamp` in its order, so that they can be counted unread."""
        if field == "Id":
            first, last = self._bounds(range(self._top), self.ids.at, low, high)
            return _runs(first, last, self._gaps[include_deleted])
        return self._pieces(field, low, high, include_deleted=include_deleted)

    def _slot(self, position: int, gaps: Sequence[int]) -> int:
        """The slot of the row at a position: each gap before it moves it on by one."""
        before = bisect_right(
            range(len(gaps)), position, key=lambda index: gaps[index] - index
        )
        return position + before

    def _emit(self, runs: Sequence[range], *, reverse: bool = False) -> Iterator[Row]:
        changed, make = self._changed.get, self.base.row
        for run in reversed(runs) if reverse else runs:
            for slot in reversed(run) if reverse else run:
                yield changed(slot) or make(slot)

    @staticmethod
    def _bounds(
        slots: range, key: Callable[[int], str], low: str | None, high: str | None
    ) -> tuple[int, int]:
        first = 0 if low is None else bisect_left(slots, low, key=key)
        last = len(slots) if high is None else bisect_left(slots, high, key=key)
        return first, last

    def _pieces(
        self, field: str, low: str | None, high: str | None, *, include_deleted: bool
    ) -> list[range]:
        """Untouched base rows in runs, cut where a changed row falls between them."""
        stamp = self.base.stamp(field)
        at, last = self._bounds(range(self.base.count), stamp, low, high)
        hidden = self._hidden_base
        pieces: list[range] = []
        for value, slot in self._moved_rows(field, low, high):
            if not include_deleted and _has(self._gaps[False], slot):
                continue
            if at < last:
                cut = bisect_left(
                    range(last), (value, slot), lo=at, key=lambda one: (stamp(one), one)
                )
                pieces += _runs(at, cut, hidden)
                at = cut
            _append(pieces, slot)
        return [*pieces, *_runs(at, last, hidden)]

    @cached_property
    def _hidden_base(self) -> list[int]:
        """The base slots that do not stand where their number puts them."""
        slots = {*self._changed, *self._gaps[True]}
        return sorted(slot for slot in slots if slot < self.base.count)

    def _moved_rows(
        self, field: str, low: str | None, high: str | None
    ) -> list[tuple[str, int]]:
        moved = self._moved.get(field)
        if moved is None:
            moved = sorted(
                (str(row.get(field) or ""), slot) for slot, row in self._changed.items()
            )
            self._moved[field] = moved
        first = 0 if low is None else bisect_left(moved, (low, -1))
        last = len(moved) if high is None else bisect_left(moved, (high, -1))
        return moved[first:last]


def _has(ordered: Sequence[int], slot: int) -> bool:
    index = bisect_left(ordered, slot)
    return index < len(ordered) and ordered[index] == slot


def _append(pieces: list[range], slot: int) -> None:
    """Add a slot: to the last piece if it comes right behind it."""
    if pieces and pieces[-1].stop == slot:
        pieces[-1] = range(pieces[-1].start, slot + 1)
    else:
        pieces.append(range(slot, slot + 1))


def _runs(first: int, last: int, gaps: Sequence[int]) -> list[range]:
    """The slots from `first` to before `last` without the gaps, as ranges."""
    runs: list[range] = []
    for index in range(bisect_left(gaps, first), bisect_left(gaps, last)):
        if gaps[index] > first:
            runs.append(range(first, gaps[index]))
        first = gaps[index] + 1
    if first < last:
        runs.append(range(first, last))
    return runs

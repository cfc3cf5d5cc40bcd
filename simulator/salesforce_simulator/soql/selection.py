"""Owns which rows a query selects, in their order, without keeping the rows."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from salesforce_simulator.schema.fields import Row
from salesforce_simulator.soql.ast import Compare, Path, Query
from salesforce_simulator.soql.conditions import Compiler, Predicate
from salesforce_simulator.soql.operators import family
from salesforce_simulator.soql.ordering import Key, Sorter
from salesforce_simulator.soql.ranges import Segment, compared, segments
from salesforce_simulator.soql.scope import Scope
from salesforce_simulator.store.snapshot import STAMPS, Snapshot

Slots: TypeAlias = Sequence[int]


class Selection:
    """The rows of a snapshot that a query selects, by their slots."""

    def __init__(self, snapshot: Snapshot, runs: Sequence[Slots]) -> None:
        self._snapshot = snapshot
        self._runs = [run for run in runs if len(run)]
        self._ends = list(accumulate(len(run) for run in self._runs))

    @property
    def total(self) -> int:
        """How many rows are selected."""
        return self._ends[-1] if self._ends else 0

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Make the rows from position start to before stop."""
        read = self._snapshot.row
        for slot in self._slots(start, self.total if stop is None else stop):
            row = read(slot)
            if row is not None:
                yield row

    def cut(self, offset: int, limit: int | None) -> Selection:
        """Return the selection without the first offset rows, and of at most limit."""
        stop = self.total if limit is None else min(self.total, offset + limit)
        if offset == 0 and stop == self.total:
            return self
        return Selection(self._snapshot, list(self._pieces(offset, stop)))

    def _slots(self, start: int, stop: int) -> Iterator[int]:
        for piece in self._pieces(start, stop):
            yield from piece

    def _pieces(self, start: int, stop: int) -> Iterator[Slots]:
        index = bisect_right(self._ends, start)
        while index < len(self._runs) and start < stop:
            run = self._runs[index]
            first = self._ends[index] - len(run)
            yield run[start - first : stop - first]
            start = self._ends[index]
            index += 1


class _Candidates(NamedTuple):
    """Slots in the order of one field, each part with what it must still pass."""

    field: str
    parts: list[tuple[list[range], Predicate | None]]
    size: int


class Selector:
    """Finds the rows of one object that meet a condition."""

    def __init__(
        self, snapshot: Snapshot, scope: Scope, *, compiler: Compiler, deleted: bool
    ) -> None:
        self._snapshot = snapshot
        self._scope = scope
        self._compiler = compiler
        self._deleted = deleted

    def select(self, query: Query) -> Selection:
        """Return the rows that query asks for, with its order, limit and offset."""
        if query.where is not None:
            self._compiler.compile(query.where)
        sorter = None
        if query.order:
            sorter = Sorter(
                query.order, resolve=self._scope.resolve, source=query.source
            )
        natural, reverse = self._natural(query)
        chosen = self._choose(query, natural)
        most = None if query.limit is None else query.limit + query.offset
        if sorter is None or chosen.field == natural:
            selection = self._in_order(chosen, reverse=reverse, most=most)
        else:
            selection = self._sorted(chosen, sorter, most)
        return selection.cut(query.offset, query.limit)

    def check(self, query: Query) -> None:
        """Raise QueryError if the rows of query could not be selected."""
        if query.where is not None:
            self._compiler.compile(query.where)
        if query.order:
            Sorter(query.order, resolve=self._scope.resolve, source=query.source)

    def _natural(self, query: Query) -> tuple[str, bool]:
        """Return the field whose order in the store is that of ORDER BY, if any."""
        names = []
        for order in query.order:
            text = order.operand.text if isinstance(order.operand, Path) else ""
            field = self._scope.sobject.field(text.split(".")[-1])
            if field is None or "." in text or field.name not in STAMPS:
                return "", False
            names.append(field.name)
        directions = {order.descending for order in query.order}
        if len(directions) != 1 or names[1:] not in ([], ["Id"]):
            return "", False
        return names[0], directions == {True}

    def _choose(self, query: Query, natural: str) -> _Candidates:
        fields = [name for name in sorted(STAMPS) if self._scope.sobject.field(name)]
        found = (self._candidates(name, query, natural) for name in fields)
        useful = [one for one in found if one is not None]
        best = min(useful, key=lambda one: (one.size, one.field != natural))
        for one in useful:
            if one.field == natural and (
                query.limit is not None or one.size <= 2 * best.size
            ):
                return one
        return best

    def _candidates(self, field: str, query: Query, natural: str) -> _Candidates | None:
        """The rows in the order of a field; None where that order is of no use."""

        def ranges(compare: Compare) -> list[Segment] | None:
            return self._ranges(field, compare)

        found = segments(query.where, ranges)
        bounded = any(one.low is not None or one.high is not None for one in found)
        if found and not bounded and field not in (natural, "Id"):
            return None
        parts: list[tuple[list[range], Predicate | None]] = []
        for low, high, residual in found:
            runs = self._snapshot.runs(
                field, low=low, high=high, include_deleted=self._deleted
            )
            test = None if residual is None else self._compiler.compile(residual)
            parts.append((runs, test))
        size = sum(len(run) for runs, _ in parts for run in runs)
        return _Candidates(field, parts, size)

    def _ranges(self, field: str, compare: Compare) -> list[Segment] | None:
        if not isinstance(compare.operand, Path):
            return None
        bound = self._scope.path(compare.operand)
        if bound.steps or bound.name != field:
            return None
        kind = family(bound.type)
        return compared(compare, kind=kind, now=self._compiler.now)

    def _in_order(
        self, chosen: _Candidates, *, reverse: bool, most: int | None
    ) -> Selection:
        parts = list(reversed(chosen.parts)) if reverse else chosen.parts
        runs: list[Slots] = []
        count = 0
        for part, test in parts:
            slots: Sequence[Slots] = part
            if reverse:
                slots = [run[::-1] for run in reversed(part)]
            if test is not None:
                left = None if most is None else most - count
                slots = [self._passing(slots, test, left)]
            runs.extend(slots)
            count += sum(len(run) for run in slots)
            if most is not None and count >= most:
                break
        return Selection(self._snapshot, runs)

    def _passing(
        self, runs: Sequence[Slots], test: Predicate, most: int | None
    ) -> Slots:
        slots = array("q")
        read = self._snapshot.row
        for run in runs:
            for slot in run:
                row = read(slot)
                if row is not None and test(row):
                    slots.append(slot)
                    if most is not None and len(slots) >= most:
                        return slots
        return slots

    def _sorted(
        self, chosen: _Candidates, sorter: Sorter, most: int | None
    ) -> Selection:
        """Sort slots by their rows' keys; with a limit, keep only what can win."""
        keyed: list[tuple[tuple[Key, ...], int]] = []
        room = None if most is None else 4 * most + 1_000
        for slot, row in self._passing_rows(chosen):
            keyed.append((sorter.keys(row), slot))
            if room is not None and len(keyed) > room:
                sorter.sort(keyed)
                del keyed[most:]
        sorter.sort(keyed)
        return Selection(self._snapshot, [array("q", [slot for _, slot in keyed])])

    def _passing_rows(self, chosen: _Candidates) -> Iterator[tuple[int, Row]]:
        read = self._snapshot.row
        for runs, test in chosen.parts:
            for run in runs:
                for slot in run:
                    row = read(slot)
                    if row is not None and (test is None or test(row)):
                        yield slot, row

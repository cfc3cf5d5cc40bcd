"""Table: the rows of one object, base rows on demand and changes on top."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from salesforce_simulator.ids import IdSequence
from salesforce_simulator.schema import Row
from salesforce_simulator.store.snapshot import Base, Snapshot

INDEXED_UP_TO: Final = 50_000


class Table:
    """Rows by slot. Whoever writes holds the store's lock."""

    def __init__(self, name: str, base: Base, ids: IdSequence) -> None:
        self.name = name
        self.base = base
        self.ids = ids
        self.top = base.count
        self.deletions: dict[int, str] = {}
        self._changed: dict[int, Row] = {}
        self._gone: list[int] = []
        self._deleted: list[int] = []
        self._indexes: dict[str, dict[object, set[int]]] = {}
        self._base_indexes: dict[str, dict[object, list[int]]] = {}
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The table as it stands; the same object until something changes."""
        if self._snapshot is None:
            self._snapshot = Snapshot(
                self.base,
                self.ids,
                changed=self._changed.copy(),
                top=self.top,
                gone=self._gone.copy(),
                deleted=self._deleted.copy(),
            )
        return self._snapshot

    def row(self, slot: int) -> Row | None:
        """The row in a slot, deleted or not; None if there is none."""
        if slot in self._changed:
            return self._changed[slot]
        if not 0 <= slot < self.base.count or _holds(self._gone, slot):
            return None
        return self.base.row(slot)

    def reserve(self) -> int:
        """A new slot, not to be seen before a row is put there."""
        slot = self.top
        self.top += 1
        _add(self._gone, slot)
        _add(self._deleted, slot)
        self._snapshot = None
        return slot

    def put(self, slot: int, row: Row) -> None:
        """Set the row of a slot. The row must not be changed afterwards."""
        self._unindex(slot)
        self._changed[slot] = row
        for field, index in self._indexes.items():
            index[_key(row.get(field))].add(slot)
        _drop(self._gone, slot)
        if row.get("IsDeleted"):
            _add(self._deleted, slot)
            self.deletions.setdefault(slot, str(row.get("SystemModstamp")))
        else:
            _drop(self._deleted, slot)
            self.deletions.pop(slot, None)
        self._snapshot = None

    def purge(self, slot: int, stamp: str | None = None) -> None:
        """Empty a slot for good; `stamp` is the moment the deletion is known by."""
        if stamp is not None:
            self.deletions.setdefault(slot, stamp)
        self._unindex(slot)
        self._changed.pop(slot, None)
        _add(self._gone, slot)
        _add(self._deleted, slot)
        self._snapshot = None

    def restore(self, slot: int, row: Row | None) -> None:
        """Bring a slot back to what it held before, which may be its base row."""
        if row is None:
            self.purge(slot)
        else:
            self.put(slot, row)

    def lookup(self, field: str, value: object, known: Iterable[int]) -> list[Row]:
        """The rows with this value, case ignored; `known` comes from `base_slots`."""
        slots = set(self._index(field).get(_key(value), ()))
        slots |= {slot for slot in known if slot not in self._changed}
        rows = (self.row(slot) for slot in sorted(slots))
        return [row for row in rows if row is not None]

    def base_slots(self, field: str, value: object) -> Iterable[int]:
        """The numbers of the base rows that had this value at first; needs no lock.

        Small bases are indexed, large ones walked, unless the base knows.
        """
        known = self.base.locate(field, value)
        if known is not None:
            return known
        key = _key(value)
        if self.base.count > INDEXED_UP_TO:
            make, slots = self.base.row, range(self.base.count)
            return [slot for slot in slots if _key(make(slot).get(field)) == key]
        index = self._base_indexes.get(field)
        if index is None:
            index = self._base_indexes[field] = self._base_index(field)
        return index.get(key, ())

    def _base_index(self, field: str) -> dict[object, list[int]]:
        index: dict[object, list[int]] = defaultdict(list)
        for slot in range(self.base.count):
            index[_key(self.base.row(slot).get(field))].append(slot)
        return dict(index)

    def _index(self, field: str) -> dict[object, set[int]]:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = defaultdict(set)
            for slot, row in self._changed.items():
                index[_key(row.get(field))].add(slot)
        return index

    def _unindex(self, slot: int) -> None:
        old = self._changed.get(slot)
        if old is not None:
            for field, index in self._indexes.items():
                index[_key(old.get(field))].discard(slot)


def _key(value: object) -> object:
    """Salesforce compares text without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def _holds(ordered: list[int], slot: int) -> bool:
    index = bisect_left(ordered, slot)
    return index < len(ordered) and ordered[index] == slot


def _add(ordered: list[int], slot: int) -> None:
    if not _holds(ordered, slot):
        insort(ordered, slot)


def _drop(ordered: list[int], slot: int) -> None:
    if _holds(ordered, slot):
        del ordered[bisect_left(ordered, slot)]

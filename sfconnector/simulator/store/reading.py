"""Reading: the tables of an org and every way to read rows out of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from sfconnector.simulator import ids
from sfconnector.simulator.schema import Row, Schema, SObjectType
from sfconnector.simulator.seed import Seeder
from sfconnector.simulator.store.errors import StoreError
from sfconnector.simulator.store.snapshot import STAMPS, Snapshot
from sfconnector.simulator.store.table import Table
from sfconnector.simulator.store.values import sought, wire


class Reading:
    """The reading half of a store. Rows handed out are shared: do not change them."""

    def __init__(self, schema: Schema, seeder: Seeder) -> None:
        self.schema = schema
        self.seeder = seeder
        self._lock = threading.RLock()
        self._tables: dict[str, Table] = {}

    def scan(
        self,
        sobject: str,
        *,
        include_deleted: bool = False,
        start: int = 0,
        stop: int | None = None,
        after_id: str | None = None,
        reverse: bool = False,
    ) -> Iterator[Row]:
        """Rows in the order of their ids, as they stand at the call.

        `start` and `stop` count rows (those after `after_id`, if given); rows
        before `start` are not made, unless `reverse` is set.
        """
        return self._view(sobject).by_id(
            include_deleted=include_deleted,
            start=start,
            stop=stop,
            after_id=None if after_id is None else ids.to18(after_id[:15]),
            reverse=reverse,
        )

    def scan_range(
        self,
        sobject: str,
        field: str,
        low: str | None = None,
        high: str | None = None,
        *,
        include_deleted: bool = False,
        reverse: bool = False,
    ) -> Iterator[Row]:
        """Rows with low <= field < high, by (field, Id), without walking the others.

        `field` is Id, SystemModstamp, LastModifiedDate or CreatedDate; bounds are
        wire values, None for no bound. For an upper bound that counts, add a
        character: `high + "~"`. Raises ValueError for another field.
        """
        one = self.known(sobject)
        known = one.field(field)
        if known is None or known.name not in STAMPS:
            msg = f"{sobject}.{field} has no order to read a range by"
            raise ValueError(msg)
        return self._view(sobject).by_stamp(
            known.name,
            low=low,
            high=high,
            include_deleted=include_deleted,
            reverse=reverse,
        )

    def snapshot(self, sobject: str) -> Snapshot:
        """The rows of an object as they stand now; later changes do not touch it."""
        return self._view(sobject)

    def slice(
        self, sobject: str, start: int, stop: int, *, include_deleted: bool = False
    ) -> list[Row]:
        """The rows from position `start` to before `stop`, in the order of ids."""
        rows = self.scan(
            sobject, start=start, stop=stop, include_deleted=include_deleted
        )
        return list(rows)

    def count(self, sobject: str, *, include_deleted: bool = False) -> int:
        """The number of rows, quick for any number of them."""
        return self._view(sobject).count(include_deleted=include_deleted)

    def get(
        self, sobject: str, record_id: str, *, include_deleted: bool = False
    ) -> Row | None:
        """The row with this id (15 or 18 characters); None if there is none."""
        view = self._view(sobject)
        slot = view.ids.position(record_id)
        row = None if slot is None else view.row(slot)
        if row is not None and row.get("IsDeleted") and not include_deleted:
            return None
        return row

    def find(
        self, sobject: str, field: str, value: object, *, include_deleted: bool = False
    ) -> list[Row]:
        """The rows with this value, by Id; text is compared without case."""
        one = self.known(sobject)
        known = one.field(field)
        value = None if known is None else sought(known, value)
        if known is None or value is None:
            return []
        if known.name == "Id":
            row = self.get(sobject, str(value), include_deleted=include_deleted)
            return [] if row is None else [row]
        table = self.table(one)
        slots = table.base_slots(known.name, value)
        with self._lock:
            rows = table.lookup(known.name, value, slots)
        return [
            row
            for row in rows
            if (include_deleted or not row.get("IsDeleted"))
            and (not known.case_sensitive or row.get(known.name) == value)
        ]

    def updated_ids(
        self, sobject: str, start: str | datetime, end: str | datetime
    ) -> list[str]:
        """The ids of live rows stamped from `start` to `end`, both counted in."""
        one = self.known(sobject)
        field = "SystemModstamp" if one.field("SystemModstamp") else "LastModifiedDate"
        rows = self.scan_range(sobject, field, _text(start), _text(end) + "~")
        return [row["Id"] for row in rows]

    def deleted_ids(
        self, sobject: str, start: str | datetime, end: str | datetime
    ) -> list[tuple[str, str]]:
        """(id, deletion date) of rows deleted in the window, purged ones included."""
        first, last = _text(start), _text(end) + "~"
        with self._lock:
            table = self.table(self.known(sobject))
            return sorted(
                (table.ids.at(slot), stamp)
                for slot, stamp in table.deletions.items()
                if first <= stamp < last
            )

    def known(self, sobject: str, schema: Schema | None = None) -> SObjectType:
        """The object of this name. Raises StoreError if there is none."""
        one = (schema or self.schema).object(sobject)
        if one is None:
            raise StoreError(
                "INVALID_TYPE", f"sObject type '{sobject}' is not supported."
            )
        return one

    def table(self, one: SObjectType) -> Table:
        """The table of an object."""
        table = self._tables.get(one.name)
        if table is None:
            with self._lock:
                table = self._tables.get(one.name) or self._new_table(one)
        return table

    def _new_table(self, one: SObjectType) -> Table:
        base, sequence = self.seeder.base(one)
        table = Table(one.name, base, sequence)
        for slot, changes in self.seeder.buried(one):
            table.put(slot, base.row(slot) | changes)
        self._tables[one.name] = table
        return table

    def _view(self, sobject: str) -> Snapshot:
        table = self.table(self.known(sobject))
        with self._lock:
            return table.snapshot()


def _text(moment: str | datetime) -> str:
    return moment if isinstance(moment, str) else wire(moment)

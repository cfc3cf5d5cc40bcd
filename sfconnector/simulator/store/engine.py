"""Store: the rows of one org, read without waiting and changed in transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sfconnector.simulator import ids
from sfconnector.simulator.schema import Row, Schema, SObjectType
from sfconnector.simulator.seed import Seeder
from sfconnector.simulator.store.errors import StoreError
from sfconnector.simulator.store.snapshot import STAMPS, Snapshot
from sfconnector.simulator.store.table import Table
from sfconnector.simulator.store.transaction import Transaction, Values
from sfconnector.simulator.store.values import wire


class Store:
    """All rows of an org. The same seed and the same counts give the same rows.

    `records` is how many rows an object starts with; objects it does not name get
    the numbers of a small company. Rows are made when they are read. Rows handed
    out are shared: do not change them.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        seed: int,
        clock: Callable[[], datetime],
        records: Mapping[str, int] | None = None,
        as_of: datetime | None = None,
    ) -> None:
        self.schema = schema
        self.revision = 0
        self._clock = clock
        self._lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._journal: list[tuple[Table, int, Row | None]] | None = None
        self._seeder = Seeder(
            schema, seed=seed, records=records or {}, now=clock(), as_of=as_of
        )
        self._seeder.bury(self._bury)

    # Reading

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

    def get(self, sobject: str, record_id: str) -> Row | None:
        """The row with this id (15 or 18 characters), deleted or not; or None."""
        view = self._view(sobject)
        slot = view.ids.position(record_id)
        return None if slot is None else view.row(slot)

    def find(self, sobject: str, field: str, value: object) -> list[Row]:
        """The live rows with this value, by Id; text is compared without case."""
        one = self.known(sobject)
        known = one.field(field)
        if known is None or value is None:
            return []
        if known.name == "Id":
            row = self.get(sobject, str(value))
            return [] if row is None or row.get("IsDeleted") else [row]
        with self._lock:
            return self.table(one).lookup(known.name, value)

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

    # Changing

    def insert(
        self,
        sobject: str,
        values: Values,
        *,
        user_id: str,
        schema: Schema | None = None,
    ) -> Row:
        """Add a row. `schema` is the user's view of it. Raises StoreError."""
        with self.transaction() as change:
            return change.insert(sobject, values, user_id=user_id, schema=schema)

    def update(
        self,
        sobject: str,
        record_id: str,
        values: Values,
        *,
        user_id: str,
        schema: Schema | None = None,
    ) -> Row:
        """Change a row. Raises StoreError."""
        with self.transaction() as change:
            return change.update(
                sobject, record_id, values, user_id=user_id, schema=schema
            )

    def delete(self, sobject: str, record_id: str, *, user_id: str) -> None:
        """Put a row in the recycle bin. Raises StoreError."""
        with self.transaction() as change:
            change.delete(sobject, record_id, user_id=user_id)

    def undelete(self, sobject: str, record_id: str, *, user_id: str) -> Row:
        """Take a row out of the recycle bin. Raises StoreError."""
        with self.transaction() as change:
            return change.undelete(sobject, record_id, user_id=user_id)

    def hard_delete(self, sobject: str, record_id: str) -> None:
        """Remove a row for good. Raises StoreError."""
        with self.transaction() as change:
            change.hard_delete(sobject, record_id)

    def overwrite(self, sobject: str, record_id: str, values: Values) -> Row:
        """Set values past all checks and stamps: for setting an org up."""
        with self._lock:
            table = self.table(self.known(sobject))
            slot = table.ids.position(record_id)
            row = None if slot is None else table.row(slot)
            if slot is None or row is None:
                raise StoreError("NOT_FOUND", f"there is no {sobject} {record_id}")
            self._put(table, slot, row | dict(values))
            self.revision += 1
            return table.row(slot) or {}

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Changes that bear the stamp of now and can be seen after the block only.

        An exception in the block drops them all. A block that takes long is a late
        commit: it shows rows whose stamps are older than their visibility.
        """
        change = Transaction(self, wire(self._clock().replace(microsecond=0)))
        yield change
        self._commit(change)

    late_commit = transaction

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Changes that show at once and are all undone by an exception."""
        with self._lock:
            outer, self._journal = self._journal, []
            try:
                yield
            except BaseException:
                for table, slot, row in reversed(self._journal):
                    table.restore(slot, row)
                self.revision += 1
                raise
            finally:
                done, self._journal = self._journal, outer
            if outer is not None:
                outer.extend(done)

    # For the other parts of the store

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

    def reserve(self, table: Table) -> int:
        """A new slot of a table."""
        with self._lock:
            return table.reserve()

    def details(self, one: SObjectType, record_id: str) -> list[tuple[str, str]]:
        """(object, id) of the live rows this one is master of."""
        return [
            (child.child_sobject, row["Id"])
            for child in one.child_relationships
            if child.cascade_delete
            for row in self.find(child.child_sobject, child.field, record_id)
        ]

    def _new_table(self, one: SObjectType) -> Table:
        base, sequence = self._seeder.base(one)
        table = self._tables[one.name] = Table(one.name, base, sequence)
        return table

    def _view(self, sobject: str) -> Snapshot:
        table = self.table(self.known(sobject))
        with self._lock:
            return table.snapshot()

    def _commit(self, change: Transaction) -> None:
        with self._lock:
            for (name, slot), values in change.pending.items():
                table = self.table(self.known(name))
                if values is None:
                    self._purge(table, slot, change.stamp)
                else:
                    self._put(table, slot, (table.row(slot) or {}) | values)
            self.revision += 1

    def _put(self, table: Table, slot: int, row: Row) -> None:
        self._note(table, slot)
        table.put(slot, row)
        if row.get("IsDeleted"):
            table.deletions.setdefault(slot, str(row.get("SystemModstamp")))

    def _purge(self, table: Table, slot: int, stamp: str) -> None:
        self._note(table, slot)
        table.purge(slot)
        table.deletions.setdefault(slot, stamp)

    def _note(self, table: Table, slot: int) -> None:
        if self._journal is not None:
            self._journal.append((table, slot, table.row(slot)))

    def _bury(self, sobject: str, slot: int, changes: Row) -> None:
        """Put a row an org starts with in the recycle bin."""
        table = self.table(self.known(sobject))
        self._put(table, slot, (table.row(slot) or {}) | changes)


def _text(moment: str | datetime) -> str:
    return moment if isinstance(moment, str) else wire(moment)

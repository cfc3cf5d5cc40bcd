"""Store: the rows of one org, read without waiting and changed in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from salesforce_simulator.schema import Row, Schema
from salesforce_simulator.seed import Seeder
from salesforce_simulator.store.changes import ChangeLog
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.reading import Reading
from salesforce_simulator.store.table import Table
from salesforce_simulator.store.transaction import Transaction, Values
from salesforce_simulator.store.values import wire


class Store(Reading):
    """All rows of an org. The same seed and the same counts give the same rows.

    `records` is how many rows an object starts with; objects it does not name get
    the numbers of a small company. Rows are made when they are read. The seeded
    past ends at `as_of`, if given.
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
        self.seeder = Seeder(
            schema, seed=seed, records=records or {}, now=clock(), as_of=as_of
        )
        super().__init__(schema, self.seeder, clock)
        self.revision = 0
        self.changes = ChangeLog()
        self._journal: list[tuple[Table, int, Row | None]] | None = None

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

    def hard_delete(self, sobject: str, record_id: str, *, user_id: str = "") -> None:
        """Remove a row for good. Raises StoreError."""
        with self.transaction() as change:
            change.hard_delete(sobject, record_id, user_id=user_id)

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
        change = Transaction(self, wire(self._now().replace(microsecond=0)))
        yield change
        self._commit(change)

    late_commit = transaction

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Changes that show at once and are all undone by an exception."""
        with self._lock:
            outer, self._journal = self._journal, []
            number = self.changes.number
            try:
                yield
            except BaseException:
                for table, slot, row in reversed(self._journal):
                    table.restore(slot, row)
                self.changes.forget_after(number)
                self.revision += 1
                raise
            finally:
                done, self._journal = self._journal, outer
            if outer is not None:
                outer.extend(done)

    def _commit(self, change: Transaction) -> None:
        with self._lock:
            change.settle()
            log = []
            for (name, slot), values in change.pending.items():
                table = self.table(self.known(name))
                before = table.row(slot)
                if values is None:
                    self._purge(table, slot, change.stamp)
                else:
                    self._put(table, slot, (before or {}) | values)
                if values is not None or not (before or {}).get("IsDeleted"):
                    log.append((name, table.ids.at(slot), before, table.row(slot)))
            self.changes.note(log, at=change.stamp, user_id=change.user_id)
            self.revision += 1

    def _put(self, table: Table, slot: int, row: Row) -> None:
        self._note(table, slot)
        table.put(slot, row)

    def _purge(self, table: Table, slot: int, stamp: str) -> None:
        self._note(table, slot)
        table.purge(slot, stamp)

    def _note(self, table: Table, slot: int) -> None:
        if self._journal is not None:
            self._journal.append((table, slot, table.row(slot)))

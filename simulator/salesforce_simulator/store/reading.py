"""Reading: the tables of an org and every way to read rows out of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from salesforce_simulator import ids
from salesforce_simulator.schema import Row, Schema, SObjectType
from salesforce_simulator.seed import Seeder
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.mirror import MIRRORED, mirrored
from salesforce_simulator.store.snapshot import STAMPS, Snapshot
from salesforce_simulator.store.table import INDEXED_UP_TO, Table
from salesforce_simulator.store.values import sought, wire
from salesforce_simulator.store.views import VIEWS


class Reading:
    """The reading half of a store. Rows handed out are shared: do not change them."""

    def __init__(
        self,
        schema: Schema,
        seeder: Seeder,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.schema = schema
        self.tracked: dict[str, frozenset[str]] = {}
        """The fields whose changes are written to a history, by object, lower-case."""
        self._now = now
        self.seeder = seeder
        self._lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._mirrors: dict[str, tuple[int, Table]] = {}

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
        if one.name in VIEWS:
            found = VIEWS[one.name](self, known.name, value, wire(self._now()))
            return sorted(found, key=lambda row: str(row["Id"]))
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
        if one.name in MIRRORED:
            return self._mirror(one.name)
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

    def _mirror(self, name: str) -> Table:
        """The table of a setup object, made anew when the schema has changed."""
        revision = self.schema.revision
        known = self._mirrors.get(name)
        if known is None or known[0] != revision:
            table = mirrored(
                self.schema,
                name,
                instance=self.seeder.instance,
                admin_id=self.seeder.users[0],
            )
            known = self._mirrors[name] = (revision, table)
        return known[1]

    def _view(self, sobject: str) -> Snapshot:
        table = self.table(self.known(sobject))
        with self._lock:
            return table.snapshot()

    def reserve(self, table: Table) -> int:
        """A new slot of a table."""
        with self._lock:
            return table.reserve()

    def details(self, one: SObjectType, record_id: str) -> list[tuple[str, Row]]:
        """(object, row) of all rows that are deleted with this one, deleted or not.

        Objects with very many rows are left out: finding theirs would take too long.
        """
        return [
            (child.child_sobject, row)
            for child in one.child_relationships
            if child.cascade_delete
            and child.child_sobject not in VIEWS
            and self.seeder.count(child.child_sobject) <= INDEXED_UP_TO
            for row in self.find(
                child.child_sobject, child.field, record_id, include_deleted=True
            )
        ]


def _text(moment: str | datetime) -> str:
    return moment if isinstance(moment, str) else wire(moment)

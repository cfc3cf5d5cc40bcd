"""Transaction: changes that bear the stamp of its start and show at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from salesforce_simulator import ids
from salesforce_simulator.schema import Row, Schema, SObjectType
from salesforce_simulator.store.derived import derive
from salesforce_simulator.store.effects import EFFECTS
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.history import tell
from salesforce_simulator.store.reading import Reading
from salesforce_simulator.store.table import INDEXED_UP_TO, Table
from salesforce_simulator.store.validation import Checker

Values = Mapping[str, object]
Pending = dict[tuple[str, int], dict[str, Any] | None]
_REFUSED_RIGHTS: Final = {
    "createable": ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "created"),
    "updateable": ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "updated"),
    "deletable": ("DELETE_OPERATION_NOT_ALLOWED", "deleted"),
    "undeletable": ("UNDELETE_FAILED", "undeleted"),
}


class Transaction:
    """Changes of one commit. Inside it they can be read; outside, only afterwards."""

    def __init__(self, store: Reading, stamp: str) -> None:
        self.stamp = stamp
        self.user_id = ""
        self._store = store
        self._pending: Pending = {}
        self._touched: list[tuple[str, int, Row | None]] = []
        self._waiting: set[tuple[str, int]] = set()
        self._claims: dict[tuple[str, str, str], str] = {}

    @property
    def schema(self) -> Schema:
        """The org's schema."""
        return self._store.schema

    def holders(self, one: SObjectType, field: str, value: object) -> list[str]:
        """The ids of the rows that have, or are about to get, a unique value."""
        taken = [str(row["Id"]) for row in self._store.find(one.name, field, value)]
        claim = self._claims.get((one.name, field, str(value).casefold()))
        return [*taken, claim] if claim else taken

    def _claim(self, one: SObjectType, record_id: str, values: Values) -> None:
        for name, value in values.items():
            if one.fields[name.lower()].unique and value is not None:
                self._claims[one.name, name, str(value).casefold()] = record_id

    @property
    def pending(self) -> Pending:
        """What the commit will do: values by (object, slot); None empties the slot."""
        return self._pending

    def get(self, sobject: str, record_id: str) -> Row | None:
        """A row as this transaction sees it, deleted or not."""
        one = self._store.known(sobject)
        slot = self._store.table(one).ids.position(record_id)
        return None if slot is None else self._row(one, slot)

    def rows(self, sobject: str, field: str, value: object) -> list[Row] | None:
        """The live rows with this value, as this transaction sees them.

        None for an object with very many rows: finding them would take too long.
        """
        one = self._store.known(sobject)
        if self._store.seeder.count(one.name) > INDEXED_UP_TO:
            return None
        table = self._store.table(one)
        found = self._store.find(one.name, field, value, include_deleted=True)
        places = [table.ids.position(str(row["Id"])) for row in found]
        slots = {slot for slot in places if slot is not None}
        slots |= {slot for name, slot in self._pending if name == one.name}
        rows = (self._row(one, slot) for slot in sorted(slots))
        return [
            row
            for row in rows
            if row and row.get(field) == value and not row.get("IsDeleted")
        ]

    def amend(self, sobject: str, record_id: str, values: Values) -> None:
        """Change a row past rights and stamps; what follows from its values follows."""
        one = self._store.known(sobject)
        slot = self._store.table(one).ids.position(record_id)
        row = None if slot is None else self._row(one, slot)
        if slot is not None and row is not None:
            changes = dict(values)
            changes |= derive(one, row | changes, changes, slot, self)
            self._change(one, slot, changes)

    def settle(self) -> None:
        """Let the changed rows have their effects on others, just before the commit.

        Effects may change further rows, which have theirs: a line of an opportunity
        changes its amount, and with it the sums of its campaign.
        """
        for name, slot, before in self._touched:  # grows while it is walked
            self._waiting.discard((name, slot))
            one = self._store.known(name)
            after = self._row(one, slot)
            if name in EFFECTS:
                EFFECTS[name](self, before, after)
            if name in self._store.tracked:
                tell(self, one, (before, after), self._store.tracked[name])

    def insert(
        self,
        sobject: str,
        values: Values,
        *,
        user_id: str,
        schema: Schema | None = None,
    ) -> Row:
        """Add a row. Raises StoreError."""
        one = self._type(sobject, schema, "createable")
        return self.add(one.name, Checker(self, one).insert(values), user_id=user_id)

    def add(self, sobject: str, cleaned: dict[str, Any], *, user_id: str) -> Row:
        """Add a row of checked values, past rights."""
        one = self._store.known(sobject)
        table = self._store.table(one)
        slot = self._store.reserve(table)
        row = blank(one)
        row |= self._audit(one, user_id, "Created") | self._audit(one, user_id)
        if one.field("OwnerId"):
            row["OwnerId"] = user_id
        row |= cleaned | {"Id": table.ids.at(slot)}
        row |= derive(one, row, cleaned, slot, self)
        self._touch(one, slot)
        self._pending[one.name, slot] = row
        self._claim(one, row["Id"], cleaned)
        self.user_id = self.user_id or user_id
        return row

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
        one = self._type(sobject, schema, "updateable")
        slot, row = self._live(one, record_id)
        cleaned = Checker(self, one).update(values, row=row)
        changes = cleaned | self._audit(one, user_id)
        changes |= derive(one, row | changes, cleaned, slot, self)
        self._claim(one, row["Id"], cleaned)
        self.user_id = self.user_id or user_id
        return self._change(one, slot, changes)

    def delete(self, sobject: str, record_id: str, *, user_id: str) -> None:
        """Put a row, and those that are deleted with it, in the recycle bin."""
        one = self._type(sobject, None, "deletable")
        slot, _ = self._live(one, record_id)
        self._discard(one, slot, user_id)

    def undelete(self, sobject: str, record_id: str, *, user_id: str) -> Row:
        """Take a row, and those deleted with it, out of the recycle bin."""
        one = self._type(sobject, None, "undeletable")
        slot, row = self._found(one, record_id)
        if not row.get("IsDeleted"):
            raise StoreError("UNDELETE_FAILED", "Entity is not in the recycle bin")
        return self._restore(one, slot, user_id)

    def hard_delete(self, sobject: str, record_id: str, *, user_id: str = "") -> None:
        """Remove a row, and those deleted with it, for good."""
        self.user_id = self.user_id or user_id
        one = self._type(sobject, None, "deletable")
        slot, _ = self._found(one, record_id)
        self._purge(one, slot)

    def _touch(self, one: SObjectType, slot: int) -> None:
        """Remember how a row was whose changes mean something for others."""
        key = (one.name, slot)
        heard = one.name in EFFECTS or one.name in self._store.tracked
        if heard and key not in self._waiting:
            self._waiting.add(key)
            self._touched.append((*key, self._row(one, slot)))

    def _discard(self, one: SObjectType, slot: int, user_id: str) -> None:
        self.user_id = self.user_id or user_id
        self._change(one, slot, {"IsDeleted": True, **self._audit(one, user_id)})
        for child, place, row in self._dependents(one, slot):
            if not row.get("IsDeleted"):
                self._discard(child, place, user_id)

    def _restore(self, one: SObjectType, slot: int, user_id: str) -> Row:
        self.user_id = self.user_id or user_id
        before = self._row(one, slot) or {}
        changes = {"IsDeleted": False, **self._audit(one, user_id)}
        restored = self._change(one, slot, changes)
        for child, place, row in self._dependents(one, slot):
            together = row.get("SystemModstamp") == before.get("SystemModstamp")
            if row.get("IsDeleted") and together:
                self._restore(child, place, user_id)
        return restored

    def _purge(self, one: SObjectType, slot: int) -> None:
        dependents = list(self._dependents(one, slot))
        self._touch(one, slot)
        self._pending[one.name, slot] = None
        for child, place, _ in dependents:
            self._purge(child, place)

    def _dependents(
        self, one: SObjectType, slot: int
    ) -> Iterator[tuple[SObjectType, int, Row]]:
        """The rows that are deleted with this one, as this transaction sees them."""
        record_id = self._store.table(one).ids.at(slot)
        for name, found in self._store.details(one, record_id):
            child = self._store.known(name)
            place = self._store.table(child).ids.position(str(found["Id"]))
            row = None if place is None else self._row(child, place)
            if place is not None and row is not None:
                yield child, place, row

    def _type(self, sobject: str, schema: Schema | None, right: str) -> SObjectType:
        one = self._store.known(sobject, schema)
        if not getattr(one, right):
            raise refused_right(one, right)
        return one

    def _row(self, one: SObjectType, slot: int) -> Row | None:
        row = self._store.table(one).row(slot)
        key = (one.name, slot)
        if key not in self._pending:
            return row
        changes = self._pending[key]
        return None if changes is None else (row or {}) | changes

    def _found(self, one: SObjectType, record_id: str) -> tuple[int, Row]:
        table: Table = self._store.table(one)
        slot = table.ids.position(record_id)
        if slot is None and not _could_be(one, record_id):
            raise _wrong_id(one, record_id)
        if slot is None:
            raise _never_was()
        row = self._row(one, slot)
        if row is not None:
            return slot, row
        if slot < table.top:
            raise StoreError("ENTITY_IS_DELETED", "entity is deleted")
        raise _never_was()

    def _live(self, one: SObjectType, record_id: str) -> tuple[int, Row]:
        slot, row = self._found(one, record_id)
        if row.get("IsDeleted"):
            raise StoreError("ENTITY_IS_DELETED", "entity is deleted")
        return slot, row

    def _change(self, one: SObjectType, slot: int, changes: dict[str, Any]) -> Row:
        self._touch(one, slot)
        key = (one.name, slot)
        self._pending[key] = (self._pending.get(key) or {}) | changes
        return self._row(one, slot) or {}

    def _audit(
        self, one: SObjectType, user_id: str, event: str = "LastModified"
    ) -> dict[str, Any]:
        values = {
            f"{event}Date": self.stamp,
            f"{event}ById": user_id,
            "SystemModstamp": self.stamp,
        }
        return {name: value for name, value in values.items() if one.field(name)}


def blank(one: SObjectType) -> Row:
    """A row with nothing but the defaults of its fields."""
    return {
        field.name: field.default_value for field in one.fields.values() if field.stored
    }


def _could_be(one: SObjectType, record_id: str) -> bool:
    """Whether an id has the shape and the prefix of an object's."""
    return ids.is_id(record_id) and record_id[:3] == one.key_prefix


def refused_right(one: SObjectType, right: str) -> StoreError:
    """The refusal of an object that has not this right, such as ``deletable``."""
    code, verb = _REFUSED_RIGHTS[right]
    return StoreError(code, f"entity type cannot be {verb}: {one.label}")


def _never_was() -> StoreError:
    return StoreError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _wrong_id(one: SObjectType, record_id: str) -> StoreError:
    return StoreError(
        "MALFORMED_ID",
        f"{one.label} ID: id value of incorrect type: {record_id}",
        ["Id"],
    )

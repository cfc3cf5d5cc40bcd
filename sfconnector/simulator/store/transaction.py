"""Transaction: changes that bear the stamp of its start and show at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sfconnector.simulator.schema import Row, Schema, SObjectType
from sfconnector.simulator.store.derived import derive
from sfconnector.simulator.store.errors import StoreError
from sfconnector.simulator.store.table import Table
from sfconnector.simulator.store.validation import Checker

if TYPE_CHECKING:
    from sfconnector.simulator.store.engine import Store

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

    def __init__(self, store: Store, stamp: str) -> None:
        self.stamp = stamp
        self._store = store
        self._pending: Pending = {}
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
        cleaned = Checker(self, one).insert(values)
        table = self._store.table(one)
        slot = self._store.reserve(table)
        row = blank(one)
        row |= self._audit(one, user_id, "Created") | self._audit(one, user_id)
        if one.field("OwnerId"):
            row["OwnerId"] = user_id
        row |= cleaned | {"Id": table.ids.at(slot)}
        row |= derive(one, row, cleaned, slot)
        self._pending[one.name, slot] = row
        self._claim(one, row["Id"], cleaned)
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
        changes |= derive(one, row | changes, cleaned, slot)
        self._claim(one, row["Id"], cleaned)
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

    def hard_delete(self, sobject: str, record_id: str) -> None:
        """Remove a row, and those deleted with it, for good."""
        one = self._type(sobject, None, "deletable")
        slot, _ = self._found(one, record_id)
        self._purge(one, slot)

    def _discard(self, one: SObjectType, slot: int, user_id: str) -> None:
        self._change(one, slot, {"IsDeleted": True, **self._audit(one, user_id)})
        for child, place, row in self._dependents(one, slot):
            if not row.get("IsDeleted"):
                self._discard(child, place, user_id)

    def _restore(self, one: SObjectType, slot: int, user_id: str) -> Row:
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
            code, verb = _REFUSED_RIGHTS[right]
            raise StoreError(code, f"entity type cannot be {verb}: {one.label}")
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
        if slot is None:
            raise _wrong_id(one, record_id)
        row = self._row(one, slot)
        if row is not None:
            return slot, row
        if slot < table.top:
            raise StoreError("ENTITY_IS_DELETED", "entity is deleted")
        raise StoreError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")

    def _live(self, one: SObjectType, record_id: str) -> tuple[int, Row]:
        slot, row = self._found(one, record_id)
        if row.get("IsDeleted"):
            raise StoreError("ENTITY_IS_DELETED", "entity is deleted")
        return slot, row

    def _change(self, one: SObjectType, slot: int, changes: dict[str, Any]) -> Row:
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


def _wrong_id(one: SObjectType, record_id: str) -> StoreError:
    return StoreError(
        "MALFORMED_ID",
        f"{one.label} ID: id value of incorrect type: {record_id}",
        ["Id"],
    )

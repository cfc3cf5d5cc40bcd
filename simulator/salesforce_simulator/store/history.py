"""Histories: what is written beside a record when a tracked field of it changes."""

from __future__ import annotations

from typing import Any, Final, Protocol

from salesforce_simulator.schema import Field, Row, Schema, SObjectType

_TYPES: Final = {
    "boolean": "Boolean",
    "currency": "Currency",
    "date": "DateOnly",
    "datetime": "DateTime",
    "double": "Double",
    "email": "Email",
    "int": "Double",
    "multipicklist": "MultiEnum",
    "percent": "Percent",
    "phone": "Phone",
    "picklist": "DynamicEnum",
    "url": "Url",
}
"""The values of a history's DataType; any other type is Text."""
_LONGEST: Final = 255
"""Of longer texts a history tells that they changed, not what they were."""


class Telling(Protocol):
    """A transaction, as far as histories use it."""

    user_id: str

    @property
    def schema(self) -> Schema:
        """The org's schema."""

    def get(self, sobject: str, record_id: str) -> Row | None:
        """A row, deleted or not."""

    def add(self, sobject: str, cleaned: dict[str, Any], *, user_id: str) -> Row:
        """Add a row of checked values."""


def history_of(schema: Schema, one: SObjectType) -> SObjectType | None:
    """The object that holds the history of another, if it has one."""
    found = (
        beside
        for beside in schema.objects()
        if beside.associate_type == "History" and beside.associate_parent == one.name
    )
    return next(found, None)


def tell(
    change: Telling,
    one: SObjectType,
    rows: tuple[Row | None, Row | None],
    tracked: frozenset[str],
) -> None:
    """Write what a change of a row means for its history: the row before and after."""
    before, after = rows
    beside = history_of(change.schema, one)
    if beside is None or after is None or after.get("IsDeleted"):
        return
    link = next(f.name for f in beside.fields.values() if one.name in f.reference_to)
    for values in _entries(change, one, before, after, tracked):
        own = {link: after["Id"], **values}
        change.add(beside.name, own, user_id=change.user_id)


def _entries(
    change: Telling,
    one: SObjectType,
    before: Row | None,
    after: Row,
    tracked: frozenset[str],
) -> list[dict[str, Any]]:
    if before is None:
        return [{"Field": "created", "DataType": "Text"}]
    entries: list[dict[str, Any]] = []
    for name in sorted(tracked):
        field = one.fields[name]
        old, new = before.get(field.name), after.get(field.name)
        if old != new:
            entries += _entry(change, field, old, new)
    return entries


def _entry(
    change: Telling, field: Field, old: object, new: object
) -> list[dict[str, Any]]:
    """One entry; of a lookup two, by the names of the records and by their ids."""
    told = {"OldValue": old, "NewValue": new}
    if field.reference_to:
        name = field.tracked_name
        names = {key: _name(change, value) for key, value in told.items()}
        return [
            {"Field": name, "DataType": "Text", **names},
            {"Field": name, "DataType": "EntityId", **told},
        ]
    if field.length > _LONGEST:
        told = dict.fromkeys(told)
    return [{"Field": field.name, "DataType": _TYPES.get(field.type, "Text"), **told}]


def _name(change: Telling, record_id: object) -> object:
    one = change.schema.by_prefix(str(record_id or ""))
    row = one and change.get(one.name, str(record_id))
    return row.get(one.name_field.name) if one and one.name_field and row else None

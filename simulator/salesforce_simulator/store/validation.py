"""Checker: the values of a new or changed row, checked as Salesforce checks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from salesforce_simulator import ids
from salesforce_simulator.schema import Field, Row, Schema, SObjectType
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.values import clean


class Seen(Protocol):
    """The rows as the change sees them that is being checked."""

    @property
    def schema(self) -> Schema:
        """The org's schema."""

    def get(self, sobject: str, record_id: str) -> Row | None:
        """A row, deleted or not."""

    def holders(self, one: SObjectType, field: str, value: object) -> list[str]:
        """The ids of the rows that have, or are about to get, a unique value."""


class Checker:
    """Checks values for one object: names, rights, types, lengths, references."""

    def __init__(self, change: Seen, one: SObjectType) -> None:
        self._change = change
        self._one = one

    def insert(self, values: Mapping[str, object]) -> dict[str, Any]:
        """The values as they will be stored. Raises StoreError."""
        cleaned = self._clean(values, "createable")
        missing = [
            field.name
            for field in self._one.fields.values()
            if field.required and cleaned.get(field.name) is None
        ]
        if missing:
            raise _missing(missing)
        self._check_unique(cleaned, None)
        return cleaned

    def update(self, values: Mapping[str, object], *, row: Row) -> dict[str, Any]:
        """The changes as they will be stored. Raises StoreError."""
        cleaned = self._clean(values, "updateable", row=row)
        emptied = [
            name
            for name, value in cleaned.items()
            if value is None and _never_empty(self._one.fields[name.lower()])
        ]
        if emptied:
            raise _missing(emptied)
        self._check_unique(cleaned, str(row["Id"]))
        return cleaned

    def _clean(
        self, values: Mapping[str, object], right: str, *, row: Row | None = None
    ) -> dict[str, Any]:
        fields = {name: self._field(name) for name in values if name != "attributes"}
        forbidden = [
            field.name
            for name, field in fields.items()
            if not getattr(field, right)
            and not (row and row.get(field.name) == values[name])
        ]
        if forbidden:
            raise StoreError(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {', '.join(sorted(forbidden))}."
                " Please check the security settings of this field and verify that"
                " it is read/write for your profile or permission set.",
                forbidden,
            )
        return {
            field.name: self._value(field, values[name])
            for name, field in fields.items()
        }

    def _field(self, name: str) -> Field:
        field = self._one.field(name)
        if field is None:
            raise StoreError(
                "INVALID_FIELD",
                f"No such column '{name}' on sobject of type {self._one.name}",
            )
        return field

    def _value(self, field: Field, value: object) -> object:
        # A file without a byte is a file: django-salesforce's own tests save one.
        if value is None or (value == "" and field.type != "base64"):
            return field.default_value if field.type == "boolean" else None
        if field.type == "reference":
            return self._reference(field, value)
        return clean(field, value)

    def _reference(self, field: Field, value: object) -> str:
        if not isinstance(value, str) or not ids.is_id(value):
            raise StoreError(
                "MALFORMED_ID",
                f"{field.label}: id value of incorrect type: {value}",
                [field.name],
            )
        target = self._change.schema.by_prefix(value)
        if target is not None and target.name not in field.reference_to:
            raise StoreError(
                "FIELD_INTEGRITY_EXCEPTION",
                f"{field.label}: id value of incorrect type: {value}",
                [field.name],
            )
        row = target and self._change.get(target.name, value)
        if not row:
            raise StoreError(
                "INVALID_CROSS_REFERENCE_KEY",
                "invalid cross reference id",
                [field.name],
            )
        if row.get("IsDeleted"):
            raise StoreError("ENTITY_IS_DELETED", "entity is deleted", [field.name])
        return ids.to18(value[:15])

    def _check_unique(self, cleaned: dict[str, Any], own_id: str | None) -> None:
        for name, value in cleaned.items():
            field = self._one.fields[name.lower()]
            if not field.unique or value is None:
                continue
            holders = self._change.holders(self._one, name, value)
            other = next((holder for holder in holders if holder != own_id), None)
            if other is not None:
                raise StoreError(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {name} duplicates value on record"
                    f" with id: {other[:15]}",
                )


def _never_empty(field: Field) -> bool:
    return not field.nillable and field.type != "boolean"


def _missing(names: list[str]) -> StoreError:
    return StoreError(
        "REQUIRED_FIELD_MISSING",
        f"Required fields are missing: [{', '.join(names)}]",
        names,
    )

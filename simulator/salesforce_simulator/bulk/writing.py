"""Owns what an ingest job does with one row of its CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from salesforce_simulator.bulk.asking import Caller
from salesforce_simulator.schema import Field, SObjectType
from salesforce_simulator.store import StoreError
from salesforce_simulator.store.changes import Origin, signed

NULL: Final = "#N/A"
Values = dict[str, Any]
Written = tuple[str, bool, StoreError | None]
"""The id of the record, whether it is new, and the refusal if there was one."""


class ColumnError(Exception):
    """An upload that cannot be processed; the text is the job's errorMessage."""


class Column:
    """One column: a field, or a lookup told by an external id of the other record."""

    def __init__(self, title: str, sobject: SObjectType, caller: Caller) -> None:
        self._caller = caller
        self._title = title
        relation, dot, name = title.rpartition(".")
        field = sobject.parent(relation) if dot else sobject.field(title)
        if field is None:
            raise ColumnError(f"InvalidBatch : Field name not found : {title}")
        self.field: Field = field
        self._foreign = name if dot else ""

    def value(self, cell: str) -> Any:
        """Return the value of a cell. Raises StoreError for an unknown external id."""
        if cell == NULL:
            return None
        if not self._foreign:
            return cell
        for target in self.field.reference_to:
            for row in self._caller.store.find(target, self._foreign, cell):
                return row["Id"]
        raise StoreError(
            "INVALID_FIELD",
            f"Foreign key external ID: {cell.lower()} not found for field "
            f"{self._foreign} in entity {self.field.reference_to[0]}",
        )


class Writer:
    """Carries out one job's operation row by row.

    Raises ColumnError when a column is unknown, which fails the whole job.
    """

    def __init__(
        self,
        operation: str,
        sobject: SObjectType,
        header: list[str],
        *,
        external_id: str | None,
        caller: Caller,
    ) -> None:
        self._sobject = sobject
        self._caller = caller
        self._external_id = external_id or "Id"
        self._columns = [Column(title, sobject, caller) for title in header]
        self._origin = Origin.of(caller.client)
        self._do = self._operations()[operation]

    def _operations(self) -> dict[str, Callable[[Values], tuple[str, bool]]]:
        return {
            "insert": self._insert,
            "update": self._update,
            "upsert": self._upsert,
            "delete": self._delete,
            "hardDelete": self._hard_delete,
        }

    def write(self, cells: list[str]) -> Written:
        """Write one row."""
        if len(cells) != len(self._columns):
            error = StoreError(
                "INVALID_FIELD",
                "Number of fields in header is different from the row. "
                f"header = {len(self._columns)} row = {len(cells)}",
            )
            return "", False, error
        try:
            with signed(self._origin):
                record_id, created = self._do(self._values(cells))
        except StoreError as refusal:
            return "", False, refusal
        return record_id, created, None

    def _values(self, cells: list[str]) -> Values:
        """An empty cell leaves its field alone, ``#N/A`` empties it."""
        return {
            column.field.name: column.value(cell)
            for column, cell in zip(self._columns, cells, strict=True)
            if cell
        }

    def _insert(self, values: Values) -> tuple[str, bool]:
        caller = self._caller
        row = caller.store.insert(
            self._sobject.name, values, user_id=caller.user_id, schema=caller.schema
        )
        return row["Id"], True

    def _update(self, values: Values) -> tuple[str, bool]:
        caller = self._caller
        record_id = self._id(values, "update")
        row = caller.store.update(
            self._sobject.name,
            record_id,
            values,
            user_id=caller.user_id,
            schema=caller.schema,
        )
        return row["Id"], False

    def _upsert(self, values: Values) -> tuple[str, bool]:
        name = self._external_id
        if name == "Id":
            return self._update(values) if values.get("Id") else self._insert(values)
        key = values.get(name)
        if key is None:
            raise StoreError(
                "MISSING_ARGUMENT", f"{name} not specified in an upsert call"
            )
        found = self._caller.store.find(self._sobject.name, name, key)
        if len(found) > 1:
            ids = ", ".join(row["Id"] for row in found)
            raise StoreError(
                "DUPLICATE_EXTERNAL_ID",
                f"{name}: more than one record found for external id field: [{ids}]",
                [name],
            )
        if found:
            return self._update({**values, "Id": found[0]["Id"]})
        return self._insert(values)

    def _delete(self, values: Values) -> tuple[str, bool]:
        caller = self._caller
        record_id = self._id(values, "delete")
        caller.store.delete(self._sobject.name, record_id, user_id=caller.user_id)
        return record_id, False

    def _hard_delete(self, values: Values) -> tuple[str, bool]:
        record_id = self._id(values, "delete")
        caller = self._caller
        caller.store.hard_delete(self._sobject.name, record_id, user_id=caller.user_id)
        return record_id, False

    def _id(self, values: Values, verb: str) -> str:
        """Take the id out of values."""
        record_id = values.pop("Id", None)
        if not record_id:
            article = "an" if verb == "update" else "a"
            raise StoreError(
                "MISSING_ARGUMENT", f"Id not specified in {article} {verb} call"
            )
        return str(record_id)


def told(error: StoreError) -> str:
    """Return a refusal as results show it: ``CODE:message:fields --``."""
    fields = ",".join(error.fields) + " " if error.fields else ""
    return f"{error.code}:{error.message}:{fields}--"

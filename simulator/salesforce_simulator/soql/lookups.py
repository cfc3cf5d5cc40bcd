"""Owns the way from a row to the record a lookup field of it points to."""

from __future__ import annotations

from typing import NamedTuple

from salesforce_simulator.schema.fields import Row
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.store import Reading

_MOST = 20_000


class Step(NamedTuple):
    """One relationship: the lookup field that holds the id, and what it may point to.

    name is the relationship's, such as Owner; polymorphic lookups show only the
    fields of Salesforce's Name object.
    """

    name: str
    field: str
    targets: tuple[SObjectType, ...]
    polymorphic: bool


Found = tuple[SObjectType, Row]


class Lookups:
    """Reads parent records, each of them once for a page of results."""

    def __init__(self, store: Reading, *, include_deleted: bool = False) -> None:
        self._store = store
        self._deleted = include_deleted
        self._known: dict[str, Found | None] = {}

    def forget(self) -> None:
        """Read every parent anew from here on."""
        self._known = {}

    def parent(self, step: Step, row: Row) -> Found | None:
        """Return the record row points to with its object, or None."""
        record_id = row.get(step.field)
        if record_id is None:
            return None
        try:
            return self._known[record_id]
        except KeyError:
            if len(self._known) > _MOST:
                self._known = {}
            found = self._known[record_id] = self._read(step, record_id)
            return found

    def walk(
        self, steps: tuple[Step, ...], sobject: SObjectType, row: Row
    ) -> Found | None:
        """Follow several relationships; None as soon as one leads nowhere."""
        found: Found | None = (sobject, row)
        for step in steps:
            if found is None:
                return None
            found = self.parent(step, found[1])
        return found

    def _read(self, step: Step, record_id: str) -> Found | None:
        for target in step.targets:
            prefix = target.key_prefix
            only = len(step.targets) == 1
            if only or prefix is None or record_id.startswith(prefix):
                row = self._store.get(
                    target.name, record_id, include_deleted=self._deleted
                )
                if row is not None:
                    return target, row
        return None

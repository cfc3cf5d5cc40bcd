"""Owns the shape of a result record: which values it shows, where, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from salesforce_simulator.schema.fields import Row
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.soql.lookups import Lookups, Step

Record = dict[str, Any]


class Locate(Protocol):
    """Gives the nextRecordsUrl for the rest of a child result."""

    def __call__(self, child: Any, parent_id: str, relationship: str) -> str: ...


Entry = Callable[[Row, Locate | None], Any]


def attributes(sobject: SObjectType, row: Row, *, base: str, kind: str = "") -> Record:
    """Return the ``attributes`` of a record; base is ``/services/data/v66.0``."""
    return {
        "type": kind or sobject.name,
        "url": f"{base}/sobjects/{sobject.name}/{row['Id']}",
    }


@dataclass
class Parent:
    """The part of a record that shows fields of a parent record."""

    steps: tuple[Step, ...]
    sobject: SObjectType
    lookups: Lookups
    base: str
    entries: dict[str, Entry] = field(default_factory=dict)

    def __call__(self, row: Row, locate: Locate | None) -> Record | None:
        """Return the parent's part of the record of row, None without a parent."""
        found = self.lookups.walk(self.steps, self.sobject, row)
        if found is None:
            return None
        kind = "Name" if self.steps[-1].polymorphic else ""
        record: Record = {
            "attributes": attributes(found[0], found[1], base=self.base, kind=kind)
        }
        for key, entry in self.entries.items():
            record[key] = entry(row, locate)
        return record


class Shape:
    """The record of one object that a SELECT list asks for."""

    def __init__(self, sobject: SObjectType, *, lookups: Lookups, base: str) -> None:
        self.sobject = sobject
        self.lookups = lookups
        self.base = base
        self.entries: dict[str, Entry] = {}
        self._stored: list[str] = []

    def add_stored(self, name: str, get: Callable[[Row], Any]) -> None:
        """Add a field that a row holds under its own name."""
        self.entries[name] = reading(get)
        self._stored.append(name)

    def add(self, key: str, entry: Entry) -> None:
        """Add a value at the top of the record."""
        self.entries[key] = entry

    def add_remote(self, steps: tuple[Step, ...], key: str, entry: Entry) -> None:
        """Add a value of a parent, inside the objects the way there makes."""
        entries = self.entries
        for count, step in enumerate(steps, 1):
            parent = entries.get(step.name)
            if not isinstance(parent, Parent):
                parent = Parent(steps[:count], self.sobject, self.lookups, self.base)
                entries[step.name] = parent
            entries = parent.entries
        entries[key] = entry

    def compile(self) -> Callable[[Row, Locate | None], Record]:
        """Return the function that makes the record of a row.

        Values that are stored under their names are taken out of the row in one
        step, which is what makes large pages fast.
        """
        slow = self._slow()
        names = self._stored
        if len(names) < 2:
            return slow
        take = itemgetter(*names)
        others = [item for item in self.entries.items() if item[0] not in set(names)]
        template: Record = dict.fromkeys(["attributes", *self.entries])
        prefix = f"{self.base}/sobjects/{self.sobject.name}/"
        kind = self.sobject.name

        def fast(row: Row, locate: Locate | None) -> Record:
            record = template.copy()
            try:
                record.update(zip(names, take(row), strict=True))
            except KeyError:
                return slow(row, locate)
            record["attributes"] = {"type": kind, "url": prefix + row["Id"]}
            for key, entry in others:
                record[key] = entry(row, locate)
            return record

        return fast

    def _slow(self) -> Callable[[Row, Locate | None], Record]:
        items = list(self.entries.items())
        sobject, base = self.sobject, self.base

        def make(row: Row, locate: Locate | None) -> Record:
            record: Record = {"attributes": attributes(sobject, row, base=base)}
            for key, entry in items:
                record[key] = entry(row, locate)
            return record

        return make


def reading(get: Callable[[Row], Any]) -> Entry:
    """Return an entry that shows what get reads."""
    return lambda row, _: get(row)


def linking(get: Callable[[Row], Any], shape: Shape, name: str) -> Entry:
    """Return an entry that shows a base64 field: the path it is downloaded from."""

    def entry(row: Row, _: Locate | None) -> str | None:
        if get(row) is None:
            return None
        url: str = attributes(shape.sobject, row, base=shape.base)["url"]
        return f"{url}/{name}"

    return entry


class TypeBranches:
    """The value of a TYPEOF: the parent with the fields its type asks for."""

    def __init__(
        self,
        steps: tuple[Step, ...],
        shape: Shape,
        branches: dict[str, list[str]],
        *,
        otherwise: list[str],
    ) -> None:
        self._steps = steps
        self._shape = shape
        self._branches = branches
        self._otherwise = otherwise

    def __call__(self, row: Row, _: Locate | None) -> Record | None:
        """Return the parent of row, None without one or without a matching branch."""
        shape = self._shape
        found = shape.lookups.walk(self._steps, shape.sobject, row)
        if found is None:
            return None
        sobject, parent = found
        names = self._branches.get(sobject.name, self._otherwise)
        if not names:
            return None
        return {
            "attributes": attributes(sobject, parent, base=shape.base),
            **dict(_values(sobject, parent, names)),
        }


def _values(
    sobject: SObjectType, row: Row, names: Iterable[str]
) -> Iterable[tuple[str, Any]]:
    for name in names:
        one = sobject.field(name)
        if one is not None:
            yield one.name, sobject.value(row, one)

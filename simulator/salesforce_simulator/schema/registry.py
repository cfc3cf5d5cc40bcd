"""Schema: the objects of one org, as they are now and as a user may see them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from salesforce_simulator.ids import ALPHABET
from salesforce_simulator.schema.fields import Field
from salesforce_simulator.schema.objects import ChildRelationship, SObjectType

Hidden = frozenset[tuple[str, str]]
Objects = Mapping[str, SObjectType]


def _now() -> datetime:
    return datetime.now(UTC)


class Schema:
    """The objects of an org. Reading never waits; a change replaces the whole map.

    Every change moves `modified`, the one stamp all describes of an org share, and
    `revision`, a counter for caches.
    """

    def __init__(
        self,
        objects: Iterable[SObjectType] = (),
        *,
        clock: Callable[[], datetime] = _now,
        modified: datetime | None = None,
    ) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._objects = _linked({one.name.lower(): one for one in objects})
        self._prefixes = _by_prefix(self._objects)
        self._modified = (modified or clock()).replace(microsecond=0)
        self._views: dict[Hidden, Schema] = {}
        self.revision = 0

    @property
    def modified(self) -> datetime:
        """When the org's metadata changed last, in whole seconds, UTC."""
        return self._modified

    def object(self, name: str) -> SObjectType | None:
        """The object of this name, whatever its case; None if there is none."""
        return self._objects.get(name.lower())

    def by_prefix(self, record_id: str) -> SObjectType | None:
        """The object a record id belongs to, by its first three characters."""
        return self._prefixes.get(record_id[:3])

    def free_prefix(self) -> str:
        """A key prefix for a new custom object: a02, a03 and so on."""
        pairs = (high + low for high in ALPHABET for low in ALPHABET)
        return next(f"a{pair}" for pair in pairs if f"a{pair}" not in self._prefixes)

    def objects(self) -> list[SObjectType]:
        """All objects, by name."""
        return list(self._objects.values())

    def for_user(self, hidden: Hidden) -> Schema:
        """What is left when these (object, field) pairs may not be seen."""
        if not hidden:
            return self
        with self._lock:
            key = frozenset((name.lower(), field.lower()) for name, field in hidden)
            view = self._views.get(key)
            if view is None:
                view = self._views[key] = self._without(key)
            return view

    def _without(self, hidden: Hidden) -> Schema:
        objects = dict(self._objects)
        for name in {name for name, _ in hidden} & set(objects):
            kept = [
                one
                for low, one in objects[name].fields.items()
                if (name, low) not in hidden
            ]
            objects[name] = objects[name].with_fields(kept)
        view = Schema(objects.values(), clock=self._clock, modified=self._modified)
        view.revision = self.revision
        return view

    def add_object(self, one: SObjectType) -> None:
        """Add an object, or replace the one of the same name.

        Lookups that may point to any custom object may point to it from then on.
        """
        with self._lock:
            objects = {**self._objects, one.name.lower(): one}
            if one.custom:
                objects = {low: _pointing(x, one.name) for low, x in objects.items()}
            self._replace(objects)

    def remove_object(self, name: str) -> None:
        """Remove an object. Raises KeyError if there is none of this name."""
        with self._lock:
            objects = dict(self._objects)
            del objects[name.lower()]
            self._replace(objects)

    def add_field(self, name: str, field: Field) -> None:
        """Add a field to an object, or replace the one of the same name."""
        with self._lock:
            one = self._existing(name)
            fields = {**one.fields, field.name.lower(): field}
            self._put(one.with_fields(fields.values()))

    def remove_field(self, name: str, field: str) -> None:
        """Remove a field. Raises KeyError if the object or the field is not there."""
        with self._lock:
            one = self._existing(name)
            fields = dict(one.fields)
            del fields[field.lower()]
            self._put(one.with_fields(fields.values()))

    def change_field(self, name: str, field: str, **changes: Any) -> Field:
        """Change attributes of a field, such as `label` or `length`; returns it."""
        with self._lock:
            one = self._existing(name)
            changed = replace(one.fields[field.lower()], **changes)
            fields = [
                changed if low == field.lower() else kept
                for low, kept in one.fields.items()
            ]
            self._put(one.with_fields(fields))
            return changed

    def _existing(self, name: str) -> SObjectType:
        return self._objects[name.lower()]

    def _put(self, one: SObjectType) -> None:
        low = one.name.lower()
        before = self._objects[low]
        if list(_lookups(before)) == list(_lookups(one)):
            # Nearly always; linking every object anew takes a hundred times as long.
            one = replace(one, children=before.children)
            self._keep(MappingProxyType({**self._objects, low: one}))
        else:
            self._replace({**self._objects, low: one})

    def _replace(self, objects: Objects) -> None:
        self._keep(_linked(objects))

    def _keep(self, linked: Objects) -> None:
        self._objects = linked
        self._prefixes = _by_prefix(self._objects)
        self._views = {}
        self._modified = max(self._modified, self._clock().replace(microsecond=0))
        self.revision += 1


def _pointing(one: SObjectType, name: str) -> SObjectType:
    """The object, its lookups that take custom objects taking this one as well."""
    fields = {
        low: replace(field, reference_to=tuple(sorted({*field.reference_to, name})))
        for low, field in one.fields.items()
        if field.polymorphic and any(to.endswith("__c") for to in field.reference_to)
    }
    if not fields:
        return one
    return one.with_fields({**one.fields, **fields}.values())


def _linked(objects: Objects) -> Objects:
    """The objects by name, each knowing the lookups that point to it."""
    children: dict[str, list[ChildRelationship]] = defaultdict(list)
    for name in sorted(objects):
        for target, child in _lookups(objects[name]):
            children[target].append(child)
    linked = {
        name: replace(objects[name], children=tuple(children.get(name, ())))
        for name in sorted(objects)
    }
    return MappingProxyType(linked)


def _lookups(one: SObjectType) -> Iterator[tuple[str, ChildRelationship]]:
    """Yield each object that the fields of this one point to, and how."""
    for field in one.fields.values():
        if field.name == "MasterRecordId":  # describes show none of it
            continue
        for target in field.reference_to:
            yield target.lower(), _child(one.name, field)


def _by_prefix(objects: Objects) -> dict[str, SObjectType]:
    """The objects by key prefix; where two share one, the first by name."""
    prefixed = ((one.key_prefix, one) for one in reversed(list(objects.values())))
    return {prefix: one for prefix, one in prefixed if prefix}


def _child(sobject: str, field: Field) -> ChildRelationship:
    return ChildRelationship(
        name=field.child_relationship,
        child_sobject=sobject,
        field=field.name,
        cascade_delete=field.cascade_delete or field.child_cascades,
        restricted_delete=field.restricted_delete or field.child_restricts,
    )

"""Which fields may be seen: the one place that knows what masking a field means.

A masked field takes with it what shows its value under another name: the compound
field that it is a part of, the parts of a masked compound, the parent that a masked
lookup leads to, and the old and new values that Salesforce keeps of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet

from sfconnector.models import Org, SField, SObject
from sfconnector.secret import MASK

DEEPEST = 60
"""Levels of an answer that are kept; nothing of the API is nested so deeply."""
AGGREGATE = "AggregateResult"
"""What Salesforce calls a row of groups; its keys are aliases, not fields."""
OLD_AND_NEW = frozenset({"oldvalue", "newvalue"})
TRACKS_ALL = ("feedtrackedchange", "fieldhistoryarchive")
"""Objects that keep changed values of every object."""


_TOLD = ("name", "is_masked", "compound_field_name", "relationship_name")
_CHOSEN_BY = (*_TOLD, "type", "filterable", "sortable")


class Told(Protocol):
    """What a field tells about masks: a row, or some of its columns."""

    name: str
    is_masked: bool
    compound_field_name: str


def hidden_among(fields: Iterable[Told]) -> frozenset[str]:
    """Return which of one object's fields may not be seen, by API name."""
    known = list(fields)
    masked = {one.name for one in known if one.is_masked}
    wholes = {one.compound_field_name for one in known if one.is_masked} - {""}
    parts = {one.name for one in known if one.compound_field_name in masked}
    return frozenset(masked | wholes | parts)


def fields_of(row: SObject, *, deferred: Iterable[str] = ()) -> dict[str, SField]:
    """Return an object's fields by name, in the order of its describe, in one query.

    Each tells by ``is_hidden`` whether it may be seen; ``is_masked`` alone does not.
    """
    fields = list(row.sfields.order_by("position").defer(*deferred))
    hidden = hidden_among(fields)
    for one in fields:
        one.is_hidden = one.name in hidden
    return {one.name: one for one in fields}


def told_of(rows: Iterable[SObject]) -> dict[int, list[Any]]:
    """Return what the fields of some objects tell, by object, in one query.

    As plain tuples with names, in the order of the describes: rows of a model would
    take longer to make than a round of quiet plans takes.
    """
    found: dict[int, list[Any]] = {row.pk: [] for row in rows}
    fields = SField.objects.filter(sobject__in=found).order_by("position")
    for one in fields.values_list("sobject_id", *_CHOSEN_BY, named=True):
        found[one.sobject_id].append(one)
    return found


def fields_among(rows: QuerySet[SObject]) -> list[SField]:
    """Return the fields of several objects that may be seen, in one query."""
    found = SField.objects.filter(sobject__in=rows).order_by("position")
    by_object: dict[int, list[SField]] = defaultdict(list)
    for one in found.defer("describe"):
        by_object[one.sobject_id].append(one)
    hidden = {key: hidden_among(fields) for key, fields in by_object.items()}
    return [
        one
        for fields in by_object.values()
        for one in fields
        if one.name not in hidden[one.sobject_id]
    ]


@dataclass(frozen=True, slots=True)
class Masks:
    """What may not be seen of one org: names by object, all in lower case."""

    by_object: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_object)

    @property
    def all(self) -> frozenset[str]:
        """The names that may not be seen of one object or another."""
        return frozenset().union(*self.by_object.values())

    def hides(self, name: str, *, of: str = "") -> bool:
        """Tell whether a field may not be seen; of any object when none is named."""
        if of:
            return name.lower() in self.by_object.get(of.lower(), ())
        return any(name.lower() in names for names in self.by_object.values())

    def hides_some(self, of: str) -> bool:
        """Tell whether an object has fields that may not be seen."""
        return of.lower() in self.by_object if of else bool(self)

    def clean(
        self, value: Any, *, of: str = "", instead: str | None = MASK, depth: int = 0
    ) -> Any:
        """Return records without what may not be seen; None instead leaves keys out.

        ``of`` is the object of the record itself; those within it say their own. What
        says none is taken for a record of any object.
        """
        if not self or not isinstance(value, dict | list):
            return value
        if depth > DEEPEST:
            return "…"
        if isinstance(value, list):
            return [
                self.clean(one, of=of, instead=instead, depth=depth + 1)
                for one in value
            ]
        kind = kind_of(value) or of
        hidden = self.by_object.get(kind.lower(), frozenset()) if kind else self.all
        kept = {}
        for name, one in value.items():
            if name.lower() not in hidden or name == "attributes":
                is_plain = not isinstance(one, dict | list)
                kept[name] = (
                    one
                    if is_plain
                    else self.clean(one, instead=instead, depth=depth + 1)
                )
            elif instead is not None:
                kept[name] = instead
        return kept


def masks_of(org: Org | int) -> Masks:
    """Return what may not be seen of an org, by one query."""
    masked = SField.objects.filter(sobject__org=org, is_masked=True)
    found = (
        SField.objects.filter(sobject__in=masked.values("sobject"))
        .filter(Q(is_masked=True) | ~Q(compound_field_name=""))
        .values_list("sobject__name", *_TOLD, named=True)
    )
    by_object: dict[str, list[Any]] = defaultdict(list)
    for one in found:
        by_object[one.sobject__name.lower()].append(one)
    if not by_object:
        return Masks()
    hidden = {
        owner: hidden_among(fields)
        | {one.relationship_name for one in fields if one.is_masked} - {""}
        for owner, fields in by_object.items()
    }
    return Masks(_with_histories(hidden))


def hides_one_of(names: Collection[str]) -> Exists:
    """Return an expression for records: true where one of these may not be seen."""
    masked = SField.objects.filter(
        sobject__org=OuterRef("org"), sobject__name=OuterRef("sobject"), is_masked=True
    )
    return Exists(masked.filter(Q(name__in=names) | Q(compound_field_name__in=names)))


def kind_of(value: Mapping[str, Any]) -> str:
    """Return the object that a record says it is, "" for anything else."""
    attributes = value.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    return kind if isinstance(kind, str) else ""


def _with_histories(hidden: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Add the objects that keep the changes of those with masked fields."""
    found: dict[str, frozenset[str]] = dict.fromkeys(TRACKS_ALL, OLD_AND_NEW)
    for owner, names in hidden.items():
        lowered = frozenset(name.lower() for name in names)
        base = owner.removesuffix("c") if owner.endswith("__c") else owner
        found[f"{base}history"] = OLD_AND_NEW
        found[f"{base}changeevent"] = lowered
        found[owner] = found.get(owner, frozenset()) | lowered
    return found

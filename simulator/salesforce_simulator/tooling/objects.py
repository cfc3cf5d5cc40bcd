"""The objects of the Tooling API, as ``data/tooling.json`` lists them.

``shared`` are those that the data API has as well, with ``further_fields`` here;
``objects`` are the others, each with its key prefix and its fields: a name, a colon and
a type other than text, or the objects that it points to. Names and types are those of
the Tooling API Reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from salesforce_simulator import data
from salesforce_simulator.schema import Field, Schema, SObjectType
from salesforce_simulator.schema.groups import audit, record_id
from salesforce_simulator.schema.kinds import (
    READ_ONLY,
    area,
    check,
    lookup,
    moment,
    text,
    whole,
)

_TABLE: Final[dict[str, Any]] = data.read("tooling")
_NAMES: Final = ("Name", "DeveloperName", "ValidationName", "SiteName")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNSORTED: Final[dict[str, Any]] = {
    "filterable": False,
    "sortable": False,
    "groupable": False,
    "aggregatable": False,
}
_KINDS: Final[dict[str, Callable[..., Field]]] = {
    "": text,
    "boolean": check,
    "datetime": moment,
    "int": whole,
    "textarea": lambda name, label, **more: area(name, label, 1000, **more),
    "complexvalue": lambda name, label, **more: Field(
        name=name, label=label, type="complexvalue", **{**_UNSORTED, **more}
    ),
}
_RIGHTS: Final[dict[str, Any]] = dict.fromkeys(
    (
        "createable",
        "updateable",
        "deletable",
        "undeletable",
        "layoutable",
        "mru_enabled",
        "replicateable",
        "searchable",
        "triggerable",
    ),
    False,
)


def tooling_schema(schema: Schema, *, modified: datetime) -> Schema:
    """The objects that the Tooling API shows a user who sees this schema."""
    shared = (schema.object(name) for name in _TABLE["shared"])
    objects = [_shared(one) for one in shared if one is not None]
    return Schema([*objects, *own_objects()], modified=modified)


@cache
def own_objects() -> tuple[SObjectType, ...]:
    """The objects that the Tooling API has alone."""
    return tuple(
        _object(name, prefix, fields)
        for name, (prefix, *fields) in _TABLE["objects"].items()
    )


def seeded_rows(name: str) -> list[dict[str, Any]]:
    """The rows that every new org has of an object of the Tooling API."""
    rows: list[dict[str, Any]] = _TABLE["rows"].get(name, [])
    return rows


def _shared(one: SObjectType) -> SObjectType:
    further = (_field(told) for told in _TABLE["further_fields"].get(one.name, ()))
    fields = {field.name: field for field in (*further, *one.fields.values())}
    return replace(one, **_RIGHTS).with_fields(fields.values())


def _object(name: str, prefix: str, told: Iterable[str]) -> SObjectType:
    label = _WORDS.sub(" ", name)
    fields = (_field(one) for one in told)
    return SObjectType(
        name=name,
        label=label,
        label_plural=label,
        key_prefix=prefix,
        **_RIGHTS,
    ).with_fields((record_id(f"{label} ID"), *fields, *audit(deletable=False)))


def _field(told: str) -> Field:
    name, _, kind = told.partition(":")
    label = _WORDS.sub(" ", name)
    if kind[:1].isupper():
        return lookup(name, label, tuple(kind.split(",")), **READ_ONLY)
    return _KINDS[kind](name, label, name_field=name in _NAMES, **READ_ONLY)

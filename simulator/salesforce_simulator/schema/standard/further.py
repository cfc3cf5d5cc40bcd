"""The many objects of an org that are listed, and described in few words only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from salesforce_simulator import data
from salesforce_simulator.schema.fields import Field
from salesforce_simulator.schema.groups import audit, owner, record_id
from salesforce_simulator.schema.kinds import text
from salesforce_simulator.schema.objects import SObjectType

_RIGHTS: Final = (
    "createable",
    "updateable",
    "deletable",
    "undeletable",
    "queryable",
    "retrieveable",
    "replicateable",
    "searchable",
    "triggerable",
    "layoutable",
    "mru_enabled",
    "feed_enabled",
)
_PLAIN: Final = ("createable", "updateable", "deletable", "queryable", "retrieveable")
_TABLE: Final = data.read("further_objects")
"""Four lists of ``name:key prefix`` ("-" when there is none): ``business`` objects can
be written, searched, shared and tracked; ``plain`` ones can be written; ``read_only``
ones can be queried; ``unqueryable`` ones are named only. Then: which of them Bulk API
refuses (``no_bulk``); which of those without a page getUpdated() serves
(``replicated``); what stands beside an object (``companions``), see `companions`."""
_NO_BULK: Final = frozenset(_TABLE["no_bulk"])
_REPLICATED: Final = frozenset(_TABLE["replicated"])
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "business": _RIGHTS,
    "plain": _PLAIN,
    "read_only": ("queryable", "retrieveable"),
    "unqueryable": ("retrieveable",),
}


def further_objects() -> Iterator[SObjectType]:
    """All objects of the table of names."""
    for table, rights in _CLASSES.items():
        for entry in _TABLE[table]:
            name, _, prefix = entry.partition(":")
            key_prefix = None if prefix == "-" else prefix
            more = ("replicateable",) if name in _REPLICATED else ()
            yield _listed(name, key_prefix, (*rights, *more))


def _listed(name: str, prefix: str | None, rights: tuple[str, ...]) -> SObjectType:
    label = _TABLE["labels"].get(name) or words(name)
    keeps = "createable" in rights
    fields = [
        _id(),
        *(audit()[:1] if "undeletable" in rights else ()),
        _name(),
        *((owner(),) if "feed_enabled" in rights else ()),
        *(audit()[1:] if keeps else audit()[5:]),
    ]
    return SObjectType(
        name=name,
        label=label,
        label_plural=_plural(label),
        key_prefix=prefix,
        bulk_supported=name not in _NO_BULK,
        **flags(rights),
    ).with_fields(fields)


def flags(rights: tuple[str, ...]) -> dict[str, Any]:
    """What may be done with an object, as attributes of `SObjectType`."""
    return {right: right in rights for right in _RIGHTS}


@cache
def _id() -> Field:
    return record_id("Record ID")


@cache
def _name() -> Field:
    return text("Name", "Name", nillable=False, name_field=True)


def words(name: str) -> str:
    """`ContentVersionComment` as `Content Version Comment`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)


def _plural(label: str) -> str:
    if label.endswith("y") and label[-2:-1] not in "aeo":
        return f"{label[:-1]}ies"
    if label.endswith(("s", "Info", "Hours")):
        return label if not label.endswith("ss") else f"{label}es"
    return f"{label}s"

"""The many objects of an org that are listed, and described in few words only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from sfconnector.simulator.schema.fields import Field
from sfconnector.simulator.schema.groups import audit, owner, record_id
from sfconnector.simulator.schema.kinds import SYSTEM, choice, lookup, moment, text
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import names

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
_KEPT: Final = ("queryable", "retrieveable", "replicateable")
_NO_BULK: Final = frozenset(names.NO_BULK.split())
_REPLICATED: Final = frozenset(names.REPLICATED.split())
_COMPANIONS: Final = dict(entry.split(":") for entry in names.COMPANIONS.split())
_CLASSES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (names.BUSINESS, _RIGHTS),
    (names.PLAIN, _PLAIN),
    (names.READ_ONLY, ("queryable", "retrieveable")),
    (names.UNQUERYABLE, ("retrieveable",)),
)


def catalogue() -> Iterator[SObjectType]:
    """All objects of the table of names."""
    for table, rights in _CLASSES:
        for entry in table.split():
            name, _, prefix = entry.partition(":")
            key_prefix = None if prefix == "-" else prefix
            more = ("replicateable",) if name in _REPLICATED else ()
            yield _listed(name, key_prefix, (*rights, *more))


def companions(one: SObjectType) -> Iterator[SObjectType]:
    """What Salesforce keeps beside an object: feed, history, shares, change events."""
    kinds = _COMPANIONS.get(one.name, "")
    if "C" in kinds:
        yield _companion(one, "ChangeEvent", ("retrieveable", "triggerable"), ())
    if "F" in kinds:
        yield _companion(one, "Feed", ("deletable", *_KEPT), _feed_fields())
    if "H" in kinds:
        yield _companion(one, "History", _KEPT, _history_fields())
    if "S" in kinds:
        share = _companion(one, "Share", _PLAIN, _share_fields(one.name))
        yield replace(share, key_prefix=names.SHARE_PREFIXES.get(one.name))


def _listed(name: str, prefix: str | None, rights: tuple[str, ...]) -> SObjectType:
    label = names.LABELS.get(name) or _words(name)
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
        **_flags(rights),
    ).with_fields(fields)


def _companion(
    one: SObjectType, kind: str, rights: tuple[str, ...], own: tuple[Field, ...]
) -> SObjectType:
    stem = one.name.removesuffix("__c")
    between = "__" if stem != one.name else ""
    label = f"{one.label} {_words(kind)}"
    parent = f"{'Parent' if between else one.name}Id"
    relation = "Parent" if between else one.name
    link = lookup(parent, f"{one.label} ID", one.name, relation, nillable=False)
    return SObjectType(
        name=f"{stem}{between}{kind}",
        label=label,
        label_plural=label,
        key_prefix=None,
        associate_type=kind,
        associate_parent=one.name,
        **_flags(rights),
    ).with_fields((_id(), replace(link, createable=False, updateable=False), *own))


def _flags(rights: tuple[str, ...]) -> dict[str, Any]:
    return {right: right in rights for right in _RIGHTS}


@cache
def _id() -> Field:
    return record_id("Record ID")


@cache
def _name() -> Field:
    return text("Name", "Name", nillable=False, name_field=True)


@cache
def _feed_fields() -> tuple[Field, ...]:
    kinds = ("TrackedChange", "TextPost", "LinkPost", "ContentPost")
    return (
        choice("Type", "Feed Item Type", kinds, length=40, **SYSTEM),
        *audit(deletable=False)[:2],
        audit()[0],
        *audit(deletable=False)[2:3],
        *audit(deletable=False)[4:],
    )


@cache
def _history_fields() -> tuple[Field, ...]:
    change: dict[str, Any] = {
        "createable": False,
        "updateable": False,
        "filterable": False,
        "sortable": False,
        "groupable": False,
        "aggregatable": False,
    }
    return (
        audit()[0],
        lookup("CreatedById", "Created By ID", "User", **SYSTEM),
        moment("CreatedDate", "Created Date", **SYSTEM),
        text("Field", "Changed Field", **SYSTEM),
        text("DataType", "Datatype", 40, **SYSTEM),
        Field(name="OldValue", label="Old Value", type="anyType", **change),
        Field(name="NewValue", label="New Value", type="anyType", **change),
    )


def _share_fields(name: str) -> tuple[Field, ...]:
    standard = not name.endswith("__c")
    level = f"{name}AccessLevel" if standard else "AccessLevel"
    return (
        lookup("UserOrGroupId", "User/Group ID", ("Group", "User"), nillable=False),
        choice(level, "Access", ("Read", "Edit", "All"), length=40),
        choice("RowCause", "Row Cause", ("Owner", "Manual", "Rule"), length=40),
        moment("LastModifiedDate", "Last Modified Date", **SYSTEM),
        lookup("LastModifiedById", "Last Modified By ID", "User", **SYSTEM),
        audit()[0],
    )


def _words(name: str) -> str:
    """`ContentVersionComment` as `Content Version Comment`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)


def _plural(label: str) -> str:
    if label.endswith("y") and label[-2:-1] not in "aeo":
        return f"{label[:-1]}ies"
    if label.endswith(("s", "Info", "Hours")):
        return label if not label.endswith("ss") else f"{label}es"
    return f"{label}s"

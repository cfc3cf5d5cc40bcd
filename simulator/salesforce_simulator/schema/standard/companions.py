"""What Salesforce keeps beside an object: feed, history, shares, change events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from salesforce_simulator import data
from salesforce_simulator.schema.fields import Field, PicklistValue
from salesforce_simulator.schema.groups import audit, record_id
from salesforce_simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    lookup,
    moment,
    text,
    url,
    whole,
)
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.schema.standard.further import flags, words

_TABLE: Final = data.read("further_objects")
_KINDS: Final = dict(entry.split(":") for entry in _TABLE["companions"])
"""The letters of `companions` by object."""
_PREFIXES: Final = _TABLE["share_prefixes"]
_KEPT: Final = ("queryable", "retrieveable", "replicateable")
_SHARED: Final = ("createable", "updateable", "deletable", "queryable", "retrieveable")
_LEVELS: Final = ("None", "Read", "Edit", "All")
_CAUSES: Final = ("Owner", "Manual", "Rule", "ImplicitParent", "ImplicitChild", "Team")
_POSTS: Final = (
    "TrackedChange",
    "UserStatus",
    "TextPost",
    "LinkPost",
    "ContentPost",
    "PollPost",
    "ActivityEvent",
    "CallLogPost",
)
_TYPES: Final = (
    "Boolean",
    "Currency",
    "DateOnly",
    "DateTime",
    "Double",
    "DynamicEnum",
    "Email",
    "EntityId",
    "Percent",
    "Phone",
    "Text",
    "Url",
)
_UNCARRIED: Final = frozenset({"Id", "IsDeleted", "SystemModstamp"})


def companions(one: SObjectType) -> Iterator[SObjectType]:
    """The companions of an object, by the letters that the table has for it.

    C are change events, F a feed, H a history, O one called FieldHistory, S shares.
    """
    kinds = _KINDS.get(one.name, "")
    if "C" in kinds:
        fields = _carried(one)
        yield _beside(one, "ChangeEvent", ("retrieveable", "triggerable"), fields)
    if "F" in kinds:
        fields = (_link(one, "Feeds", "Parent"), *_feed())
        yield _beside(one, "Feed", ("deletable", *_KEPT), fields)
    if "H" in kinds or "O" in kinds:
        fields = (_link(one, "Histories"), *_history(one))
        name = "FieldHistory" if "O" in kinds else "History"
        yield _beside(one, "History", _KEPT, fields, name=name)
    if "S" in kinds:
        fields = (_link(one, "Shares"), *_share(one.name))
        share = _beside(one, "Share", _SHARED, fields)
        yield replace(share, key_prefix=_PREFIXES.get(one.name))


def _beside(
    one: SObjectType,
    kind: str,
    rights: tuple[str, ...],
    fields: Iterable[Field],
    *,
    name: str | None = None,
) -> SObjectType:
    stem = one.name.removesuffix("__c")
    between = "__" if stem != one.name else ""
    label = f"{one.label} {words(name or kind)}"
    return SObjectType(
        name=f"{stem}{between}{name or kind}",
        label=label,
        label_plural=label,
        key_prefix=None,
        associate_type=kind,
        associate_parent=one.name,
        **flags(rights),
    ).with_fields((record_id(f"{label} ID"), *fields))


def _link(one: SObjectType, children: str, relation: str = "") -> Field:
    """The lookup to the object that a companion stands beside."""
    relation = relation or ("Parent" if one.custom else one.name)
    return lookup(
        f"{relation}Id",
        f"{one.label} ID",
        one.name,
        relation,
        nillable=False,
        createable=children == "Shares",
        updateable=False,
        search_prefilterable=True,
        children=children,
        child_cascades=True,
    )


def _carried(one: SObjectType) -> tuple[Field, ...]:
    """A change event: a header, and the fields of the object."""
    header: dict[str, Any] = {"name": "ChangeEventHeader", "type": "complexvalue"}
    return (
        text("ReplayId", "Replay ID", **READ_ONLY),
        Field(**header, label="Change Event Header", **READ_ONLY),
        *(
            replace(
                field,
                **READ_ONLY,
                child_relationship=None,
                child_cascades=False,
                child_restricts=False,
                cascade_delete=False,
                search_prefilterable=False,
            )
            for field in one.fields.values()
            if field.name not in _UNCARRIED
        ),
    )


def _feed() -> tuple[Field, ...]:
    """A feed, by the page of AccountFeed in the Object Reference."""
    deleted, created, creator, changed, _, stamp = audit()
    return (
        choice("Type", "Feed Item Type", _POSTS, length=40, **READ_ONLY),
        creator,
        created,
        deleted,
        changed,
        stamp,
        whole("CommentCount", "Comment Count", 9, **SYSTEM),
        whole("LikeCount", "Like Count", 9, **SYSTEM),
        text("Title", "Title", **READ_ONLY),
        area("Body", "Body", 10_000, **READ_ONLY),
        url("LinkUrl", "Link Url", length=1000, **READ_ONLY),
        check("IsRichText", "Is Rich Text", **SYSTEM),
        lookup("RelatedRecordId", "Related Record ID", "ContentVersion", **READ_ONLY),
        lookup("InsertedById", "Inserted By ID", "User", **READ_ONLY),
    )


def _history(one: SObjectType) -> tuple[Field, ...]:
    """A history, by OpportunityFieldHistory in the Object and Field References."""
    tracked = (PicklistValue(field.tracked_name) for field in one.fields.values())
    value: dict[str, Any] = {
        "type": "anyType",
        "length": 255,
        "filterable": False,
        "groupable": False,
        "aggregatable": False,
        **READ_ONLY,
    }
    return (
        audit()[0],
        lookup("CreatedById", "Created By ID", "User", **SYSTEM),
        moment("CreatedDate", "Created Date", **SYSTEM),
        Field(
            name="Field",
            label="Changed Field",
            type="picklist",
            length=255,
            picklist=(*tracked, PicklistValue("created")),
            restricted_picklist=True,
            **SYSTEM,
        ),
        choice(
            "DataType",
            "Datatype",
            _TYPES,
            length=40,
            restricted_picklist=True,
            **READ_ONLY,
        ),
        Field(name="OldValue", label="Old Value", **value),
        Field(name="NewValue", label="New Value", **value),
    )


def _share(name: str) -> tuple[Field, ...]:
    """Shares, by the pages of AccountShare and CaseShare in the Object Reference."""
    more = ("Opportunity", "Case", "Contact") if name == "Account" else ()
    levels = [f"{one}AccessLevel" for one in (name, *more)]
    if name.endswith("__c"):
        levels = ["AccessLevel"]
    return (
        lookup(
            "UserOrGroupId",
            "User/Group ID",
            ("Group", "User"),
            nillable=False,
            updateable=False,
        ),
        *(
            choice(level, words(level), _LEVELS, length=40, nillable=False)
            for level in levels
        ),
        choice("RowCause", "Row Cause", _CAUSES, length=40, updateable=False),
        moment("LastModifiedDate", "Last Modified Date", **SYSTEM),
        lookup("LastModifiedById", "Last Modified By ID", "User", **SYSTEM),
        audit()[0],
    )

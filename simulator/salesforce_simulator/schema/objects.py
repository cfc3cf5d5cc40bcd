"""SObjectType: one object of the org, its describe, and the values of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from salesforce_simulator.schema.fields import Field, Row

MASTER_RECORD_TYPE: Final = "012000000000000AAA"
NAMED_LAYOUTS: Final = {"User": ("UserAlt",)}
"""Layouts besides that of the page, which have a name, by object."""
_LISTED: Final = frozenset(
    {
        "Account",
        "Asset",
        "Campaign",
        "Case",
        "CollaborationGroup",
        "Contact",
        "Contract",
        "Dashboard",
        "Event",
        "Lead",
        "Opportunity",
        "Report",
        "WorkOrder",
    }
)
"""Objects whose describe names the address of their list views, as real orgs' do."""
_PARTS: Final = (
    "city",
    "country",
    "geocodeAccuracy",
    "latitude",
    "longitude",
    "postalCode",
    "state",
    "street",
)


@dataclass(frozen=True)
class ChildRelationship:
    """A lookup of another object, seen from the object it points to."""

    name: str | None
    child_sobject: str
    field: str
    cascade_delete: bool = False
    restricted_delete: bool = False

    def describe(self) -> dict[str, object]:
        """The relationship as a describe shows it."""
        return {
            "cascadeDelete": self.cascade_delete,
            "childSObject": self.child_sobject,
            "deprecatedAndHidden": False,
            "field": self.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": self.name,
            "restrictedDelete": self.restricted_delete,
        }


@dataclass(frozen=True, kw_only=True)
class SObjectType:
    """An object: its name, what may be done with it, and its fields in order."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    fields: Mapping[str, Field] = attribute(default_factory=dict, repr=False)
    children: tuple[ChildRelationship, ...] = attribute(default=(), repr=False)
    associate_type: str | None = None
    associate_parent: str | None = None
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    queryable: bool = True
    retrieveable: bool = True
    replicateable: bool = True
    searchable: bool = True
    triggerable: bool = True
    layoutable: bool = True
    mergeable: bool = False
    mru_enabled: bool = True
    feed_enabled: bool = False
    activateable: bool = False
    deep_cloneable: bool = False
    custom_setting: bool = False
    bulk_supported: bool = True

    @property
    def custom(self) -> bool:
        """Whether an administrator made it."""
        return self.name.endswith(("__c", "__mdt", "__e", "__x", "__b"))

    def field(self, name: str) -> Field | None:
        """The field of this name, whatever its case; None if there is none."""
        return self.fields.get(name.lower())

    @property
    def child_relationships(self) -> list[ChildRelationship]:
        """The lookups of other objects that point here."""
        return list(self.children)

    def child(self, relationship: str) -> ChildRelationship | None:
        """The child relationship of this name, whatever its case."""
        return self._children_by_name.get(relationship.lower())

    def parent(self, relationship: str) -> Field | None:
        """The lookup behind a relationship name such as `Owner` or `Region__r`."""
        return self._parents_by_name.get(relationship.lower())

    @cached_property
    def _children_by_name(self) -> dict[str, ChildRelationship]:
        return {child.name.lower(): child for child in self.children if child.name}

    @cached_property
    def _parents_by_name(self) -> dict[str, Field]:
        return {
            one.relationship_name.lower(): one
            for one in self.fields.values()
            if one.relationship_name and one.reference_to
        }

    @cached_property
    def name_field(self) -> Field | None:
        """The field that names a record: Name, Subject, CaseNumber…"""
        return next((one for one in self.fields.values() if one.name_field), None)

    def with_fields(self, fields: Iterable[Field]) -> SObjectType:
        """The same object with these fields instead."""
        named = {one.name.lower(): one for one in fields}
        return replace(self, fields=MappingProxyType(named))

    def value(self, row: Row, one: Field) -> object:
        """What a row shows for a field: stored, put together, or calculated."""
        return self.getter(one)(row)

    def getter(self, one: Field) -> Callable[[Row], object]:
        """A function that takes a field's value out of a row; for reading many rows."""
        if one.compute is not None:
            return _safe(one.compute)
        if one.type == "address":
            return self._address(one)
        if one.type == "location":
            return self._location(one)
        default = one.default_value if one.type == "boolean" else None
        name = one.name
        return lambda row: row.get(name, default)

    def _parts(self, compound: Field) -> dict[str, str]:
        """The stored names behind a compound's keys, such as street, latitude."""
        return {
            _key(one.name, compound.name): one.name
            for one in self.fields.values()
            if one.compound_field_name == compound.name
        }

    def _address(self, one: Field) -> Callable[[Row], object]:
        parts = self._parts(one)
        keys = sorted({*_PARTS, *parts})
        names = [parts.get(key, "") for key in keys]

        def read(row: Row) -> object:
            values = [row.get(name) for name in names]
            if all(value is None for value in values):
                return None
            return dict(zip(keys, values, strict=True))

        return read

    def _location(self, one: Field) -> Callable[[Row], object]:
        parts = self._parts(one)
        latitude, longitude = parts.get("latitude", ""), parts.get("longitude", "")

        def read(row: Row) -> object:
            if row.get(latitude) is None or row.get(longitude) is None:
                return None
            return {"latitude": row[latitude], "longitude": row[longitude]}

        return read

    def global_entry(self, base: str) -> dict[str, Any]:
        """The object as describe global shows it.

        `base` is what its addresses begin with, such as `/services/data/v66.0`.
        """
        return {**self._flags, "urls": self._urls(base)}

    @cached_property
    def _flags(self) -> dict[str, object]:
        return {
            "activateable": self.activateable,
            "associateEntityType": self.associate_type,
            "associateParentEntity": self.associate_parent,
            "createable": self.createable,
            "custom": self.custom,
            "customSetting": self.custom_setting,
            "deepCloneable": self.deep_cloneable,
            "deletable": self.deletable,
            "deprecatedAndHidden": False,
            "feedEnabled": self.feed_enabled,
            "hasSubtypes": False,
            "isInterface": False,
            "isSubtype": False,
            "keyPrefix": self.key_prefix,
            "label": self.label,
            "labelPlural": self.label_plural,
            "layoutable": self.layoutable,
            "mergeable": self.mergeable,
            "mruEnabled": self.mru_enabled,
            "name": self.name,
            "queryable": self.queryable,
            "replicateable": self.replicateable,
            "retrieveable": self.retrieveable,
            "searchable": self.searchable,
            "triggerable": self.triggerable,
            "undeletable": self.undeletable,
            "updateable": self.updateable,
        }

    def _urls(self, base: str) -> dict[str, str]:
        base = f"{base}/sobjects/{self.name}"
        urls = {"rowTemplate": base + "/{ID}", "describe": base + "/describe"}
        if self.layoutable:
            urls["compactLayouts"] = base + "/describe/compactLayouts"
            urls["layouts"] = base + "/describe/layouts"
            urls["approvalLayouts"] = base + "/describe/approvalLayouts"
            urls["quickActions"] = base + "/quickActions"
        if self.layoutable and self.name in _LISTED:
            urls["listviews"] = base + "/listviews"
        if self.name in NAMED_LAYOUTS:
            urls["namedLayouts"] = base + "/describe/namedLayouts/{LayoutName}"
        urls["sobject"] = base
        return urls

    def describe(self, base: str, *, host: str = "localhost") -> dict[str, Any]:
        """The full describe, keys in alphabetical order; `host` is the org's own."""
        result: dict[str, Any] = {
            **self.global_entry(base),
            **self._nothings,
            "childRelationships": [child.describe() for child in self.children],
            "compactLayoutable": self.layoutable,
            "fields": [one.describe() for one in self.fields.values()],
            "namedLayoutInfos": self._named_layouts(base),
            "recordTypeInfos": self._record_types(base),
            "searchLayoutable": self.searchable and self.layoutable,
            "sobjectDescribeOption": "FULL",
            "supportedScopes": self._scopes(),
        }
        if self.layoutable:
            result["urls"].update(
                uiDetailTemplate=f"https://{host}/{{ID}}",
                uiEditTemplate=f"https://{host}/{{ID}}/e",
                uiNewRecord=f"https://{host}/{self.key_prefix}/e",
            )
        return dict(sorted(result.items()))

    @cached_property
    def _nothings(self) -> dict[str, object]:
        nulls = (
            "defaultImplementation",
            "extendedBy",
            "extendsInterfaces",
            "implementedBy",
            "implementsInterfaces",
            "listviewable",
            "lookupLayoutable",
            "networkScopeFieldName",
        )
        return {"actionOverrides": [], **dict.fromkeys(nulls)}

    def _named_layouts(self, base: str) -> list[dict[str, object]]:
        path = f"{base}/sobjects/{self.name}/describe/namedLayouts"
        return [
            {"name": name, "urls": {"layout": f"{path}/{name}"}}
            for name in NAMED_LAYOUTS.get(self.name, ())
        ]

    def _record_types(self, base: str) -> list[dict[str, object]]:
        if not self.layoutable:
            return []
        path = f"{base}/sobjects/{self.name}/describe/layouts"
        master: dict[str, object] = {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": True,
            "developerName": "Master",
            "master": True,
            "name": "Master",
            "recordTypeId": MASTER_RECORD_TYPE,
            "urls": {"layout": f"{path}/{MASTER_RECORD_TYPE}"},
        }
        return [master]

    def _scopes(self) -> list[dict[str, str]]:
        if not self.layoutable:
            return []
        plural = self.label_plural.lower()
        scopes = [{"label": f"All {plural}", "name": "everything"}]
        if self.field("OwnerId"):
            scopes.append({"label": f"My {plural}", "name": "mine"})
        return scopes


def _key(part: str, compound: str) -> str:
    """`BillingPostalCode`, and `Place__PostalCode__s`, are `postalCode`."""
    if part.endswith("__s"):
        stem = part.split("__")[-2]
    else:
        stem = part.removeprefix(compound.removesuffix("Address"))
    return stem[:1].lower() + stem[1:]


def _safe(compute: Callable[[Row], object]) -> Callable[[Row], object]:
    """A formula over missing values is empty, as Salesforce shows it."""

    def read(row: Row) -> object:
        try:
            return compute(row)
        except (TypeError, ValueError, ArithmeticError, KeyError):
            return None

    return read

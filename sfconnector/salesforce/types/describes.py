"""Frozen dataclasses of what an org offers: versions, objects, fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An API version that the org offers."""

    label: str
    url: str
    version: str

    @property
    def number(self) -> float:
        """The version to compare by: "100" is newer than "20.0"."""
        return float(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalObject:
    """One entry of describe global."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    custom: bool
    custom_setting: bool
    queryable: bool
    retrieveable: bool
    searchable: bool
    createable: bool
    updateable: bool
    deletable: bool
    replicateable: bool
    deprecated_and_hidden: bool
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalDescribe:
    """All objects that the connected user may see."""

    objects: tuple[GlobalObject, ...]
    last_modified: str
    """Value for the next ``if_modified_since``, as it came."""
    max_batch_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistValue:
    """One choice of a picklist."""

    value: str
    label: str
    active: bool
    default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescribe:
    """One field of a describe; flags that an old version does not know are false."""

    name: str
    label: str
    type: str
    soap_type: str
    length: int
    byte_length: int
    precision: int
    scale: int
    digits: int
    nillable: bool
    custom: bool
    calculated: bool
    createable: bool
    updateable: bool
    filterable: bool
    sortable: bool
    groupable: bool
    unique: bool
    external_id: bool
    id_lookup: bool
    name_field: bool
    encrypted: bool
    auto_number: bool
    html_formatted: bool
    polymorphic_foreign_key: bool
    deprecated_and_hidden: bool
    reference_to: tuple[str, ...]
    relationship_name: str | None
    compound_field_name: str | None
    controller_name: str | None
    inline_help_text: str | None
    extra_type_info: str | None
    calculated_formula: str | None
    default_value: Any
    picklist_values: tuple[PicklistValue, ...]
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDescribe:
    """One described sObject."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    custom: bool
    custom_setting: bool
    queryable: bool
    retrieveable: bool
    searchable: bool
    createable: bool
    updateable: bool
    deletable: bool
    replicateable: bool
    deprecated_and_hidden: bool
    fields: tuple[FieldDescribe, ...]
    child_relationships: tuple[Mapping[str, Any], ...] = field(repr=False)
    record_types: tuple[Mapping[str, Any], ...] = field(repr=False)
    urls: Mapping[str, str] = field(repr=False)
    last_modified: str
    """Value for the next ``if_modified_since``, as it came."""
    raw: Mapping[str, Any] = field(repr=False)

    def field(self, name: str) -> FieldDescribe | None:
        """Find a field by its API name, in any case."""
        wanted = name.lower()
        return next((one for one in self.fields if one.name.lower() == wanted), None)

"""Field: one column of an object, and what a describe says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

Row = dict[str, Any]

SOAP_TYPES: Final[Mapping[str, str]] = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "long": "xsd:long",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "base64": "xsd:base64Binary",
    "address": "urn:address",
    "location": "urn:location",
    "anyType": "xsd:anyType",
}
NUMBERS: Final = frozenset({"int", "long", "double", "currency", "percent"})
COMPOUNDS: Final = frozenset({"address", "location"})
TEXTS: Final = frozenset(
    {
        "string",
        "textarea",
        "url",
        "phone",
        "email",
        "picklist",
        "multipicklist",
        "combobox",
        "encryptedstring",
    }
)


class PicklistValue(NamedTuple):
    """One entry of a picklist."""

    value: str
    label: str = ""
    default: bool = False
    active: bool = True
    valid_for: str | None = None

    def describe(self) -> dict[str, object]:
        """The entry as a describe shows it."""
        return {
            "active": self.active,
            "defaultValue": self.default,
            "label": self.label or self.value,
            "validFor": self.valid_for,
            "value": self.value,
        }


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column: its type, its limits and its rights. `length` counts characters.

    `compute` gives a calculated field its value out of the stored row. A compound
    field (address, location) has no value of its own: it is put together from the
    fields whose `compound_field_name` is its name. `child_cascades` tells that a
    record is deleted with the one it points to, though it is no detail of it.
    """

    name: str
    label: str
    type: str
    length: int = 0
    byte_length: int | None = None
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    aggregatable: bool = True
    permissionable: bool = True
    calculated: bool = False
    formula: str | None = None
    compute: Callable[[Row], object] | None = None
    auto_number: bool = False
    number_format: str = "{00000000}"
    """How an auto-number is written: the digits that it has at least, in braces."""
    case_sensitive: bool = False
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    name_field: bool = False
    reference_to: tuple[str, ...] = ()
    reference_target: str | None = None
    """The field of the other record that it names, where that is not the Id."""
    relationship_name: str | None = None
    child_relationship: str | None = None
    child_cascades: bool = False
    child_restricts: bool = False
    relationship_order: int | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    write_requires_master_read: bool = False
    search_prefilterable: bool = False
    picklist: tuple[PicklistValue, ...] = ()
    restricted_picklist: bool = False
    dependent_picklist: bool = False
    controller_name: str | None = None
    compound_field_name: str | None = None
    extra_type_info: str | None = None
    html_formatted: bool = False
    encrypted: bool = False
    mask: str | None = None
    mask_type: str | None = None
    default_value: str | bool | None = None
    default_formula: str | None = None
    defaulted_on_create: bool = False
    display_location_in_decimal: bool = False
    inline_help_text: str | None = None

    @property
    def custom(self) -> bool:
        """Whether an administrator made it; such names end in `__c` or `__s`."""
        return self.name.endswith(("__c", "__s"))

    @property
    def compound(self) -> bool:
        """Whether its value is put together from other fields."""
        return self.type in COMPOUNDS

    @property
    def stored(self) -> bool:
        """Whether a row holds its value under its name."""
        return self.compute is None and not self.compound

    @property
    def required(self) -> bool:
        """Whether a new record must give a value."""
        return not (
            self.nillable
            or self.defaulted_on_create
            or not self.createable
            or self.type == "boolean"
        )

    @property
    def tracked_name(self) -> str:
        """What a history calls it: standard lookups by their relationship."""
        if self.custom or not self.reference_to:
            return self.name
        return self.relationship_name or self.name

    @property
    def polymorphic(self) -> bool:
        """Whether the lookup may point to several objects."""
        return len(self.reference_to) > 1

    @cached_property
    def picklist_values(self) -> frozenset[str]:
        """The active values of the picklist."""
        return frozenset(entry.value for entry in self.picklist if entry.active)

    def describe(self) -> dict[str, Any]:
        """The 57 keys of a field in a describe, in alphabetical order."""
        return dict(
            sorted({**self._rights(), **self._nature(), **self._size()}.items())
        )

    def _size(self) -> dict[str, object]:
        text = self.type in TEXTS
        default_bytes = self.length * 3 if text else self.length
        return {
            "byteLength": default_bytes
            if self.byte_length is None
            else self.byte_length,
            "digits": self.digits,
            "length": self.length,
            "precision": self.precision,
            "scale": self.scale,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "type": self.type,
            "label": self.label,
            "name": self.name,
            "mask": self.mask,
            "maskType": self.mask_type,
            "referenceTo": list(self.reference_to),
            "relationshipName": self.relationship_name,
            "relationshipOrder": self.relationship_order,
            "referenceTargetField": self.reference_target,
            "compoundFieldName": self.compound_field_name,
            "extraTypeInfo": self.extra_type_info,
        }

    def _rights(self) -> dict[str, object]:
        return {
            "aggregatable": self.aggregatable,
            "aiPredictionField": False,
            "createable": self.createable,
            "custom": self.custom,
            "deprecatedAndHidden": False,
            "filterable": self.filterable,
            "groupable": self.groupable,
            "nillable": self.nillable,
            "permissionable": self.permissionable and not self.required,
            "searchPrefilterable": self.search_prefilterable,
            "sortable": self.sortable,
            "updateable": self.updateable,
            "unique": self.unique,
            "externalId": self.external_id,
            "idLookup": self.id_lookup,
            "writeRequiresMasterRead": self.write_requires_master_read,
            "cascadeDelete": self.cascade_delete,
            "restrictedDelete": self.restricted_delete,
            "namePointing": self.polymorphic,
            "polymorphicForeignKey": self.polymorphic,
            "queryByDistance": self.compound,
        }

    def _nature(self) -> dict[str, object]:
        return {
            "autoNumber": self.auto_number,
            "calculated": self.calculated,
            "calculatedFormula": self.formula,
            "caseSensitive": self.case_sensitive,
            "controllerName": self.controller_name,
            "defaultValue": self.default_value,
            "defaultValueFormula": self.default_formula,
            "defaultedOnCreate": self.defaulted_on_create,
            "dependentPicklist": self.dependent_picklist,
            "displayLocationInDecimal": self.display_location_in_decimal,
            "encrypted": self.encrypted,
            "filteredLookupInfo": None,
            "formulaTreatNullNumberAsZero": self.formula is not None
            and self.type in NUMBERS,
            "highScaleNumber": False,
            "htmlFormatted": self.html_formatted,
            "inlineHelpText": self.inline_help_text,
            "nameField": self.name_field,
            "picklistValues": [entry.describe() for entry in self.picklist],
            "restrictedPicklist": self.restricted_picklist,
        }

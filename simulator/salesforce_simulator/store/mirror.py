"""EntityDefinition, FieldDefinition and ListView: rows that are what the schema says.

Salesforce gives all definitions one Id; records are told apart, and fields point to
their object, by DurableId. List views have the ids that their addresses name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from salesforce_simulator.metadata.listviews import views
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import Field, Row, Schema, SObjectType
from salesforce_simulator.store.listed import ListedIds, ListedRows
from salesforce_simulator.store.table import Table
from salesforce_simulator.store.values import wire

_SAME: Final[Row] = {
    "Id": "000000000000000AAA",
    "LastModifiedDate": None,
    "LastModifiedById": None,
    "NamespacePrefix": None,
}
_SHARING: Final = "ReadWrite"
_TYPES: Final = {
    "string": "Text({length})",
    "textarea": "Long Text Area({length})",
    "boolean": "Checkbox",
    "int": "Number({digits}, 0)",
    "double": "Number({whole}, {scale})",
    "currency": "Currency({whole}, {scale})",
    "percent": "Percent({whole}, {scale})",
    "date": "Date",
    "datetime": "Date/Time",
    "time": "Time",
    "email": "Email",
    "phone": "Phone",
    "url": "URL({length})",
    "picklist": "Picklist",
    "multipicklist": "Picklist (Multi-Select)",
    "address": "Address",
    "location": "Geolocation",
    "encryptedstring": "Text (Encrypted)({length})",
}
"""What setup calls the types, as FieldDefinition.DataType shows them."""


def mirrored(schema: Schema, name: str, *, instance: str, admin_id: str) -> Table:
    """The table of one of `MIRRORED` for a schema as it stands.

    `instance` is the middle of the org's ids; `admin_id` is who made its list views.
    """
    if name == "ListView":
        rows = sorted(_list_views(schema, instance, admin_id), key=lambda r: r["Id"])
        return Table(name, ListedRows(rows), ListedIds([row["Id"] for row in rows]))
    rows = sorted(_DEFINITIONS[name](schema), key=lambda row: str(row["DurableId"]))
    durable = [str(row["DurableId"]) for row in rows]
    return Table(name, ListedRows([row | _SAME for row in rows]), ListedIds(durable))


def _list_views(schema: Schema, instance: str, admin_id: str) -> Iterator[Row]:
    stamp = wire(schema.modified)
    made: Row = {
        **dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp),
        **dict.fromkeys(("CreatedById", "LastModifiedById"), admin_id),
        **dict.fromkeys(("LastViewedDate", "LastReferencedDate", "NamespacePrefix")),
    }
    place = Place(origin="", version="", instance=instance)
    for one in schema.objects():
        if one.layoutable and one.queryable:
            for view in views(place, schema, one):
                yield {
                    "Id": view.id,
                    "Name": view.label[:40],
                    "DeveloperName": view.name,
                    "SobjectType": one.name,
                    "IsSoqlCompatible": True,
                    **made,
                }


def _entities(schema: Schema) -> list[Row]:
    return [_entity(one) for one in schema.objects()]


def _entity(one: SObjectType) -> Row:
    pages = one.layoutable and one.key_prefix is not None
    return {
        "DurableId": one.name,
        "QualifiedApiName": one.name,
        "DeveloperName": one.name.removesuffix("__c"),
        "MasterLabel": one.label,
        "Label": one.label,
        "PluralLabel": one.label_plural,
        "IsCustomizable": one.layoutable,
        "IsApexTriggerable": one.triggerable,
        "IsWorkflowEnabled": one.triggerable and one.layoutable,
        "IsProcessEnabled": one.triggerable and one.layoutable,
        "IsCompactLayoutable": one.layoutable,
        "KeyPrefix": one.key_prefix,
        "IsCustomSetting": one.custom_setting,
        "IsDeprecatedAndHidden": False,
        "IsReplicateable": one.replicateable,
        "IsRetrieveable": one.retrieveable,
        "IsSearchLayoutable": one.searchable and one.layoutable,
        "IsSearchable": one.searchable,
        "IsTriggerable": one.triggerable,
        "IsIdEnabled": True,
        "IsEverCreatable": one.createable,
        "IsEverUpdatable": one.updateable,
        "IsEverDeletable": one.deletable,
        "IsFeedEnabled": one.feed_enabled,
        "IsQueryable": one.queryable,
        "IsMruEnabled": one.mru_enabled,
        "DetailUrl": "/{ID}" if pages else None,
        "EditUrl": "/{ID}/e" if pages else None,
        "NewUrl": f"/{one.key_prefix}/e" if pages else None,
        "PublisherId": "<local>" if one.custom else "System",
        "IsLayoutable": one.layoutable,
        "InternalSharingModel": _SHARING,
        "ExternalSharingModel": _SHARING,
        "HasSubtypes": False,
        "IsSubtype": False,
    }


def _fields(schema: Schema) -> list[Row]:
    return [
        _field(one, field) for one in schema.objects() for field in one.fields.values()
    ]


def _field(one: SObjectType, field: Field) -> Row:
    short = field.name.removesuffix("Id") if field.reference_to else field.name
    return {
        "DurableId": f"{one.name}.{short}",
        "QualifiedApiName": field.name,
        "EntityDefinitionId": one.name,
        "DeveloperName": short.removesuffix("__c"),
        "MasterLabel": field.label,
        "Label": field.label,
        "Length": field.length,
        "DataType": _data_type(field),
        "ValueTypeId": "id" if field.reference_to else field.type,
        "ExtraTypeInfo": field.extra_type_info,
        "IsCalculated": field.calculated,
        "IsHighScaleNumber": False,
        "IsHtmlFormatted": field.html_formatted,
        "IsNameField": field.name_field,
        "IsNillable": field.nillable,
        "IsWorkflowFilterable": field.filterable,
        "IsCompactLayoutable": field.filterable,
        "Precision": field.precision,
        "Scale": field.scale,
        "IsFieldHistoryTracked": False,
        "IsIndexed": field.unique or field.external_id or bool(field.reference_to),
        "IsApiFilterable": field.filterable,
        "IsApiSortable": field.sortable,
        "IsListFilterable": field.filterable,
        "IsListSortable": field.sortable,
        "IsApiGroupable": field.groupable,
        "IsListVisible": not field.compound,
        "PublisherId": "<local>" if field.custom else "System",
        "RelationshipName": field.relationship_name,
        "IsCompound": field.compound,
        "IsSearchPrefilterable": field.search_prefilterable,
        "IsPolymorphicForeignKey": field.polymorphic,
        "Description": None,
    }


def _data_type(field: Field) -> str:
    if field.reference_to:
        return f"Lookup({','.join(field.reference_to)})"
    if field.auto_number:
        return "Auto Number"
    whole = field.precision - field.scale
    shown = _TYPES.get(field.type, field.type.capitalize())
    return shown.format(
        length=field.length, digits=field.digits, whole=whole, scale=field.scale
    )


_DEFINITIONS: Final[dict[str, Callable[[Schema], list[Row]]]] = {
    "EntityDefinition": _entities,
    "FieldDefinition": _fields,
}
MIRRORED: Final = frozenset({*_DEFINITIONS, "ListView"})
"""The objects whose rows follow from the schema."""

"""Page layouts and compact layouts of an object.

There is one page layout for an object: all fields that the user may see, and a list
for each object whose rows point to it. Shapes: `sObject Layouts` and `sObject
CompactLayouts` of the REST API Developer Guide, with the keys that real answers have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from salesforce_simulator.metadata.actions import action_items
from salesforce_simulator.metadata.buttons import (
    button,
    detail_buttons,
    highlight_actions,
)
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.metadata.sections import Item, parts_of, section
from salesforce_simulator.schema import Field, Schema, SObjectType
from salesforce_simulator.schema.objects import MASTER_RECORD_TYPE, ChildRelationship

SYSTEM_LAYOUT: Final = "SYSTEM"
_STAMPS: Final = {
    "CreatedById": ("CreatedDate", "Created By"),
    "LastModifiedById": ("LastModifiedDate", "Last Modified By"),
}
_OF_THE_SYSTEM: Final = frozenset(
    {
        "Id",
        "IsDeleted",
        "SystemModstamp",
        "MasterRecordId",
        "LastActivityDate",
        "LastViewedDate",
        "LastReferencedDate",
        "PhotoUrl",
        *_STAMPS,
        *(moment for moment, _ in _STAMPS.values()),
    }
)
_COMPACT: Final = ("phone", "email", "picklist", "reference")
_RELATED_COLUMNS: Final = 4
_SECTION_PREFIX, _LAYOUT_PREFIX = "01B", "00h"


class Layouts:
    """The layouts of one object, for a user whose view of the schema this is."""

    def __init__(self, place: Place, schema: Schema, one: SObjectType) -> None:
        self._place = place
        self._schema = schema
        self._one = one

    def describe(self, name: str = "") -> dict[str, Any]:
        """The layout, a named one if asked for, and the record types it is for."""
        return {
            "layouts": [self.page(name)],
            "recordTypeMappings": [self._mapping()],
            "recordTypeSelectorRequired": [False],
        }

    def page(self, name: str = "") -> dict[str, Any]:
        """The page layout."""
        layout_id = self._layout_id(name)
        actions = action_items(self._place, self._schema, self._one)
        return {
            "buttonLayoutSection": {
                "detailButtons": detail_buttons(self._place, self._one)
            },
            "detailLayoutSections": list(self._sections(layout_id, edit=False)),
            "editLayoutSections": list(self._sections(layout_id, edit=True)),
            "feedView": None,
            "highlightsPanelLayoutSection": None,
            "id": layout_id,
            "multirowEditLayoutSections": [],
            "offlineLinks": [],
            "quickActionList": {"quickActionListItems": actions},
            "relatedContent": None,
            "relatedLists": list(self._related_lists()),
            "saveOptions": [],
        }

    def compact(self) -> dict[str, Any]:
        """The compact layout that every object has until somebody makes another."""
        pairs = enumerate(self._compact_fields(), start=1)
        return {
            "actions": highlight_actions(self._place, self._one),
            "fieldItems": [Item(self._one, one).describe(at) for at, one in pairs],
            "id": None,
            "imageItems": [
                Item(self._one, one).describe(1)
                for one in self._one.fields.values()
                if one.name == "PhotoUrl"
            ],
            "label": "System Default",
            "name": SYSTEM_LAYOUT,
            "objectType": self._one.name,
        }

    def compacts(self) -> dict[str, Any]:
        """The compact layouts and the record types they are for."""
        path = f"sobjects/{self._one.name}/describe/compactLayouts"
        mapping = {
            "available": True,
            "compactLayoutId": None,
            "compactLayoutName": SYSTEM_LAYOUT,
            "recordTypeId": MASTER_RECORD_TYPE,
            "recordTypeName": "Master",
            "urls": {"compactLayout": self._place.url(f"{path}/{MASTER_RECORD_TYPE}")},
        }
        return {
            "compactLayouts": [self.compact()],
            "defaultCompactLayoutId": None,
            "recordTypeCompactLayoutMappings": [mapping],
            "urls": {"primary": self._place.url(f"{path}/primary")},
        }

    def _layout_id(self, name: str = "") -> str:
        return self._place.id(_LAYOUT_PREFIX, f"{self._one.name}/{name}")

    def _mapping(self) -> dict[str, Any]:
        path = f"sobjects/{self._one.name}/describe/layouts/{MASTER_RECORD_TYPE}"
        picklists = [
            {
                "picklistName": field.name,
                "picklistValues": [entry.describe() for entry in field.picklist],
            }
            for field in self._one.fields.values()
            if field.picklist
        ]
        return {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": True,
            "developerName": "Master",
            "layoutId": self._layout_id(),
            "master": True,
            "name": "Master",
            "picklistsForRecordType": picklists,
            "recordTypeId": MASTER_RECORD_TYPE,
            "urls": {"layout": self._place.url(path)},
        }

    def _sections(self, layout_id: str, *, edit: bool) -> Iterator[dict[str, Any]]:
        order = 1
        for heading, columns, items in self._grouped(edit=edit):
            if not items:
                continue
            yield section(
                heading,
                items,
                layout_id=layout_id,
                section_id=self._place.id(_SECTION_PREFIX, f"{layout_id}/{heading}"),
                columns=columns,
                start=order,
            )
            order += len(items)

    def _grouped(self, *, edit: bool) -> Iterator[tuple[str, int, list[Item]]]:
        """The sections as heading, columns and items, in the order of the page."""
        groups: dict[str, list[Item]] = {"plain": [], "compound": [], "long": []}
        for field in self._shown():
            if not edit or self._editable(field):
                kind = "compound" if field.compound else "plain"
                kind = "long" if field.length > 255 else kind
                groups[kind].append(Item(self._one, field))
        yield f"{self._one.label} Information", 2, groups["plain"]
        yield "Address Information", 2, groups["compound"]
        yield "Description Information", 1, groups["long"]
        if not edit:
            yield "System Information", 2, self._stamps()

    def _shown(self) -> Iterator[Field]:
        for field in self._one.fields.values():
            is_part = field.compound_field_name not in {None, field.name}
            hidden = field.name in _OF_THE_SYSTEM or field.type == "base64"
            if not is_part and not hidden:
                yield field

    def _editable(self, field: Field) -> bool:
        parts = parts_of(self._one, field) or [field]
        return any(part.createable or part.updateable for part in parts)

    def _stamps(self) -> list[Item]:
        found = [
            (self._one.field(who), self._one.field(when), label)
            for who, (when, label) in _STAMPS.items()
        ]
        return [Item(self._one, who, when, label) for who, when, label in found if who]

    def _compact_fields(self) -> list[Field]:
        """The name, then the first field of each kind that people look for."""
        fields = list(self._shown())
        named = [self._one.name_field] if self._one.name_field else []
        firsts = (
            next((one for one in fields if one.type == kind), None) for kind in _COMPACT
        )
        return named + [one for one in firsts if one is not None]

    def _related_lists(self) -> Iterator[dict[str, Any]]:
        for child in self._one.children:
            target = self._schema.object(child.child_sobject)
            if child.name and target is not None and target.layoutable:
                yield self._related_list(child, target)

    def _related_list(
        self, child: ChildRelationship, target: SObjectType
    ) -> dict[str, Any]:
        buttons = [button(self._place, "New", "New")] if target.createable else []
        name = target.name_field
        return {
            "accessLevelRequiredForCreate": None,
            "buttons": buttons,
            "columns": [_column(target, one) for one in _related_fields(target)],
            "custom": target.custom,
            "field": child.field,
            "label": target.label_plural,
            "limitRows": 5,
            "name": child.name,
            "sobject": target.name,
            "sort": [{"ascending": True, "column": name.name}] if name else [],
        }


def global_layouts(place: Place, schema: Schema) -> dict[str, Any]:
    """The layout of what is global: nothing but the actions of the publisher."""
    layout: dict[str, Any] = {
        "buttonLayoutSection": None,
        "detailLayoutSections": [],
        "editLayoutSections": [],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": place.id(_LAYOUT_PREFIX, "Global/"),
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": action_items(place, schema)},
        "relatedContent": None,
        "relatedLists": [],
        "saveOptions": [],
    }
    return {
        "layouts": [layout],
        "recordTypeMappings": [],
        "recordTypeSelectorRequired": [False],
    }


def _related_fields(target: SObjectType) -> list[Field]:
    """The first fields of a row that fit in a line, its name before all."""
    name = target.name_field
    plain = [
        one
        for one in target.fields.values()
        if one is not name
        and one.name not in _OF_THE_SYSTEM
        and one.type not in {"reference", "base64", "address", "location"}
        and one.compound_field_name is None
        and one.length <= 255
    ]
    return ([name] if name else []) + plain[: _RELATED_COLUMNS - 1]


def _column(target: SObjectType, field: Field) -> dict[str, Any]:
    return {
        "field": f"{target.name}.{field.name}",
        "fieldApiName": field.name,
        "format": field.type if field.type in {"date", "datetime"} else None,
        "label": field.label,
        "lookupId": "Id" if field.name_field else None,
        "name": field.name,
        "sortable": field.sortable,
    }

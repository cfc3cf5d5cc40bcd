"""The parts of a layout: items, rows and sections, with the describes of their fields.

Shapes: the types ``DescribeLayoutSection`` to ``DescribeLayoutComponent`` of the SOAP
API, which REST writes as JSON with ``details`` for the field's describe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from salesforce_simulator.schema import Field, SObjectType

_LINES = {"textarea": 6, "multipicklist": 4}
_BLANK: dict[str, Any] = {
    "editableForNew": False,
    "editableForUpdate": False,
    "label": "",
    "layoutComponents": [],
    "placeholder": True,
    "required": False,
}


@dataclass(frozen=True)
class Item:
    """One place of a layout: a field, or a user and the moment beside it."""

    one: SObjectType
    field: Field
    beside: Field | None = None
    label: str = ""

    def describe(self, order: int) -> dict[str, Any]:
        """The item as a layout shows it; `order` is its place among all."""
        components = [component(self.one, self.field, order)]
        if self.beside is not None:
            separator = {"displayLines": 1, "tabOrder": order, "type": "Separator"}
            components.append({**separator, "value": ", "})
            components.append(component(self.one, self.beside, order))
        parts = parts_of(self.one, self.field) or [self.field]
        return {
            "editableForNew": any(part.createable for part in parts),
            "editableForUpdate": any(part.updateable for part in parts),
            "label": self.label or item_label(self.field),
            "layoutComponents": components,
            "placeholder": False,
            "required": any(part.required for part in parts),
        }


def component(one: SObjectType, field: Field, order: int) -> dict[str, Any]:
    """A field of a layout with its describe; an address with those of its parts."""
    shown: dict[str, Any] = {
        "details": field.describe(),
        "displayLines": _LINES.get(field.type, 1) if field.length > 255 else 1,
        "tabOrder": order,
        "type": "Field",
        "value": field.name,
    }
    parts = parts_of(one, field)
    if not parts:
        return shown
    inner = [component(one, part, order) for part in parts]
    return {"components": inner, "fieldType": field.type, **shown}


def parts_of(one: SObjectType, field: Field) -> list[Field]:
    """The fields that an address, a location or a person's name is made of."""
    return [
        part
        for part in one.fields.values()
        if part.compound_field_name == field.name and part is not field
    ]


def item_label(field: Field) -> str:
    """A lookup stands on a page under the name of what it points to."""
    if field.reference_to:
        return field.label.removesuffix(" ID")
    return field.label


def section(
    heading: str,
    items: Sequence[Item],
    *,
    layout_id: str | None,
    section_id: str | None,
    columns: int = 2,
    start: int = 1,
) -> dict[str, Any]:
    """A section whose items go down the first column, then the second."""
    height = -(-len(items) // columns)
    described = [item.describe(start + at) for at, item in enumerate(items)]
    across = (described[at : at + height] for at in range(0, len(items), height or 1))
    rows = [_row(row) for row in zip_longest(*across, fillvalue=_BLANK)]
    return {
        "collapsed": False,
        "columns": columns,
        "heading": heading,
        "layoutRows": rows,
        "layoutSectionId": section_id,
        "parentLayoutId": layout_id,
        "rows": len(rows),
        "tabOrder": "TopToBottom" if columns > 1 else "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": bool(heading),
    }


def _row(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    placed = list(items)
    return {"layoutItems": placed, "numItems": len(placed)}

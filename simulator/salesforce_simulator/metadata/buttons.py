"""Buttons of layouts and related lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import SObjectType

_NOTHING = (
    "behavior",
    "content",
    "contentSource",
    "encoding",
    "height",
    "url",
    "width",
    "windowPosition",
)
_FLAGS = (
    "custom",
    "menubar",
    "overridden",
    "resizeable",
    "scrollbars",
    "showsLocation",
    "showsStatus",
    "toolbar",
)
_COLORS = {"Call": "3ba755", "Send Email": "95aec5", "Map": "3c97dd"}


def detail_buttons(place: Place, one: SObjectType) -> list[dict[str, Any]]:
    """The standard buttons of a record's page, as the object's rights allow them."""
    allowed = {
        "Edit": one.updateable,
        "Delete": one.deletable,
        "Clone": one.createable,
        "Share": one.field("OwnerId") is not None,
        "Submit": one.field("OwnerId") is not None,
    }
    labels = {"Share": "Sharing", "Submit": "Submit for Approval"}
    return [
        button(place, name, labels.get(name, name))
        for name, right in allowed.items()
        if right
    ]


def highlight_actions(place: Place, one: SObjectType) -> list[dict[str, Any]]:
    """What a compact layout offers: calling, writing, maps, websites."""
    return [button(place, name, label) for name, label in _highlights(one)]


def _highlights(one: SObjectType) -> Iterator[tuple[str, str]]:
    kinds = {field.type for field in one.fields.values()}
    offered = {
        "phone": ("CallHighlightAction", "Call"),
        "email": ("EmailHighlightAction", "Send Email"),
        "address": ("MapHighlightAction", "Map"),
        "url": ("WebsiteHighlightAction", "View Website"),
    }
    yield from (names for kind, names in offered.items() if kind in kinds)


def button(place: Place, name: str, label: str) -> dict[str, Any]:
    """A standard button."""
    color = _COLORS.get(label, "6ca1e9")
    icon = f"{place.origin}/img/icon/t4v35/action/{label.lower().replace(' ', '_')}"
    shown: dict[str, Any] = {
        **dict.fromkeys(_NOTHING),
        **dict.fromkeys(_FLAGS, False),
        "colors": [{"color": color, "context": "primary", "theme": "theme4"}],
        "icons": [
            {
                "contentType": "image/svg+xml",
                "height": 0,
                "theme": "theme4",
                "url": f"{icon}.svg",
                "width": 0,
            }
        ],
        "label": label,
        "name": name,
    }
    return dict(sorted(shown.items()))

"""Colours and icons of objects; tabs and themes, which are made of them.

Shapes: `Get Tabs` and `Themes` of the REST API Developer Guide. The colours are after
the Lightning Design System, which changes them; the theme before it has one for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from salesforce_simulator import data
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import SObjectType

_COLORS: Final[dict[str, str]] = data.read("colors")
_CUSTOM_COLOR: Final = "3d6785"
_CLASSIC_COLOR: Final = "236FBD"
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
TABBED: Final = tuple(_COLORS)
"""The standard objects with a tab of their own, in the order of tabs."""


def colors(name: str) -> list[dict[str, str]]:
    """The colours of an object: of Lightning, then of the theme before it."""
    pairs = {"theme4": _COLORS.get(name, _CUSTOM_COLOR), "theme3": _CLASSIC_COLOR}
    return [
        {"color": color, "context": "primary", "theme": theme}
        for theme, color in pairs.items()
    ]


def icons(place: Place, name: str) -> list[dict[str, Any]]:
    """The icons of an object in the sizes that Salesforce has them."""
    shape, stem = _shape(name)
    classic = f"{place.origin}/img/icon/{_classic(name)}"
    modern = f"{place.origin}/img/icon/t4v35/{shape}/{stem}"
    return [
        _icon(f"{classic}32.png", 32, "theme3"),
        _icon(f"{classic}16.png", 16, "theme3"),
        _icon(f"{modern}.svg", 0, "theme4"),
        _icon(f"{modern}_60.png", 60, "theme4"),
        _icon(f"{modern}_120.png", 120, "theme4"),
    ]


def icon_urls(place: Place, name: str) -> dict[str, str]:
    """The two icons of the older theme by the keys that name them everywhere."""
    stem = f"{place.origin}/img/icon/{_classic(name)}"
    return {"iconUrl": f"{stem}32.png", "miniIconUrl": f"{stem}16.png"}


def theme(place: Place, objects: Iterable[SObjectType]) -> dict[str, Any]:
    """The answer of ``/theme``."""
    items = [
        {"colors": colors(one.name), "icons": icons(place, one.name), "name": one.name}
        for one in objects
        if one.layoutable
    ]
    return {"themeItems": items}


def tabs(place: Place, objects: Iterable[SObjectType]) -> list[dict[str, Any]]:
    """The answer of ``/tabs``: standard objects first, then custom ones."""
    named = {one.name: one for one in objects if one.layoutable}
    standard = [named[name] for name in TABBED if name in named]
    custom = [one for one in named.values() if one.custom]
    return [_tab(place, one) for one in (*standard, *custom)]


def _tab(place: Place, one: SObjectType) -> dict[str, Any]:
    return {
        "colors": colors(one.name),
        "custom": one.custom,
        "icons": icons(place, one.name),
        "label": one.label_plural,
        "mobileUrl": f"{place.origin}/{one.key_prefix}/o",
        "name": one.name if one.custom else f"standard-{one.name}",
        "sobjectName": one.name,
        "url": f"{place.origin}/{one.key_prefix}/o",
        **icon_urls(place, one.name),
    }


def _icon(url: str, size: int, of_theme: str) -> dict[str, Any]:
    kind = "image/svg+xml" if url.endswith(".svg") else "image/png"
    return {
        "contentType": kind,
        "height": size,
        "theme": of_theme,
        "url": url,
        "width": size,
    }


def _shape(name: str) -> tuple[str, str]:
    if name.endswith("__c"):
        return "custom", "custom1"
    return "standard", _WORDS.sub("_", name).lower()


def _classic(name: str) -> str:
    if name.endswith("__c"):
        return "custom51_100/globe"
    return f"{name.lower()}s"

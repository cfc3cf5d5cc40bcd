"""The shape of an answer: its keys and types, and nothing that anybody wrote.

Values never reach the report, and names that an org gave itself (custom fields, limits
of installed apps) become one word for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DEEP = 6
"""Levels of an answer that are looked at."""
MANY = 200
"""Items of a list that are looked at."""
OWN_NAME = re.compile(r"__[a-z]{1,3}$|[^A-Za-z0-9_]", re.IGNORECASE)


def shape_of(value: Any, *, depth: int = DEEP) -> Any:
    """Return what a decoded JSON value looks like, as JSON that can be compared."""
    if isinstance(value, Mapping):
        return _of_object(value, depth) if depth else "object"
    if isinstance(value, list):
        return _of_list(value, depth) if depth else "list"
    names = {str: "text", bool: "flag", int: "number", float: "number"}
    return names.get(type(value), "null")


def _of_object(value: Mapping[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = "(the org's own)" if OWN_NAME.search(key) else key
        found[name] = merged(found.get(name), shape_of(item, depth=depth - 1))
    return dict(sorted(found.items()))


def _of_list(value: list[Any], depth: int) -> list[Any]:
    shape = None
    for item in value[:MANY]:
        shape = merged(shape, shape_of(item, depth=depth - 1))
    return [] if shape is None else [shape]


def merged(one: Any, other: Any) -> Any:
    """Return the shape that both have: all keys, and every type of a value."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return {key: merged(one.get(key), other.get(key)) for key in keys}
    if isinstance(one, list) and isinstance(other, list):
        items = [*one, *other]
        return [merged(*items)] if len(items) == 2 else items[:1]
    texts = {part for shape in (one, other) for part in _words(shape)}
    return " or ".join(sorted(texts))


def _words(shape: Any) -> list[str]:
    if isinstance(shape, dict):
        return ["object"]
    if isinstance(shape, list):
        return ["list"]
    return str(shape).split(" or ")

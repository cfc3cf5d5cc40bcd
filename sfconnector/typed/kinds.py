"""Kinds of typed columns: what a field's type becomes in the database and in Python."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection


class Kind(enum.StrEnum):
    """What a column holds."""

    TEXT = "text"
    ID = "id"
    """18 characters that are compared byte by byte."""
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    JSON = "json"


BY_TYPE = {
    "id": Kind.ID,
    "reference": Kind.ID,
    "int": Kind.INTEGER,
    "long": Kind.INTEGER,
    "double": Kind.NUMBER,
    "currency": Kind.NUMBER,
    "percent": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "datetime": Kind.TIMESTAMP,
    "time": Kind.TIME,
    "address": Kind.JSON,
    "location": Kind.JSON,
    "complexvalue": Kind.JSON,
}
"""By Salesforce's names of types; every other type is text."""
NUMBERS = {Kind.INTEGER, Kind.NUMBER}


def kind_of(types: Collection[str]) -> Kind:
    """Return the kind of a field that orgs give these types; text where they differ."""
    kinds = {BY_TYPE.get(one, Kind.TEXT) for one in types}
    if len(kinds) == 1:
        return kinds.pop()
    return Kind.NUMBER if kinds == NUMBERS else Kind.TEXT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One typed column of an object."""

    api_name: str
    name: str
    """Its name in the view."""
    kind: Kind
    masked_in: tuple[int, ...] = ()
    """Ids of the orgs in which it may not be seen."""

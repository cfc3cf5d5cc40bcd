"""Where in a record the columns of a Bulk result stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from sfconnector.records import Members
from sfconnector.sync.readers.csv_cells import Encode, encoder_of
from sfconnector.sync.shape import COMPOUND, Shape

ADDRESS = (
    *("city", "country", "geocodeAccuracy", "latitude", "longitude"),
    *("postalCode", "state", "street"),
)
"""What every address tells by REST; more with the picklists of states."""


class Cell(NamedTuple):
    """A value of a record: its key as ``"Name":``, its column, how it is written."""

    key: bytes
    place: int
    encode: Encode


class Whole(NamedTuple):
    """An object within a record: a compound or a parent. Of nulls alone it is null."""

    key: bytes
    members: Sequence[Member]


class Nothing(NamedTuple):
    """A part of an address that has no column: custom ones lack some."""

    key: bytes


Member: TypeAlias = Cell | Whole | Nothing


def members_of(
    shape: Shape, members: Members, places: Mapping[str, int]
) -> list[Member]:
    """Return what a record consists of, in its normal form.

    A compound field has no column: its parts have, and those are put together.
    """
    types = {name.lower(): type_ for name, type_ in shape.types}
    parts = _parts(shape)

    def cell(name: str, column: str) -> Cell | Nothing:
        if not column:
            return Nothing(_key(name))
        encode = encoder_of(types.get(column.lower(), ""))
        return Cell(_key(name), places[column], encode)

    def of(members: Members, path: str = "") -> Iterator[Member]:
        for name, within in members.items():
            if within is not None:
                yield Whole(_key(name), list(of(within, f"{path}{name}.")))
            elif path + name in places:
                yield cell(name, path + name)
            else:
                inner = sorted(parts[name].items())
                yield Whole(_key(name), [cell(key, part) for key, part in inner])

    return list(of(members))


def _parts(shape: Shape) -> dict[str, dict[str, str]]:
    """Return the columns of each compound by the names that they have within it."""
    parts: dict[str, dict[str, str]] = {
        name: dict.fromkeys(ADDRESS, "")
        for name, type_ in shape.types
        if type_ == "address"
    }
    for part, whole in shape.compounds:
        parts.setdefault(whole, {})[part_key(part, whole)] = part
    return parts


def part_key(part: str, whole: str) -> str:
    """Return the name that a part has within its compound.

    ``BillingStateCode`` is ``stateCode`` of BillingAddress, ``Place__Latitude__s`` is
    ``latitude`` of Place__c.
    """
    if whole.endswith("__c"):
        name = part.removeprefix(whole[:-3]).strip("_").removesuffix("__s")
    else:
        name = part.removeprefix(whole.removesuffix("Address").removesuffix("Name"))
    return name[:1].lower() + name[1:]


def holders_of(shape: Shape) -> dict[str, list[str]]:
    """Return which of the asked-for fields hold the value of each column."""
    types = dict(shape.types)
    wholes = {part: one for part, one in shape.compounds if types.get(one) in COMPOUND}
    asked = set(shape.fields)
    return {
        name.lower(): [one for one in (name, wholes.get(name, "")) if one in asked]
        for name in shape.bulk_fields
    }


def _key(name: str) -> bytes:
    return json.dumps(name, ensure_ascii=False).encode() + b":"

"""The objects that are described in full, as the files in ``data/objects`` tell.

A file is one object: what `SObjectType` says of it, the ``source`` that its fields were
written from, and its ``fields`` in order. A
field is an object with what `Field` says of it, defaults left out, or the name of one
in ``data/fields.json``, where those stand that many objects share. ``picklist`` is a
list of values or the name of one in ``data/picklists.json``; ``compute`` names one of
`FORMULAS`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from salesforce_simulator import data
from salesforce_simulator.schema.fields import Field, PicklistValue
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.schema.standard.formulas import FORMULAS
from salesforce_simulator.schema.standard.picklists import PICKLISTS

NAMES: Final = tuple(sorted(path.stem for path in (data.FOLDER / "objects").iterdir()))


def described_objects() -> list[SObjectType]:
    """All of them."""
    return [_described(name) for name in NAMES]


def _described(name: str) -> SObjectType:
    told = data.read(f"objects/{name}")
    del told["source"]
    fields = [
        _shared()[one] if isinstance(one, str) else _field(one)
        for one in told.pop("fields")
    ]
    return SObjectType(**told).with_fields(fields)


@cache
def _shared() -> dict[str, Field]:
    return {one["name"]: _field(one) for one in data.read("fields")}


def _field(told: dict[str, Any]) -> Field:
    if "picklist" in told:
        told["picklist"] = _entries(told["picklist"], told.get("default_value"))
    if "reference_to" in told:
        to = told["reference_to"]
        told["reference_to"] = (to,) if isinstance(to, str) else tuple(to)
    if "compute" in told:
        told["compute"] = FORMULAS[told["compute"]]
    return Field(**told)


def _entries(values: str | list[str], default: object) -> tuple[PicklistValue, ...]:
    listed = PICKLISTS[values] if isinstance(values, str) else values
    return tuple(PicklistValue(value, default=value == default) for value in listed)

"""Makes custom objects and fields out of names and types, for changes at run time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from salesforce_simulator.schema import kinds
from salesforce_simulator.schema.fields import Field, PicklistValue
from salesforce_simulator.schema.groups import (
    address,
    audit,
    location,
    owner,
    record_id,
)
from salesforce_simulator.schema.kinds import READ_ONLY, SYSTEM
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.schema.registry import Schema

_MAKERS: Final[dict[str, Callable[..., Field]]] = {
    "string": kinds.text,
    "textarea": kinds.area,
    "richtextarea": kinds.rich,
    "url": kinds.url,
    "phone": kinds.phone,
    "email": kinds.email,
    "encryptedstring": kinds.secret,
    "boolean": kinds.check,
    "int": kinds.whole,
    "double": kinds.number,
    "currency": kinds.money,
    "percent": kinds.percent,
    "date": kinds.day,
    "datetime": kinds.moment,
    "time": kinds.clock_time,
    "base64": kinds.blob,
}
TYPES: Final = (
    *_MAKERS,
    "picklist",
    "multipicklist",
    "reference",
    "location",
    "address",
)


def make_field(name: str, kind: str, **more: Any) -> Field:
    """A field of a type, as setup would make it.

    `more` are attributes of `Field`, such as `label`, `length`, `external_id`;
    `picklist` may be plain texts, `reference_to` one name. With a `formula` it is
    calculated: `compute`, a function of the row, gives its values. Raises ValueError
    for a type or an attribute that does not exist.
    """
    label = str(more.pop("label", None) or label_of(name))
    if more.get("external_id"):
        more.setdefault("id_lookup", True)
    if more.get("formula") or more.get("compute"):
        more = {"calculated": True, **READ_ONLY, **more}
    try:
        if kind in {"picklist", "multipicklist"}:
            return _choice(name, label, kind, **more)
        if kind == "reference":
            targets = more.pop("reference_to", ())
            targets = (targets,) if isinstance(targets, str) else tuple(targets)
            return kinds.lookup(name, label, targets, **more)
        return _MAKERS[kind](name, label, **more)
    except KeyError:
        msg = f"there is no field type {kind!r}; there are {', '.join(TYPES)}"
        raise ValueError(msg) from None
    except TypeError as error:
        msg = f"the field {name} cannot be made: {error}"
        raise ValueError(msg) from None


def make_fields(name: str, kind: str, **more: Any) -> tuple[Field, ...]:
    """The fields of a type: a location is three, an address nine, any other one."""
    maker = {"location": location, "address": address}.get(kind)
    if maker is not None:
        return maker(name, str(more.get("label") or label_of(name)))
    return (make_field(name, kind, **more),)


def make_object(
    schema: Schema,
    name: str,
    *,
    label: str | None = None,
    number_format: str = "",
    fields: Iterable[Field] = (),
) -> SObjectType:
    """A custom object with an owner, a name and the system fields, not yet added.

    With a ``number_format`` such as ``T-{0000}`` its names are counted, not given.
    """
    label = label or label_of(name)
    return SObjectType(
        name=name,
        label=label,
        label_plural=f"{label}s",
        key_prefix=schema.free_prefix(),
    ).with_fields(
        (
            record_id("Record ID"),
            owner(queue=True),
            audit()[0],
            _name(f"{label} Name", number_format),
            *audit()[1:],
            *fields,
        )
    )


def _name(label: str, number_format: str) -> Field:
    counted: dict[str, Any] = {}
    if number_format:
        counted = {**SYSTEM, "auto_number": True, "number_format": number_format}
    return kinds.text("Name", label, 80, name_field=True, id_lookup=True, **counted)


def label_of(name: str) -> str:
    """`Gate_Code__c` as `Gate Code`."""
    return name.removesuffix("__c").replace("_", " ")


def _choice(name: str, label: str, kind: str, **more: Any) -> Field:
    entries = more.pop("picklist", ())
    values = [
        entry.value if isinstance(entry, PicklistValue) else str(entry)
        for entry in entries
    ]
    maker = kinds.choices if kind == "multipicklist" else kinds.choice
    return maker(name, label, values, **more)

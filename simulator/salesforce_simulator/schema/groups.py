"""Fields that come together in objects made at run time: system fields, a location."""

from __future__ import annotations

from functools import cache
from typing import Any

from salesforce_simulator.schema.fields import Field
from salesforce_simulator.schema.kinds import (
    SYSTEM,
    check,
    lookup,
    moment,
    number,
    text,
)


def location(name: str, label: str, *, decimal: bool = True) -> tuple[Field, ...]:
    """A custom geolocation: latitude, longitude and the compound field of both."""
    stem = name.removesuffix("__c")
    part: dict[str, Any] = {"compound_field_name": name}
    return (
        number(f"{stem}__Latitude__s", f"{label} (Latitude)", 9, 6, **part),
        number(f"{stem}__Longitude__s", f"{label} (Longitude)", 9, 6, **part),
        Field(
            name=name,
            label=label,
            type="location",
            display_location_in_decimal=decimal,
            **_compound(),
        ),
    )


def address(name: str, label: str) -> tuple[Field, ...]:
    """A custom address: its parts, and the compound field of them all."""
    stem = name.removesuffix("__c")
    part: dict[str, Any] = {"compound_field_name": name}
    texts = {"Street": 255, "City": 40, "PostalCode": 20, "StateCode": 10}
    texts |= {"CountryCode": 10, "GeocodeAccuracy": 40}
    return (
        *(
            text(f"{stem}__{key}__s", f"{label} ({key})", length, **part)
            for key, length in texts.items()
        ),
        *(
            number(f"{stem}__{key}__s", f"{label} ({key})", 9, 6, **part)
            for key in ("Latitude", "Longitude")
        ),
        Field(name=name, label=label, type="address", **_compound()),
    )


def _compound() -> dict[str, Any]:
    return {
        "createable": False,
        "updateable": False,
        "sortable": False,
        "groupable": False,
        "aggregatable": False,
    }


def record_id(label: str) -> Field:
    """The Id of every object."""
    return Field(name="Id", label=label, type="id", length=18, id_lookup=True, **SYSTEM)


@cache
def audit(*, deletable: bool = True) -> tuple[Field, ...]:
    """The system fields every ordinary object ends with (and IsDeleted)."""
    plain: dict[str, Any] = {**SYSTEM, "search_prefilterable": False}
    fields = (
        moment("CreatedDate", "Created Date", **SYSTEM),
        lookup("CreatedById", "Created By ID", "User", **plain),
        moment("LastModifiedDate", "Last Modified Date", **SYSTEM),
        lookup("LastModifiedById", "Last Modified By ID", "User", **plain),
        moment("SystemModstamp", "System Modstamp", **SYSTEM),
    )
    return (check("IsDeleted", "Deleted", **SYSTEM), *fields) if deletable else fields


@cache
def owner(*, queue: bool = False) -> Field:
    """The owner: a user, or a user or queue."""
    return lookup(
        "OwnerId",
        "Owner ID",
        ("Group", "User") if queue else "User",
        nillable=False,
        defaulted_on_create=True,
        permissionable=False,
        search_prefilterable=False,
    )

"""Groups of fields that come together: addresses, person names, system fields."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sfconnector.simulator.schema.fields import Field
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    day,
    lookup,
    moment,
    number,
    text,
)

GEOCODE_ACCURACIES: Final = (
    "Address",
    "NearAddress",
    "Block",
    "Street",
    "ExtendedZip",
    "Zip",
    "Neighborhood",
    "City",
    "County",
    "State",
    "Unknown",
)


def address(prefix: str = "", label: str = "", **more: Any) -> tuple[Field, ...]:
    """An address: its eight parts and the compound field that shows them together."""
    part: dict[str, Any] = {"compound_field_name": f"{prefix}Address", **more}
    words = f"{label} " if label else ""
    return (
        area(f"{prefix}Street", f"{words}Street", **part),
        text(f"{prefix}City", f"{words}City", 40, **part),
        text(f"{prefix}State", f"{words}State/Province", 80, **part),
        text(f"{prefix}PostalCode", f"{words}Zip/Postal Code", 20, **part),
        text(f"{prefix}Country", f"{words}Country", 80, **part),
        number(f"{prefix}Latitude", f"{words}Latitude", 18, 15, **part),
        number(f"{prefix}Longitude", f"{words}Longitude", 18, 15, **part),
        choice(
            f"{prefix}GeocodeAccuracy",
            f"{words}Geocode Accuracy",
            GEOCODE_ACCURACIES,
            length=40,
            restricted_picklist=True,
            **part,
        ),
        Field(
            name=f"{prefix}Address",
            label=f"{words}Address",
            type="address",
            **{**_compound(), **more},
        ),
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


def _compound() -> dict[str, Any]:
    return {
        "createable": False,
        "updateable": False,
        "sortable": False,
        "groupable": False,
        "aggregatable": False,
    }


SALUTATIONS: Final = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")


def person(**more: Any) -> tuple[Field, ...]:
    """The parts of a person's name and the full name put together from them."""
    part: dict[str, Any] = {
        "compound_field_name": "Name",
        "extra_type_info": "personname",
        "permissionable": False,
    }
    return (
        text("LastName", "Last Name", 80, nillable=False, **part),
        text("FirstName", "First Name", 40, **part),
        choice("Salutation", "Salutation", SALUTATIONS, length=40, **part),
        text(
            "Name",
            "Full Name",
            121,
            **{
                **READ_ONLY,
                "nillable": False,
                "name_field": True,
                "extra_type_info": "personname",
                **more,
            },
        ),
    )


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


@cache
def activity_dates() -> tuple[Field, ...]:
    """When somebody last had to do with a record, and last looked at it."""
    return (
        day("LastActivityDate", "Last Activity", **READ_ONLY),
        moment("LastViewedDate", "Last Viewed Date", **READ_ONLY),
        moment("LastReferencedDate", "Last Referenced Date", **READ_ONLY),
    )

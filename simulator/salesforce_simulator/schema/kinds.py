"""Makers of fields: one function for each kind Salesforce's setup pages offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from salesforce_simulator.schema.fields import Field, PicklistValue

READ_ONLY: Final[dict[str, Any]] = {
    "createable": False,
    "updateable": False,
    "permissionable": False,
}
SYSTEM: Final[dict[str, Any]] = {
    **READ_ONLY,
    "nillable": False,
    "defaulted_on_create": True,
}


def text(name: str, label: str, length: int = 255, **more: Any) -> Field:
    """A line of text."""
    return Field(name=name, label=label, type="string", length=length, **more)


def phone(name: str, label: str, **more: Any) -> Field:
    """A phone number."""
    return Field(name=name, label=label, type="phone", length=40, **more)


def email(name: str, label: str, **more: Any) -> Field:
    """An e-mail address."""
    more.setdefault("length", 80)
    return Field(name=name, label=label, type="email", **more)


def url(name: str, label: str, **more: Any) -> Field:
    """A web address."""
    more.setdefault("length", 255)
    return Field(name=name, label=label, type="url", **more)


def area(name: str, label: str, length: int = 255, **more: Any) -> Field:
    """Plain text of several lines; beyond 255 characters it cannot be filtered."""
    if length > 255:
        more = {**_unfilterable(), **more}
    return Field(
        name=name,
        label=label,
        type="textarea",
        length=length,
        **{"extra_type_info": "plaintextarea", **more},
    )


def rich(name: str, label: str, length: int = 32768, **more: Any) -> Field:
    """Rich text: HTML written in an editor."""
    more = {"extra_type_info": "richtextarea", "html_formatted": True, **more}
    return area(name, label, max(length, 256), **more)


def _unfilterable() -> dict[str, Any]:
    return {
        "filterable": False,
        "sortable": False,
        "groupable": False,
        "aggregatable": False,
    }


def secret(name: str, label: str, length: int = 175, **more: Any) -> Field:
    """Classic encrypted text, masked for most users."""
    return Field(
        name=name,
        label=label,
        type="encryptedstring",
        length=length,
        encrypted=True,
        mask="*",
        mask_type="all",
        **{**_unfilterable(), **more},
    )


def check(name: str, label: str, **more: Any) -> Field:
    """A checkbox: true or false, never empty."""
    return Field(
        name=name,
        label=label,
        type="boolean",
        **{
            "nillable": False,
            "defaulted_on_create": True,
            "default_value": False,
            "aggregatable": False,
            **more,
        },
    )


def whole(name: str, label: str, digits: int = 8, **more: Any) -> Field:
    """A whole number."""
    return Field(name=name, label=label, type="int", digits=digits, **more)


def number(
    name: str, label: str, precision: int = 18, scale: int = 0, **more: Any
) -> Field:
    """A decimal number of `precision` digits, `scale` of them behind the point."""
    more = {"type": "double", "groupable": False, **more}
    return Field(name=name, label=label, precision=precision, scale=scale, **more)


def money(
    name: str, label: str, precision: int = 18, scale: int = 2, **more: Any
) -> Field:
    """An amount in the org's currency."""
    return number(name, label, precision, scale, type="currency", **more)


def percent(
    name: str, label: str, precision: int = 18, scale: int = 2, **more: Any
) -> Field:
    """A percentage; 20 means 20 %."""
    return number(name, label, precision, scale, type="percent", **more)


def day(name: str, label: str, **more: Any) -> Field:
    """A date."""
    return Field(name=name, label=label, type="date", **more)


def moment(name: str, label: str, **more: Any) -> Field:
    """A date and time."""
    return Field(
        name=name, label=label, type="datetime", **{"groupable": False, **more}
    )


def clock_time(name: str, label: str, **more: Any) -> Field:
    """A time of day."""
    return Field(name=name, label=label, type="time", **more)


def blob(name: str, label: str, **more: Any) -> Field:
    """Binary content; a row gives the path it can be fetched from."""
    return Field(name=name, label=label, type="base64", **{**_unfilterable(), **more})


def _entries(values: Iterable[str], default: object) -> tuple[PicklistValue, ...]:
    return tuple(PicklistValue(value, default=value == default) for value in values)


def choice(name: str, label: str, values: Iterable[str], **more: Any) -> Field:
    """A picklist of one value."""
    more = {"length": 255, **more}
    default = more.get("default_value")
    if default is not None:
        more.setdefault("defaulted_on_create", True)
    entries = _entries(values, default)
    return Field(
        name=name, label=label, **{"type": "picklist", **more}, picklist=entries
    )


def choices(name: str, label: str, values: Iterable[str], **more: Any) -> Field:
    """A picklist of several values, `A;B` on the wire."""
    more = {
        "length": 4099,
        "precision": 4,
        "sortable": False,
        "groupable": False,
        "aggregatable": False,
        **more,
    }
    return choice(name, label, values, type="multipicklist", **more)


def lookup(
    name: str,
    label: str,
    to: str | tuple[str, ...],
    relation: str | None = None,
    **more: Any,
) -> Field:
    """A reference to another record; `children` names the list on the other side."""
    targets = (to,) if isinstance(to, str) else to
    if relation is None and name.endswith("__c"):
        relation = f"{name[:-3]}__r"
    elif relation is None and name.endswith("Id"):
        relation = name[:-2]
    return Field(
        name=name,
        label=label,
        type="reference",
        length=18,
        reference_to=targets,
        relationship_name=relation,
        child_relationship=more.pop("children", None),
        **{"search_prefilterable": more.get("createable", True), **more},
    )

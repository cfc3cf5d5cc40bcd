"""Which fields a list of records shows when nobody has chosen any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sfconnector import catalog
from sfconnector.models import SField, SObject

COLUMN_COUNT = 6
MOST_ASKED = 40
"""Columns that an address may ask for."""
NAMES = ("Name", "CaseNumber", "Subject", "Title", "DeveloperName", "LastName")
"""What names a record of an object whose describe does not say."""
PREFERRED = (
    "AccountNumber",
    "CaseNumber",
    "FirstName",
    "LastName",
    "Company",
    "Subject",
    "Type",
    "Status",
    "StageName",
    "Amount",
    "CloseDate",
    "Priority",
    "Industry",
    "Email",
    "Phone",
    "BillingCity",
    "AccountId",
    "IsActive",
    "OwnerId",
    "CreatedDate",
)
"""Fields that people look for first, in the order of the columns."""
UNWIELDY = frozenset(
    {"textarea", "address", "location", "base64", "encryptedstring", "anyType"}
)


class Column(NamedTuple):
    """One column of a record list."""

    name: str
    label: str
    type: str


def columns_of(
    sobject: SObject,
    *,
    sample: Mapping[str, Any] | None = None,
    fields: Mapping[str, SField] | None = None,
    asked: Sequence[str] = (),
) -> list[Column]:
    """Return the columns of an object's record list: the chosen ones, or a few.

    Those that are ``asked`` for here and now go before what is chosen for the object.
    ``sample`` is the data of one cached record: with it, a field that was never
    fetched makes no column, and an object that was never described has some.
    ``fields`` are the object's in the order of its describe, where the caller has them.
    """
    if fields is None:
        fields = catalog.fields_of(sobject)
    chosen = [name for name in sobject.columns if name in fields or not fields]
    known = [name for name in dict.fromkeys(asked) if name in fields]
    names = known[:MOST_ASKED] or chosen or _sensible(fields, sample)
    return [
        _column(name, fields.get(name))
        for name in names
        if name not in fields or not fields[name].is_hidden
    ]


def name_field(fields: Mapping[str, SField]) -> str:
    """Return the field that names a record; "Name" when the describe is not known."""
    for field in fields.values():
        if field.name_field:
            return field.name
    return next((name for name in NAMES if name in fields), "Name")


def _column(name: str, field: SField | None) -> Column:
    if field is None:
        return Column(name, name, "")
    return Column(name, field.label or name, field.type)


def _sensible(
    fields: Mapping[str, SField], sample: Mapping[str, Any] | None
) -> list[str]:
    """Choose the name, what people look for, then own fields before Salesforce's."""
    fetched = set(fields if sample is None else sample) - {"attributes", "Id"}
    title = name_field(fields)
    ranked = dict.fromkeys([title, *PREFERRED, *_rest(fields, fetched)])
    shown = [name for name in ranked if name in fetched]
    if title == "Name":  # it is made of these two
        shown = [name for name in shown if name not in {"FirstName", "LastName"}]
    return shown[:COLUMN_COUNT]


def _rest(fields: Mapping[str, SField], fetched: Iterable[str]) -> Iterable[str]:
    if not fields:
        return sorted(fetched)
    handy = [field for field in fields.values() if field.type not in UNWIELDY]
    return [field.name for field in sorted(handy, key=lambda field: not field.custom)]

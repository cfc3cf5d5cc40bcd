"""What a picker offers: the fields of an object, and how many records fill each."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from sfconnector import catalog, records
from sfconnector.models import SField, SObject


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One field that may be chosen."""

    name: str
    label: str = ""
    type: str = ""
    filled: int | None = None
    """Percent of the newest cached records that hold a value; None: not known."""


def offers_of(
    row: SObject | None,
    *,
    fields: Mapping[str, SField] | None = None,
    with_hidden: bool = False,
) -> list[Offer]:
    """Return the fields of an object in the order of their labels.

    Empty where nothing is known of it. Masked fields are offered only where they are
    chosen to be masked; of those no share is told.
    """
    if row is None:
        return []
    if fields is None:
        fields = catalog.fields_of(row, deferred=["describe"])
    shown = [one for one in fields.values() if with_hidden or not one.is_hidden]
    visible = [one.name for one in shown if not one.is_hidden]
    shares = records.filled(row.org, sobject=row.name, fields=visible)
    found = [
        Offer(
            name=one.name,
            label=one.label,
            type=one.type,
            filled=None if one.name not in shares else round(100 * shares[one.name]),
        )
        for one in shown
    ]
    return sorted(found, key=lambda one: (one.label or one.name).lower())


def unknown_among(names: Collection[str], offers: Collection[Offer]) -> list[str]:
    """Return the names that no offer has: fields of parents, or what is gone."""
    known = {one.name.lower() for one in offers}
    return [name for name in names if name.lower() not in known]

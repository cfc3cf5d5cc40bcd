"""Look-ups by API names with the types of the fields, without any generated model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from django.db.models import F, Q
from django.db.models.expressions import Expression, OrderBy

from sfconnector import catalog, typed
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import indexing
from sfconnector.texts import gettext_noop as _

COVERED = {"id": "record_id", "systemmodstamp": "system_modstamp"}
"""Fields that are columns of the records themselves, in small letters."""


def table(org: Org, sobject: str) -> Table:
    """Return the cached records of an object, to be asked by API names.

    ``table(org, "account").filter(Industry="Energy", AnnualRevenue__gt=50_000)``:
    names in any case, Django's comparisons behind them, values of Python's types. A
    value that does not fit its field's type is empty. Raises InvalidRequest, with near
    names, for an object that nobody has described.
    """
    row = typed.described(org, sobject)
    # In no order: SQLite would rather keep one than use the index of a field.
    rows = indexing.among(Record.objects.of(org, row.name).order_by(), row)
    layout = typed.layout_of(row.name, org_id=org.pk)
    return Table(rows, layout=layout, masks=catalog.masks_of(org))


class Table:
    """Records of one object of one org that meet some conditions.

    Each method that takes names raises InvalidRequest, with near names, for one that
    is no field, and for a field that is masked.
    """

    def __init__(
        self, rows: RecordQuerySet, *, layout: typed.Layout, masks: catalog.Masks
    ) -> None:
        self.rows = rows
        """The same records for everything else that Django offers.

        As they are cached: masks are kept by what this class gives, not in these.
        """
        self.layout = layout
        self._masks = masks

    def _but(self, rows: RecordQuerySet) -> Self:
        return type(self)(rows, layout=self.layout, masks=self._masks)

    def live(self) -> Self:
        """Keep the records that exist in the org as far as the cache knows."""
        return self._but(self.rows.live())

    def filter(self, **conditions: Any) -> Self:
        """Keep the records that meet every condition."""
        rows = self.rows
        for given, value in conditions.items():
            rows, lookup, _empty = self._lookup(rows, given)
            rows = rows.filter(**{lookup: value})
        return self._but(rows)

    def exclude(self, **conditions: Any) -> Self:
        """Leave out the records that meet every condition; what is empty meets none."""
        rows, kept = self.rows, Q()
        for given, value in conditions.items():
            rows, lookup, empty = self._lookup(rows, given)
            asks_for_empty = value is None or lookup.endswith("__isnull")
            missed = ~Q(**{lookup: value})
            kept |= missed if asks_for_empty else missed | Q(**{empty: True})
        return self._but(rows.filter(kept))

    def order_by(self, *names: str) -> Self:
        """Sort by fields, ``-Name`` downwards; what is empty comes last."""
        orders = [
            OrderBy(
                self.column(name.removeprefix("-")),
                descending=name.startswith("-"),
                nulls_last=True,
            )
            for name in names
        ]
        return self._but(self.rows.order_by(*orders, "record_id"))

    def values(self, *names: str) -> Iterator[dict[str, Any]]:
        """Yield a dictionary of the named fields for each record."""
        columns = [self.column(name) for name in names]
        for row in self.rows.values_list(*columns).iterator():
            yield dict(zip(names, row, strict=True))

    def column(self, name: str) -> F | Expression:
        """Return a field as an expression, as for ``rows.aggregate(Sum(…))``."""
        if name.lower() in COVERED:
            return F(COVERED[name.lower()])
        known = {one.api_name: one for one in self.layout.columns}
        found = known[typed.field(name, known, of=self.layout.sobject)]
        if found.masked_in:
            raise InvalidRequest(
                _("{name} is masked on this site.").format(name=found.api_name)
            )
        return typed.TypedValue(kind=found.kind, api_name=found.api_name)

    def count(self) -> int:
        """Return how many records these are."""
        return self.rows.count()

    def __iter__(self) -> Iterator[Record]:
        """Yield the records, their ``data`` without what is masked."""
        for row in self.rows.iterator():
            row.data = self._masks.clean(row.data, of=row.sobject)
            yield row

    def _lookup(
        self, rows: RecordQuerySet, given: str
    ) -> tuple[RecordQuerySet, str, str]:
        """Return the rows with a field at hand, its look-up, and that it is empty."""
        name, how = self._parted(given)
        key = f"typed_{len(rows.query.annotations)}"
        rows = rows.alias(**{key: self.column(name)})
        return rows, "__".join([key, *how]), f"{key}__isnull"

    def _parted(self, given: str) -> tuple[str, list[str]]:
        """Part ``Tier__c__gt`` into the field and what stands behind it."""
        parts = given.split("__")
        known = {one.api_name.lower() for one in self.layout.columns} | COVERED.keys()
        for end in range(len(parts), 0, -1):
            if "__".join(parts[:end]).lower() in known:
                return "__".join(parts[:end]), parts[end:]
        return _likely(parts), []


def _likely(parts: list[str]) -> str:
    """Return what was probably meant as the field, for the error to name."""
    return "__".join(parts[:2]) if parts[1:2] == ["c"] else parts[0]

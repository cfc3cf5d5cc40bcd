"""What a plan reads: pure functions from a describe and a plan to queries."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from sfconnector.exceptions import InvalidRequest
from sfconnector.records import Form
from sfconnector.salesforce import soql
from sfconnector.texts import gettext_noop

Api: TypeAlias = Literal["rest", "bulk"]
"""By which records are read."""
CURSOR_FIELDS = ("SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime")
"""By falling worth: only the first also moves when the org itself changes a record."""
NEVER_READ = frozenset({"base64", "complexvalue", "masterrecord"})
"""Types that a query answers with a path or refuses."""
COMPOUND = frozenset({"address", "location"})
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})


class Field(NamedTuple):
    """What the choice of fields needs to know of one."""

    name: str
    type: str
    filterable: bool = True
    sortable: bool = True
    is_masked: bool = False
    compound: str = ""
    """The compound field that this one is a part of."""
    relationship: str = ""
    """The name under which a parent is reached through this field."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one run reads of an object."""

    sobject: str
    fields: tuple[str, ...]
    """Id first, then by ``stored_order``."""
    where: str = ""
    cursor_field: str = ""
    """Empty: the object cannot be read by changes."""
    with_deleted: bool = False
    """Deleted records are asked for as well."""
    types: tuple[tuple[str, str], ...] = ()
    """(field, type) of every field of the object, for Bulk's untyped values."""
    compounds: tuple[tuple[str, str], ...] = ()
    """(part, compound field) for every part of a compound that is read."""
    dropped: tuple[str, ...] = ()
    """Fields asked for that the org does not have."""
    masked: tuple[str, ...] = ()
    """Fields of the object that must never be read."""

    @property
    def definition(self) -> str:
        """Return a digest of everything that shapes an answer."""
        parts = [self.sobject, self.fields, self.where, self.with_deleted]
        return digest(parts)

    def full(
        self,
        *,
        after_id: str = "",
        limit: int | None = None,
        fields: Sequence[str] = (),
    ) -> str:
        """Return the query of a full pass, from after an id on."""
        rest = soql.after_id(after_id) if after_id else ""
        return soql.compose(
            select=fields or self.fields,
            from_=self.sobject,
            where=soql.all_of(self.where, rest),
            order_by=["Id"],
            limit=limit,
        )

    def changes(
        self,
        *,
        since: datetime,
        after: tuple[datetime, str] | None = None,
        limit: int | None = None,
        fields: Sequence[str] = (),
    ) -> str:
        """Return the query of what changed since a moment, or after a checkpoint."""
        if after is None:
            rest = soql.window(self.cursor_field, start=since, end=None)
        else:
            rest = soql.after(self.cursor_field, moment=after[0], last_id=after[1])
        return soql.compose(
            select=fields or self.fields,
            from_=self.sobject,
            where=soql.all_of(self.where, rest),
            order_by=[self.cursor_field, "Id"],
            limit=limit,
        )

    def for_bulk(self, *, since: datetime | None = None) -> str:
        """Return the query of a Bulk job; without an order Salesforce may chunk it."""
        rest = soql.window(self.cursor_field, start=since, end=None) if since else ""
        return soql.compose(
            select=self.bulk_fields,
            from_=self.sobject,
            where=soql.all_of(self.where, rest),
        )

    @property
    def bulk_fields(self) -> tuple[str, ...]:
        """Return the fields without compounds, but with all of their parts."""
        types = dict(self.types)
        wanted = {name for name in self.fields if types.get(name) in COMPOUND}
        parts = [part for part, whole in self.compounds if whole in wanted]
        plain = [name for name in self.fields if name not in wanted]
        return tuple(dict.fromkeys([*plain, *parts]))

    def form(self, version: str) -> Form:
        """Return how the records are written, whichever way they come."""
        return Form(self.sobject, self.fields, version)

    def newest(self) -> str:
        """Return the query for the latest stamp: the org's clock, told by its data."""
        return soql.compose(
            select=[self.cursor_field],
            from_=self.sobject,
            order_by=[f"{self.cursor_field} DESC"],
            limit=1,
        )

    @property
    def knows_deleted(self) -> bool:
        """Tell whether the object has a recycle bin at all."""
        return "IsDeleted" in dict(self.types)

    def among(self, ids: Sequence[str], *, filtered: bool = False) -> str:
        """Return the query that tells which of some ids exist (and fit the filter)."""
        return soql.compose(
            select=self._id_fields,
            from_=self.sobject,
            where=soql.all_of(
                self.where if filtered else "", soql.compare("Id", "IN", list(ids))
            ),
        )

    def all_ids(self) -> str:
        """Return the query of every id of the object, whatever the filter."""
        return soql.compose(select=self._id_fields, from_=self.sobject, order_by=["Id"])

    def ids(self) -> str:
        """Return the query of every id that fits the filter."""
        return soql.compose(
            select=["Id"], from_=self.sobject, where=self.where, order_by=["Id"]
        )

    def changed_ids(self, *, since: datetime) -> str:
        """Return the query of every id that changed, whatever the filter."""
        return soql.compose(
            select=["Id"],
            from_=self.sobject,
            where=soql.window(self.cursor_field, start=since, end=None),
            order_by=[self.cursor_field, "Id"],
        )

    @property
    def _id_fields(self) -> list[str]:
        return ["Id", "IsDeleted"] if self.knows_deleted else ["Id"]

    def without(self, names: Collection[str]) -> Shape:
        """Return the shape without fields that the org no longer knows."""
        lower = {name.lower() for name in names}
        kept = tuple(name for name in self.fields if name.lower() not in lower)
        gone = tuple(name for name in self.fields if name.lower() in lower)
        return dataclasses.replace(self, fields=kept, dropped=(*self.dropped, *gone))


def digest(value: object) -> str:
    """Return 32 characters that differ when the value does."""
    text = json.dumps(value, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def make_shape(
    sobject: str,
    described: Sequence[Field],
    *,
    chosen: Sequence[str] = (),
    where: str = "",
    with_deleted: bool = True,
    only: Collection[str] | None = None,
) -> Shape:
    """Return what to read of an object.

    ``chosen`` empty means every readable field; ``only`` then narrows that to those
    already read before. Fields that the org does not have are listed in ``dropped``.
    Raises InvalidRequest for big objects, when nothing is left, or the filter is not
    one condition.
    """
    readable = [f for f in described if f.type not in NEVER_READ and not f.is_masked]
    by_name = {field.name.lower(): field.name for field in readable}
    parents = {f.relationship for f in described if f.relationship}
    names, dropped = _choose(by_name, parents, chosen)
    if not chosen and only:
        names = [name for name in names if name in only]
    cursor = cursor_field(readable)
    has_deleted = with_deleted and "isdeleted" in by_name
    needed = ["Id", cursor, "IsDeleted" if has_deleted else ""]
    _refuse_without_ids(sobject, by_name)
    wanted = {*needed, *names} - {"", "Id"}
    return Shape(
        sobject=sobject,
        fields=("Id", *sorted(wanted, key=stored_order)),
        where=soql.check_filter(where) if where.strip() else "",
        cursor_field=cursor,
        with_deleted=has_deleted,
        types=tuple((field.name, field.type) for field in readable),
        compounds=tuple((f.name, f.compound) for f in readable if f.compound),
        dropped=tuple(dropped),
        masked=tuple(field.name for field in described if field.is_masked),
    )


def _refuse_without_ids(sobject: str, by_name: Collection[str]) -> None:
    """Raise InvalidRequest for an object whose records nothing tells apart."""
    if sobject.endswith("__b"):
        raise InvalidRequest(
            gettext_noop(
                "{sobject} is a big object: its records have no ids of their own."
            ).format(sobject=sobject),
            remedy=gettext_noop(
                "Use a SOQL plan instead: it stores the answer as it comes."
            ),
        )
    if "id" not in by_name:
        raise InvalidRequest(
            gettext_noop(
                "{sobject} has no Id and cannot be cached record by record."
            ).format(sobject=sobject),
            remedy=gettext_noop(
                "Use a SOQL plan instead: it stores the answer as it comes."
            ),
        )


def stored_order(name: str) -> list[tuple[int, str]]:
    """Return the key that sorts fields as PostgreSQL's jsonb keeps the keys of objects.

    An org answers in the order of the query, and the server then has little to sort:
    it takes such records in three quarters of the time.
    """
    return [(len(part), part) for part in name.split(".")]


def _choose(
    by_name: dict[str, str], parents: Collection[str], chosen: Sequence[str]
) -> tuple[list[str], list[str]]:
    if not chosen:
        return list(by_name.values()), []
    names, dropped = [], []
    spelled = {one.lower(): one for one in parents}
    for name in chosen:
        parent, dot, _ = name.partition(".")
        if dot and parent.lower() in spelled:
            names.append(_in_one_spelling(soql.identifier(name), spelled))
        elif name.lower() in by_name:
            names.append(by_name[name.lower()])
        else:
            dropped.append(name)
    return names, dropped


def _in_one_spelling(name: str, spelled: dict[str, str]) -> str:
    """Write the parents on the way to a field as they were written before.

    Names have no case: a record would hold a parent twice, once for each spelling.
    """
    steps: list[str] = []
    for step in name.split("."):
        path = ".".join([*steps, step])
        steps.append(spelled.setdefault(path.lower(), step))
    return ".".join(steps)


def cursor_field(described: Sequence[Field]) -> str:
    """Return the field by which changes are found, "" when there is none."""
    usable = {f.name for f in described if f.filterable and f.sortable}
    return next((name for name in CURSOR_FIELDS if name in usable), "")


def plan_definition(
    *, sobject: str, where: str, chosen: Sequence[str], with_deleted: bool
) -> str:
    """Return the digest whose change forces a full pass."""
    return digest([sobject, where.strip(), sorted(chosen), with_deleted])

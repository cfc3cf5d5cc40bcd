"""Two orgs side by side: their objects, or the fields of one object."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sfconnector import catalog
from sfconnector.admin.base import Page, visible_orgs
from sfconnector.models import Org, SField, SObject

ATTRIBUTES = (
    "label",
    "type",
    "length",
    "nillable",
    "calculated",
    "external_id",
    "reference_to",
)
"""Columns of a field that are compared, besides its formula and its values."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One object or field that is not the same on both sides."""

    name: str
    kind: str
    """left, right (it is there only) or changed."""
    attribute: str = ""
    left: Any = None
    right: Any = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What was compared of one org."""

    org: Org
    count: int
    """Objects, or fields of the object that may be seen."""
    hidden: int
    """Fields left out because they are masked."""
    read_at: datetime | None
    """When the org was asked for it."""


def side_of(org: Org, name: str) -> Side:
    """Tell what is compared of an org: its objects, or the fields of one."""
    if not name:
        count = SObject.objects.filter(org=org, is_present=True).count()
        return Side(org=org, count=count, hidden=0, read_at=org.catalog_at)
    row = SObject.objects.filter(org=org, name__iexact=name).first()
    fields = catalog.fields_of(row).values() if row else ()
    hidden = sum(field.is_hidden for field in fields)
    return Side(
        org=org,
        count=len(fields) - hidden,
        hidden=hidden,
        read_at=row.described_at if row else None,
    )


class ComparePage(Page[SObject]):
    """Show what differs between the describes of two orgs, from the cache alone."""

    verb = "compare"
    route = "compare/"
    methods = ("GET",)
    template = "sfconnector/compare.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the choice, and the differences once two orgs are chosen."""
        orgs = list(visible_orgs(request))
        left = _chosen(orgs, request.GET.get("left", ""))
        right = _chosen(orgs, request.GET.get("right", ""))
        name = request.GET.get("sobject", "").strip()
        context: dict[str, Any] = {}
        if left is not None and right is not None:
            found = (
                compare_fields(left, right, name)
                if name
                else compare_objects(left, right)
            )
            context = {
                "differences": list(found),
                "unread": _unread(left, right, name),
                "sides": [side_of(org, name) for org in (left, right)],
            }
        return self.render(
            request,
            title=_("Compare two orgs"),
            orgs=orgs,
            left=left,
            right=right,
            sobject=name,
            is_compared=bool(context),
            **context,
        )


def _chosen(orgs: list[Org], pk: str) -> Org | None:
    return next((org for org in orgs if str(org.pk) == pk), None)


def _unread(left: Org, right: Org, name: str) -> list[Org]:
    """Return the orgs whose objects, or whose fields of one object, are not known."""
    if not name:
        return [org for org in (left, right) if org.catalog_at is None]
    rows = SObject.objects.filter(org__in=(left, right), name__iexact=name)
    known = set(rows.exclude(described_at=None).values_list("org_id", flat=True))
    return [org for org in (left, right) if org.pk not in known]


def compare_objects(left: Org, right: Org) -> Iterable[Difference]:
    """Yield the objects that only one of two orgs has, or that have other labels."""
    sides = [
        dict(
            SObject.objects.filter(org=org, is_present=True).values_list(
                "name", "label"
            )
        )
        for org in (left, right)
    ]
    for name in sorted(sides[0].keys() | sides[1].keys()):
        yield from _compare(
            name, *({"label": side[name]} if name in side else None for side in sides)
        )


def compare_fields(left: Org, right: Org, name: str) -> Iterable[Difference]:
    """Yield the fields of an object that differ between two orgs."""
    sides = [_fields(org, name) for org in (left, right)]
    hidden = {name for side in sides for name in side if side[name].is_hidden}
    for field in sorted((sides[0].keys() | sides[1].keys()) - hidden):
        told = (_told(side[field]) if field in side else None for side in sides)
        yield from _compare(field, *told)


def _fields(org: Org, name: str) -> dict[str, SField]:
    row = SObject.objects.filter(org=org, name__iexact=name).first()
    return catalog.fields_of(row) if row else {}


def _told(field: SField) -> dict[str, Any]:
    told = {name: getattr(field, name) for name in ATTRIBUTES}
    describe = field.describe or {}
    values = describe.get("picklistValues") or ()
    told["formula"] = describe.get("calculatedFormula")
    told["values"] = [entry.get("value") for entry in values if isinstance(entry, dict)]
    return told


def _compare(
    name: str, left: Mapping[str, Any] | None, right: Mapping[str, Any] | None
) -> Iterable[Difference]:
    if right is None:
        yield Difference(name=name, kind="left")
    elif left is None:
        yield Difference(name=name, kind="right")
    else:
        for attribute, value in left.items():
            if value != right[attribute]:
                yield Difference(
                    name=name,
                    kind="changed",
                    attribute=attribute,
                    left=value,
                    right=right[attribute],
                )

"""What the view of an object holds: the fields of every org, each of one kind."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping

from sfconnector import catalog
from sfconnector.models import ObjectView, SField, SObject, SyncPlan
from sfconnector.texts import gettext_noop as _
from sfconnector.typed.kinds import Column, Kind, kind_of
from sfconnector.typed.spelling import API_NAME, COVERED, column_names, view_name

UNREAD = {"base64"}
"""Types that are never fetched."""
NEVER_READ = _("never fetched")
NO_NAME = _("not an API name")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The typed columns of one object, sorted by their API names."""

    sobject: str
    view: str
    columns: tuple[Column, ...] = ()
    left_out: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Why fields have no column, by their API names."""
    mixed: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    """The types of fields that orgs type differently; such a column is text."""

    @property
    def kinds(self) -> dict[str, list[str]]:
        """Return kind and column of each field, as ``ObjectView`` keeps them."""
        return {one.api_name: [one.kind.value, one.name] for one in self.columns}


@dataclasses.dataclass(slots=True)
class _Gathered:
    types: set[str] = dataclasses.field(default_factory=set)
    masked_in: set[int] = dataclasses.field(default_factory=set)


def planned() -> list[str]:
    """Return the objects that a plan reads, sorted."""
    plans = SyncPlan.objects.filter(kind=SyncPlan.Kind.OBJECT)
    plans = plans.filter(org__deletion_requested_at=None)
    return sorted(set(plans.values_list("sobject", flat=True)))


def layout_of(sobject: str, *, org_id: int | None = None) -> Layout:
    """Return the columns of an object as the orgs describe it; of one org if named."""
    rows = SObject.objects.filter(name=sobject, org__deletion_requested_at=None)
    if org_id is not None:
        rows = rows.filter(org=org_id)
    gathered: dict[str, _Gathered] = defaultdict(_Gathered)
    for row in rows.exclude(described_at=None):
        for name, field in catalog.fields_of(row, deferred=["describe"]).items():
            _gather(gathered[name], field, row.org_id)
    return _laid_out(sobject, gathered, _view_of(sobject))


def _view_of(sobject: str) -> str:
    """Return the name of an object's view: the one that it has, else a free one."""
    made = ObjectView.objects.filter(sobject=sobject).first()
    return made.name if made else view_name(sobject, alike=_alike(sobject))


def _alike(sobject: str) -> set[str]:
    """Return the names of other orgs for an object, which may differ in case."""
    rows = SObject.objects.filter(name__iexact=sobject, org__deletion_requested_at=None)
    return set(rows.exclude(described_at=None).values_list("name", flat=True))


def _gather(found: _Gathered, field: SField, org_id: int) -> None:
    found.types.add(field.type)
    if field.is_hidden:
        found.masked_in.add(org_id)


def _laid_out(sobject: str, gathered: Mapping[str, _Gathered], view: str) -> Layout:
    left_out = {
        name: reason
        for name, one in sorted(gathered.items())
        if (reason := _reason(name, one.types))
    }
    kept = sorted(gathered.keys() - left_out.keys() - COVERED)
    names = column_names(kept)
    columns = [
        Column(
            api_name=name,
            name=names[name],
            kind=kind_of(gathered[name].types),
            masked_in=tuple(sorted(gathered[name].masked_in)),
        )
        for name in kept
    ]
    return Layout(
        sobject=sobject,
        view=view,
        columns=tuple(columns),
        left_out=left_out,
        mixed={
            one.api_name: tuple(sorted(gathered[one.api_name].types))
            for one in columns
            if _is_mixed(gathered[one.api_name].types)
        },
    )


def _reason(name: str, types: set[str]) -> str:
    if not API_NAME.fullmatch(name):
        return NO_NAME
    return NEVER_READ if types <= UNREAD else ""


def _is_mixed(types: set[str]) -> bool:
    """Tell whether orgs type a field so differently that only text holds it."""
    return len({kind_of([one]) for one in types}) > 1 and kind_of(types) == Kind.TEXT

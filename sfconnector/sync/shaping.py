"""The shape of a plan: its choice of fields, looked up in the object's describe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sfconnector import catalog, gateway
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, SObject, SyncPlan
from sfconnector.sync.shape import Field, Shape, make_shape, plan_definition
from sfconnector.texts import gettext_noop as _

DESCRIBE_AGE = timedelta(days=1)
"""A describe older than this is asked for again before a run."""


def described(
    org: Org, sobject: str, *, force: bool = False, by: Actor = NOBODY
) -> SObject:
    """Return an object's row with its fields, asking the org when they are old."""
    name = catalog.canonical_name(org, sobject)
    row = SObject.objects.filter(org=org, name=name).defer("describe").first()
    fresh = timezone.now() - DESCRIBE_AGE
    if not force and row and row.described_at and row.described_at > fresh:
        return row
    return catalog.describe(org, sobject=name, by=by)


def shape_of(
    plan: SyncPlan, row: SObject, *, fields: Sequence[Field] | None = None
) -> Shape:
    """Return what a plan reads, given the object's describe; ``fields`` if known."""
    if not row.queryable:
        raise InvalidRequest(
            _("{name} cannot be queried.").format(name=row.name),
            remedy=_("Choose another object, or read it by an endpoint plan."),
        )
    # A plan that was changed is read anew: what it read before narrows nothing.
    is_same = plan.definition == definition_of(plan)
    ignores_new = plan.drift_policy == SyncPlan.DriftPolicy.IGNORE and is_same
    return shape_for(
        row,
        chosen=plan.fields,
        where=plan.where,
        with_deleted=plan.include_deleted,
        only=plan.fields_read if ignores_new else None,
        fields=fields,
    )


def may_still_read(plan: SyncPlan, shape: Shape) -> bool:
    """Tell whether a plan would still read all of what was read, and mask no more."""
    row = SObject.objects.get(org=plan.org_id, name=shape.sobject)
    try:
        now = shape_of(plan, row)
    except InvalidRequest:
        return False
    return set(shape.fields) <= set(now.fields) and set(now.masked) <= set(shape.masked)


def shape_for(
    row: SObject,
    *,
    chosen: Sequence[str],
    where: str,
    with_deleted: bool,
    only: Sequence[str] | None = None,
    fields: Sequence[Field] | None = None,
) -> Shape:
    """Return what to read of an object: every choice of fields and filter goes here.

    Fields that lead to a masked one are left out. Raises InvalidRequest for a filter
    that names one, and what ``make_shape`` raises.
    """
    return make_shape(
        row.name,
        fields_of([row])[row.pk] if fields is None else fields,
        chosen=gateway.chosen_of(row.org, sobject=row.name, names=chosen, where=where),
        where=where,
        with_deleted=with_deleted,
        only=only,
    )


def fields_of(rows: Iterable[SObject]) -> dict[int, list[Field]]:
    """Return the fields of some objects as the choice wants them, in one query."""
    return {key: _as_choice(told) for key, told in catalog.told_of(rows).items()}


def _as_choice(told: Sequence[Any]) -> list[Field]:
    hidden = catalog.hidden_among(told)
    return [
        Field(
            one.name,
            one.type,
            one.filterable,
            one.sortable,
            one.name in hidden,
            one.compound_field_name,
            one.relationship_name,
        )
        for one in told
    ]


def definition_of(plan: SyncPlan) -> str:
    """Return the digest of what the plan asks for; another one forces a full pass."""
    return plan_definition(
        sobject=plan.sobject.lower(),
        where=plan.where,
        chosen=plan.fields,
        with_deleted=plan.include_deleted,
    )

"""What a plan does when its object changes in the org."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfconnector import transactions
from sfconnector.models import Org, SchemaChange, SField, SyncPlan, SyncRun
from sfconnector.sync.plan import NEVER_READ
from sfconnector.sync.queue import request_run

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

Policy = SyncPlan.DriftPolicy


def note_drift(
    org: Org, *, sobject: str, changes: Sequence[SchemaChange]
) -> SyncPlan | None:
    """Follow the policy of an object's plan; return the plan when it was changed.

    Labels and picklist values are no reason for anything. A plan that reads every
    field and adds new ones needs nothing here: its next run reads everything anew,
    which fills the new column. One with a list of its own gets them appended.
    """
    added = [one.field for one in changes if one.kind == "added"]
    removed = [one.field for one in changes if one.kind == "removed"]
    retyped = [one.field for one in changes if one.attribute == "type"]
    plan = org.plans.filter(kind=SyncPlan.Kind.OBJECT, sobject=sobject).first()
    if plan is None or not (added or removed or retyped):
        return None
    if plan.drift_policy == Policy.PAUSE and plan.paused_at is None:
        plan.pause(_sentence(sobject, added=added, removed=removed, retyped=retyped))
        return plan
    if plan.drift_policy == Policy.ADD and plan.fields and added:
        plan.fields = [*plan.fields, *(n for n in added if n not in plan.fields)]
        plan.save(update_fields=["fields", "updated_at"])
        return plan
    return None


def unread_fields(plan: SyncPlan) -> list[str]:
    """Return the fields that a plan for every field leaves out, for they came later."""
    if plan.kind != SyncPlan.Kind.OBJECT or plan.fields or not plan.fields_read:
        return []
    known = SField.objects.filter(
        sobject__org=plan.org_id, sobject__name=plan.sobject, is_masked=False
    )
    names = known.exclude(type__in=NEVER_READ).order_by("position")
    return [
        name
        for name in names.values_list("name", flat=True)
        if name not in plan.fields_read
    ]


def backfill(
    plan: SyncPlan, *, user: AbstractBaseUser | AnonymousUser | None = None
) -> SyncRun:
    """Read the fields that came later too, and every record anew to fill them.

    Returns the full run that is queued. Raises NotConnected like ``request_run``.
    """
    with transactions.short():  # no worker may begin before both are true
        SyncPlan.objects.filter(pk=plan.pk).update(fields_read=[])
        run = request_run(plan, user=user, full=True)
    plan.fields_read = []
    return run


def _sentence(
    sobject: str, *, added: list[str], removed: list[str], retyped: list[str]
) -> str:
    kinds = (("new", added), ("gone", removed), ("of another type", retyped))
    parts = [f"{word}: {', '.join(names[:10])}" for word, names in kinds if names]
    return f"{sobject} changed in the org ({'; '.join(parts)}). Resume to go on."

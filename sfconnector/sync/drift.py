"""What a plan does when its object changes in the org."""

from __future__ import annotations

from collections.abc import Sequence

from sfconnector import catalog, transactions, typed
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import Org, SchemaChange, SObject, SyncPlan, SyncRun
from sfconnector.sync.queue import request_run
from sfconnector.sync.shape import NEVER_READ
from sfconnector.texts import gettext_noop as _

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
    if plan.drift_policy == Policy.ADD:
        typed.remake(sobject)  # its view gets what the plan gets
    if plan.drift_policy == Policy.ADD and plan.fields and added:
        plan.fields = [*plan.fields, *(n for n in added if n not in plan.fields)]
        plan.save(update_fields=["fields", "updated_at"])
        return plan
    return None


def unread_fields(plan: SyncPlan) -> list[str]:
    """Return the fields that a plan for every field leaves out, for they came later."""
    if plan.kind != SyncPlan.Kind.OBJECT or plan.fields or not plan.fields_read:
        return []
    row = SObject.objects.filter(org=plan.org_id, name=plan.sobject).first()
    known = catalog.fields_of(row, deferred=["describe"]).values() if row else ()
    return [
        field.name
        for field in known
        if not field.is_hidden
        if field.type not in NEVER_READ and field.name not in plan.fields_read
    ]


def backfill(plan: SyncPlan, *, by: Actor = NOBODY) -> SyncRun:
    """Read the fields that came later too, and every record anew to fill them.

    Returns the full run that is queued. Raises NotConnected like ``request_run``.
    """
    with transactions.short():  # no worker may begin before both are true
        SyncPlan.objects.filter(pk=plan.pk).update(fields_read=[])
        run = request_run(plan, by=by, full=True)
    plan.fields_read = []
    return run


def _sentence(
    sobject: str, *, added: list[str], removed: list[str], retyped: list[str]
) -> str:
    kinds = (
        (_("new: {names}"), added),
        (_("gone: {names}"), removed),
        (_("of another type: {names}"), retyped),
    )
    parts = [text.format(names=", ".join(names[:10])) for text, names in kinds if names]
    return _("{sobject} changed in the org ({changes}). Resume to go on.").format(
        sobject=sobject, changes="; ".join(parts)
    )

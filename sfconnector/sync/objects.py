"""A run of an object plan: full or by changes, from its checkpoint to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from sfconnector import catalog
from sfconnector.exceptions import Corrupt, InvalidRequest, SalesforceError
from sfconnector.models import Org, Record, SObject, SyncPlan
from sfconnector.sync import changes, full, leavers, missing
from sfconnector.sync import plan as planning
from sfconnector.sync.plan import Field, Shape
from sfconnector.sync.work import Work

DESCRIBE_AGE = timedelta(days=1)
"""A describe older than this is asked for again before a run."""
LOG_DAYS = 14
"""Deletions older than this may no longer be listed by the org (15 days)."""
MOST_RESTARTS = 3
"""Restarts from the checkpoint without a record of progress in between."""


def described(org: Org, sobject: str, *, force: bool = False) -> SObject:
    """Return an object's row with its fields, asking the org when they are old."""
    name = catalog.canonical_name(org, sobject)
    row = SObject.objects.filter(org=org, name=name).first()
    fresh = timezone.now() - DESCRIBE_AGE
    if not force and row and row.described_at and row.described_at > fresh:
        return row
    return catalog.describe(org, sobject=name)


def shape_of(plan: SyncPlan, row: SObject) -> Shape:
    """Return what a plan reads, given the object's describe."""
    if not row.queryable:
        raise InvalidRequest(
            f"{row.name} cannot be queried.",
            remedy="Choose another object, or read it by an endpoint plan.",
        )
    fields = [
        Field(
            field.name,
            field.type,
            field.filterable,
            field.sortable,
            field.is_masked,
            field.compound_field_name,
            field.relationship_name,
        )
        for field in row.sfields.all()
    ]
    ignores_new = plan.drift_policy == SyncPlan.DriftPolicy.IGNORE
    return planning.shape(
        row.name,
        fields,
        chosen=plan.fields,
        where=plan.where,
        with_deleted=plan.include_deleted,
        only=plan.fields_read if ignores_new else None,
    )


def definition_of(plan: SyncPlan) -> str:
    """Return the digest of what the plan asks for; another one forces a full pass."""
    return planning.plan_definition(
        sobject=plan.sobject.lower(),
        where=plan.where,
        chosen=plan.fields,
        with_deleted=plan.include_deleted,
    )


def must_be_full(plan: SyncPlan, shape: Shape, now: datetime) -> str:
    """Return why the next run reads everything, "" when changes are enough."""
    age = timedelta(days=plan.full_every_days)
    covered = plan.deleted_covered_until
    reasons = {
        "The object has no field that tells what changed.": not shape.cursor_field,
        "Nothing was read completely yet.": (
            not plan.cursor_value or plan.cursor_field != shape.cursor_field
        ),
        "The field list or the filter was changed.": (
            plan.definition != definition_of(plan)
        ),
        "Fields were added.": bool(set(shape.fields) - set(plan.fields_read)),
        f"The last full pass is {plan.full_every_days} days old.": bool(age)
        and (plan.last_full_at is None or plan.last_full_at + age < now),
        "Deletions are only listed for 15 days.": bool(covered)
        and planning.parse_stamp(covered) < now - timedelta(days=LOG_DAYS),
    }
    return next((text for text, is_so in reasons.items() if is_so), "")


def fetch(work: Work) -> None:
    """Read what the run is for, then move the plan's cursor."""
    if not work.run.checkpoint:
        _begin(work)
    if work.run.is_full:
        work.write(phase="reading", mode="rest")
        persevere(work, full.walk)
        missing.settle(work)
    else:
        work.write(phase="reading", mode="rest")
        persevere(work, changes.walk)
        leavers.settle(work)


def _begin(work: Work) -> None:
    """Decide between everything and changes, and write the first checkpoint."""
    reason = must_be_full(work.plan, work.shape, timezone.now())
    is_full = work.run.is_full or bool(reason)
    checkpoint: dict[str, Any] = {"kind": "full" if is_full else "changes"}
    if is_full:
        started = work.client.server_now()
        cached = Record.objects.of(work.org, work.shape.sobject)
        checkpoint |= {
            "started": started.strftime(planning.STAMP),
            "filling": not cached.exists(),
        }
    if reason:
        work.log(f"Full pass: {reason}")
    work.write(is_full=is_full, checkpoint=checkpoint)


def persevere(work: Work, walk: Any) -> None:
    """Walk to the end, going back to the checkpoint after errors that allow it."""
    restarts = 0
    while True:
        before = work.run.fetched
        try:
            walk(work)
            return
        except SalesforceError as error:
            restarts = 1 if work.run.fetched > before else restarts + 1
            if restarts > MOST_RESTARTS or not _can_go_on(work, error):
                raise
            work.log(f"Going on from the checkpoint: {error}", level="warning")


def _can_go_on(work: Work, error: SalesforceError) -> bool:
    if isinstance(error, Corrupt) or error.code == "INVALID_QUERY_LOCATOR":
        return True
    return error.code == "INVALID_FIELD" and _describe_again(work)


def _describe_again(work: Work) -> bool:
    """Read the describe anew and drop what is gone; tell whether that helps."""
    row = catalog.describe(work.org, sobject=work.shape.sobject, force=True)
    fresh = shape_of(work.plan, row)
    gone = sorted(set(work.shape.fields) - set(fresh.fields))
    if not gone:
        return False
    work.warn(f"No longer in the org, not read any more: {', '.join(gone)}.")
    work.shape = fresh
    return True


def conclude(work: Work) -> None:
    """Move the plan's cursor and counters; in the transaction that ends the run."""
    run, plan, checkpoint = work.run, work.plan, work.run.checkpoint
    now = timezone.now()
    values: dict[str, Any] = {}
    if run.is_full:
        values = {
            "cursor_field": work.shape.cursor_field,
            "cursor_value": checkpoint["started"] if work.shape.cursor_field else "",
            "definition": definition_of(plan),
            "fields_read": list(work.shape.fields),
            "last_full_at": now,
            "deleted_covered_until": checkpoint.get("covered") or checkpoint["started"],
        }
    elif checkpoint.get("moment"):
        values = {"cursor_value": max(plan.cursor_value, checkpoint["moment"])}
    if values:
        SyncPlan.objects.filter(pk=plan.pk).update(**values)
    SObject.objects.filter(org=run.org_id, name=work.shape.sobject).update(
        synced_at=now
    )

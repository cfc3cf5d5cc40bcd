"""What a round found, stored: in one transaction with the plans' next times.

Nothing was held while the org answered. So each plan must be as it was when it was
asked for, have no run, and belong to an org that may be read still; else what was read
may be older than what is cached, and the plan stays due.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sfconnector import clock, hooks, records, signals, transactions
from sfconnector.models import Org, Record, SObject, SyncPlan, SyncRun
from sfconnector.records import Applied, Row, Target
from sfconnector.sync.rounds.asked import Asked
from sfconnector.sync.rounds.purges import Listed
from sfconnector.sync.ticking import sets
from sfconnector.sync.walks import digests

ALIKE = (
    "sobject",
    "fields",
    "where",
    "mode",
    "overlap_minutes",
    "include_deleted",
    "history_days",
    "is_enabled",
    "paused_at",
    "cursor_field",
    "cursor_value",
    "definition",
    "fields_read",
    "full_wanted_at",
    "last_run_at",
)
"""Columns of a plan that must be as they were: each end of a run moves the last."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plan, and its rows."""

    asked: Asked
    rows: Sequence[Row]
    started: str
    """When it was asked for, by the org's clock: no cursor passes it."""
    listed: Listed | None = None
    """What the org said of its deletions, where it was asked for them."""


@dataclasses.dataclass(slots=True)
class Stored:
    """What a round did to the cache."""

    plans: dict[int, int] = dataclasses.field(default_factory=dict)
    """By the key of each plan that was looked at: how many records were written."""
    left: list[SyncPlan] = dataclasses.field(default_factory=list)
    """Plans that need a run: something is gone that is cached as if it were there."""
    tell: list[Callable[[], None]] = dataclasses.field(default_factory=list)
    """Tells the host, after the commit."""


def store(org: Org, found: Sequence[Found]) -> Stored:
    """Store the rows of some plans, move their cursors and next times."""
    done = Stored()
    if not found:
        return done
    with transactions.short():
        if not _is_open(org):
            return done
        alike = _alike(one.asked.plan for one in found)
        mine = [one for one in found if one.asked.plan.pk in alike]
        done.left = [one.asked.plan for one in mine if _misses_some(org, one)]
        mine = [one for one in mine if one.asked.plan not in done.left]
        now = clock.now()
        for one in mine:
            done.plans[one.asked.plan.pk] = 0
            if one.rows:
                _store(org, one, done)
            if one.listed is not None:
                SyncPlan.objects.filter(pk=one.asked.plan.pk).update(
                    deleted_covered_until=one.listed.covered
                )
        ids = [one.asked.plan.pk for one in mine]
        sets.move([(one.asked.plan, one.asked.next_run_at) for one in mine])
        SyncPlan.objects.filter(pk__in=ids).update(
            last_run_at=now, last_success_at=now, failures_in_a_row=0
        )
        names = [one.asked.shape.sobject for one in mine]
        SObject.objects.filter(org=org, name__in=names).update(synced_at=now)
    for tell in done.tell:
        tell()
    return done


def _is_open(org: Org) -> bool:
    """Lock the org's row against a purge, and tell whether it may be written to."""
    now = Org.objects.filter(pk=org.pk).locked().first()
    return (
        now is not None
        and now.deletion_requested_at is None
        and now.purge_requested_at is None
        and now.status == Org.Status.CONNECTED
        and now.round_until == org.round_until
    )


def _alike(plans: Iterable[SyncPlan]) -> set[int]:
    """Lock plans; return those that are as they were and have no run."""
    known = {plan.pk: plan for plan in plans}
    features = transactions.connection().features
    rows = SyncPlan.objects.filter(pk__in=known).select_for_update(
        skip_locked=features.has_select_for_update_skip_locked,
        no_key=features.has_select_for_no_key_update,
    )
    rows = rows.order_by("pk")  # locks plans alone, not their orgs
    same = {
        row.pk
        for row in rows
        if all(getattr(row, name) == getattr(known[row.pk], name) for name in ALIKE)
    }
    busy = SyncRun.objects.active().filter(plan__in=same)
    return same - set(busy.values_list("plan_id", flat=True))


def _misses_some(org: Org, one: Found) -> bool:
    """Tell whether a record that is listed as deleted would be cached as there.

    One that lies in the recycle bin came with the rows; of one that came as living and
    is listed nobody knows what happened between the two answers.
    """
    if one.listed is None:
        return False
    target = Target(org.pk, one.asked.shape.sobject)
    in_bin = {row.record_id for row in one.rows if row.state == Record.State.DELETED}
    ids = sorted(one.listed.ids - in_bin)
    known = records.stored(target, ids)
    states = {state for _, state in known.values()}
    came = {row.record_id for row in one.rows}
    there = {Record.State.LIVE, Record.State.HIDDEN}
    return not states.isdisjoint(there) or not came.isdisjoint(ids)


def _store(org: Org, one: Found, done: Stored) -> None:
    plan, target = one.asked.plan, Target(org.pk, one.asked.shape.sobject)
    applied = records.apply(target, one.rows, keep_history=plan.history_days > 0)
    changed = [*applied.created, *applied.updated, *applied.deleted]
    digests.forget(target, changed)
    done.plans[plan.pk] = applied.written
    reached = max(plan.cursor_value, min(one.rows[-1].stamp or "", one.started))
    if reached != plan.cursor_value:
        SyncPlan.objects.filter(pk=plan.pk).update(cursor_value=reached)
    if changed:
        done.tell.append(_teller(org, target.sobject, applied))


def _teller(org: Org, sobject: str, applied: Applied) -> Callable[[], None]:
    """Write down what the host must not miss; return what tells it."""
    told: dict[str, Any] = {
        "sobject": sobject,
        # A host that hears of a new record takes it for one that lives.
        "created": [key for key in applied.created if key not in applied.in_bin],
        "updated": applied.updated,
        "deleted": applied.deleted,
        "changed_fields": applied.changed_fields,
    }
    waiting = hooks.remember(org, **told)

    def tell() -> None:
        if told["created"] or told["updated"] or told["deleted"]:
            signals.records_changed.send_robust(Record, org=org, **told)
        if waiting:
            hooks.deliver(waiting)

    return tell

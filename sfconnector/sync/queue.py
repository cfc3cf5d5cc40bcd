"""The queue of record: run rows asked for, claimed, released, cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sfconnector import (
    audit,
    clock,
    conf,
    exceptions,
    signals,
    tracing,
    transactions,
)
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import Org, SyncPlan, SyncRun
from sfconnector.texts import gettext_noop as _


@transactions.again
def request_run(
    plan: SyncPlan,
    *,
    trigger: str = SyncRun.Trigger.PERSON,
    by: Actor = NOBODY,
    full: bool = False,
) -> SyncRun:
    """Queue a run of a plan, or return the one that is active already.

    A wish for everything (``full``) that comes while a run works or rests is kept:
    its end queues the full one. ``signals.run_queued`` goes out after the commit.
    Raises NotConnected when the org is about to be deleted.
    """
    told: dict[str, Any] = {"org": plan.org_id, "plan": plan.pk}
    with tracing.span("request_run", **told), transactions.atomic():
        # The row lock makes two clicks one run, also without partial constraints.
        locked = SyncPlan.objects.select_for_update().select_related("org")
        plan = locked.get(pk=plan.pk)
        if plan.org.deletion_requested_at is not None:
            raise exceptions.NotConnected(_("This org is being deleted."))
        active = plan.runs.active().first()
        if active is not None:
            if full:
                _want_full(plan, active)
            return active
        if plan.full_wanted_at is not None:
            full = True
            SyncPlan.objects.filter(pk=plan.pk).update(full_wanted_at=None)
        run = SyncRun.objects.create(
            plan=plan,
            org=plan.org,
            sobject=plan.sobject,
            trigger=trigger,
            requested_by_id=by.user_id,
            is_full=full,
            rung_at=clock.now(),
            traceparent=tracing.current(),
        )
        announce(run)
    return run


def _want_full(plan: SyncPlan, active: SyncRun) -> None:
    """Make a run full that nobody has begun; else remember the wish for the next."""
    waiting = SyncRun.objects.filter(pk=active.pk, started_at=None)
    if waiting.filter(state=SyncRun.State.QUEUED).update(is_full=True):
        active.is_full = True
    else:
        SyncPlan.objects.filter(pk=plan.pk).update(full_wanted_at=clock.now())


def announce(run: SyncRun) -> None:
    """Ring the doorbell for a run once its row is committed."""
    transactions.on_commit(
        lambda: signals.run_queued.send_robust(SyncRun, run_id=run.pk)
    )


@transactions.again
def claim(run_id: int, *, worker: str) -> SyncRun | None:
    """Take a run that waits; None when it does not, or its org has no room for it.

    An org whose cached data are being purged has none: a run that stores rows
    meanwhile would lose them and move its cursor past them.

    The lock on the org's row keeps two workers from counting the same free place.
    """
    transactions.read_clock()
    now = clock.now()
    settings = conf.current()
    with transactions.short():
        run = SyncRun.objects.claimable(now).filter(pk=run_id).first()
        if run is None:
            return None
        former = run.lease_owner
        org = Org.objects.filter(pk=run.org_id).locked().first()
        if org is None or org.purge_requested_at is not None:
            return None
        if free_places(org, now=now) <= 0 or _rests(org, run, now):
            return None
        lease = now + timedelta(seconds=settings.run_lease_seconds)
        if not run.claim(worker, lease_until=lease):
            return None
    if former:
        transactions.end_others(run_id)
    return run


def _rests(org: Org, run: SyncRun, now: datetime) -> bool:
    """Tell whether a run waits because its org did not answer.

    A person's wish is tried at once.
    """
    if org.resting_until is None or org.resting_until <= now:
        return False
    return run.trigger != SyncRun.Trigger.PERSON or run.started_at is not None


def free_places(org: Org, *, now: datetime) -> int:
    """Return how many more runs of an org may be active.

    One that did not answer has a single place until it does: one run tries.
    """
    working = SyncRun.objects.filter(
        org=org, state=SyncRun.State.RUNNING, lease_until__gte=now
    )
    most = 1 if org.silences else conf.current().runs_per_org
    return most - working.count()


def release(run: SyncRun, *, park_until: datetime | None = None) -> bool:
    """Give a run back, now or for later; a lost worker's attempts are not counted.

    False, with nothing written, when the run is to be cancelled or is not ours.
    """
    state = SyncRun.State.PARKED if park_until else SyncRun.State.QUEUED
    return run.write(
        unless_cancelled=True,
        state=state,
        lease_owner="",
        lease_until=None,
        parked_until=park_until,
        rung_at=None,
        attempts=max(run.attempts - 1, 0),
    )


@transactions.again
def cancel(
    run: SyncRun,
    *,
    by: Actor = NOBODY,
) -> bool:
    """Cancel a waiting run, or ask a working one to stop after its batch.

    Returns False when the run was over already.
    """
    asked = run.request_cancel()
    if asked:
        audit.append(
            "run.cancelled",
            by=by,
            org=run.org,
            detail={"run": run.pk},
        )
    run.refresh_from_db()
    if asked and run.state == SyncRun.State.CANCELLED:  # no worker had it
        transactions.on_commit(run.tell_end)
    return asked


def ring_next(org_id: int) -> None:
    """Ring for the org's oldest waiting run, when a place has become free."""
    now = clock.now()
    waiting = SyncRun.objects.filter(org=org_id, state=SyncRun.State.QUEUED)
    run_id = waiting.order_by("queued_at", "pk").values_list("pk", flat=True).first()
    if run_id is not None:
        SyncRun.objects.filter(pk=run_id).update(rung_at=now)
        signals.run_queued.send_robust(SyncRun, run_id=run_id)

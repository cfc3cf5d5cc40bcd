"""The queue of record: run rows asked for, claimed, released, cancelled, rung."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.db import connections, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from sfconnector import audit, conf, exceptions, health, signals, transactions
from sfconnector.models import Org, SyncPlan, SyncRun
from sfconnector.records.writers import alias
from sfconnector.sync import schedule, upkeep

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

RING_AGAIN = timedelta(seconds=60)
"""A doorbell that nobody answered for so long is rung again."""
RINGS_PER_TICK = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one tick did."""

    started: int
    """Runs queued because their plan was due."""
    rung: int
    """Doorbells rung for runs that waited."""
    upkeep_is_due: bool = False
    """The hourly housekeeping is to be started; said once an hour."""


def request_run(
    plan: SyncPlan,
    *,
    trigger: str = SyncRun.Trigger.PERSON,
    user: AbstractBaseUser | AnonymousUser | None = None,
    full: bool = False,
) -> SyncRun:
    """Queue a run of a plan, or return the one that is active already.

    ``signals.run_queued`` goes out after the commit. Raises NotConnected when the
    org is about to be deleted.
    """
    with transaction.atomic():
        # The row lock makes two clicks one run, also without partial constraints.
        locked = SyncPlan.objects.select_for_update().select_related("org")
        plan = locked.get(pk=plan.pk)
        if plan.org.deletion_requested_at is not None:
            raise exceptions.NotConnected("This org is being deleted.")
        active = plan.runs.active().first()
        if active is not None:
            return active
        run = SyncRun.objects.create(
            plan=plan,
            org=plan.org,
            sobject=plan.sobject,
            trigger=trigger,
            requested_by_id=user.pk if user is not None else None,
            is_full=full,
            rung_at=timezone.now(),
        )
        announce(run)
    return run


def announce(run: SyncRun) -> None:
    """Ring the doorbell for a run once its row is committed."""
    transaction.on_commit(
        lambda: signals.run_queued.send_robust(SyncRun, run_id=run.pk)
    )


def claim(run_id: int, *, worker: str) -> SyncRun | None:
    """Take a run that waits; None when it does not, or its org has no room for it.

    An org whose cached data are being purged has none: a run that stores rows
    meanwhile would lose them and move its cursor past them.

    The lock on the org's row keeps two workers from counting the same free place.
    """
    now = timezone.now()
    settings = conf.current()
    with transactions.short():
        run = SyncRun.objects.claimable(now).filter(pk=run_id).first()
        if run is None:
            return None
        former = run.lease_owner
        org = _locked(Org.objects.filter(pk=run.org_id)).first()
        if org is None or org.purge_requested_at is not None:
            return None
        if free_places(org, now=now) <= 0:
            return None
        lease = now + timedelta(seconds=settings.run_lease_seconds)
        if not run.claim(worker, lease_until=lease):
            return None
    if former:
        transactions.end_others(run_id, using=alias())
    return run


def _locked(orgs: QuerySet[Org]) -> QuerySet[Org]:
    """Lock orgs against others who lock them, not against rows that refer to them.

    A worker whose lease has ended may be about to commit such rows, while whoever
    takes its run over waits for it.
    """
    if connections[orgs.db].features.has_select_for_no_key_update:
        return orgs.select_for_update(no_key=True)
    return orgs.select_for_update()


def free_places(org: Org, *, now: datetime) -> int:
    """Return how many more runs of an org may be active."""
    working = SyncRun.objects.filter(
        org=org, state=SyncRun.State.RUNNING, lease_until__gte=now
    )
    return conf.current().runs_per_org - working.count()


def release(run: SyncRun, *, park_until: datetime | None = None) -> bool:
    """Give a run back, now or for later; a lost worker's attempts are not counted."""
    state = SyncRun.State.PARKED if park_until else SyncRun.State.QUEUED
    return run.write(
        state=state,
        lease_owner="",
        lease_until=None,
        parked_until=park_until,
        rung_at=None,
        attempts=max(run.attempts - 1, 0),
    )


def cancel(
    run: SyncRun,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    client_address: str | None = None,
) -> bool:
    """Cancel a waiting run, or ask a working one to stop after its batch.

    Returns False when the run was over already.
    """
    asked = run.request_cancel()
    if asked:
        audit.append(
            "run.cancelled",
            user=user,
            org=run.org,
            client_address=client_address,
            detail={"run": run.pk},
        )
    run.refresh_from_db()
    return asked


def tick(now: datetime | None = None) -> Tick:
    """Start the plans that are due and ring again for runs that nobody works on.

    Safe to be called twice at once: each plan's next time moves by compare-and-swap.
    """
    now = now or timezone.now()
    health.beat("tick", "tick")
    _set_next_times(now)
    started = _start_due(now)
    rung = _ring_waiting(now)
    return Tick(started=started, rung=rung, upkeep_is_due=upkeep.is_due(now))


def _set_next_times(now: datetime) -> None:
    unset = SyncPlan.objects.filter(next_run_at=None, is_enabled=True).exclude(
        schedule=SyncPlan.Schedule.MANUAL
    )
    for plan in unset:
        _move_next_time(plan, now)


def _move_next_time(plan: SyncPlan, now: datetime) -> bool:
    try:
        after = schedule.next_run(plan, now)
    except exceptions.ConfigurationError as error:
        plan.pause(str(error))
        return False
    if after == plan.next_run_at:
        return False
    same = SyncPlan.objects.filter(pk=plan.pk, next_run_at=plan.next_run_at)
    return bool(same.update(next_run_at=after))


def _start_due(now: datetime) -> int:
    started = 0
    due = SyncPlan.objects.due(now).select_related("org").order_by("next_run_at")
    for plan in due:
        if _move_next_time(plan, now) and plan.org.is_connected:
            request_run(plan, trigger=SyncRun.Trigger.SCHEDULE)
            started += 1
    return started


def _ring_waiting(now: datetime) -> int:
    """Ring for waiting runs, each org in turn, no more than it has places for."""
    quiet = Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN)
    waiting: dict[int, list[int]] = {}
    rows = SyncRun.objects.claimable(now).filter(
        quiet, org__deletion_requested_at=None, org__purge_requested_at=None
    )
    for run_id, org_id in rows.order_by("queued_at", "pk").values_list("pk", "org_id"):
        waiting.setdefault(org_id, []).append(run_id)
    places = _places(waiting, now)
    queues = [ids[: places[org_id]] for org_id, ids in waiting.items()]
    turns = [run_id for turn in zip_longest(*queues) for run_id in turn if run_id]
    for run_id in turns[:RINGS_PER_TICK]:
        SyncRun.objects.filter(pk=run_id).update(rung_at=now)
        signals.run_queued.send_robust(SyncRun, run_id=run_id)
    return len(turns[:RINGS_PER_TICK])


def _places(waiting: dict[int, list[int]], now: datetime) -> dict[int, int]:
    working = SyncRun.objects.filter(
        org__in=waiting, state=SyncRun.State.RUNNING, lease_until__gte=now
    )
    busy = dict(working.values_list("org").annotate(Count("pk")).order_by())
    most = conf.current().runs_per_org
    return {org_id: max(most - busy.get(org_id, 0), 0) for org_id in waiting}


def ring_next(org_id: int) -> None:
    """Ring for the org's oldest waiting run, when a place has become free."""
    now = timezone.now()
    waiting = SyncRun.objects.filter(org=org_id, state=SyncRun.State.QUEUED)
    run_id = waiting.order_by("queued_at", "pk").values_list("pk", flat=True).first()
    if run_id is not None:
        SyncRun.objects.filter(pk=run_id).update(rung_at=now)
        signals.run_queued.send_robust(SyncRun, run_id=run_id)

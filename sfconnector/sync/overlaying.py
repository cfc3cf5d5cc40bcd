"""Fields read once and laid over the cache; the plan of the object stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError

from sfconnector import calls, clock, conf, orgs, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import (
    InvalidRequest,
    SFConnectorError,
    SyncBusy,
    SyncCancelled,
)
from sfconnector.models import SyncPlan, SyncRun
from sfconnector.sync import shaping
from sfconnector.sync.runner import finish
from sfconnector.sync.walks import overlay as walks_overlay
from sfconnector.sync.work.interrupts import LeaseLost
from sfconnector.sync.work.lease import Lease
from sfconnector.sync.work.work import Work, check_budget
from sfconnector.texts import gettext_noop as _


def overlay(
    plan: SyncPlan,
    *,
    fields: Sequence[str] = (),
    where: str = "",
    worker: str,
    by: Actor = NOBODY,
) -> SyncRun:
    """Read fields of the plan's object here and now, and lay them over its cached rows.

    Other columns, the cursor and the plan stay. ``fields`` empty means every readable
    one. Returns the run, which ends in this call; errors of Salesforce are written into
    it. Raises SyncBusy while another run of the plan is active, and InvalidRequest when
    nothing of the object is cached yet.
    """
    if plan.kind != SyncPlan.Kind.OBJECT or plan.last_full_at is None:
        raise InvalidRequest(
            _(
                "Nothing of {plan} is cached yet, so there is nothing to lay "
                "fields over."
            ).format(plan=plan),
            remedy=_("Run the plan first."),
        )
    run = _begun(plan, worker=worker, by=by)
    with Lease(run) as lease:
        try:
            _work_on(run, lease, fields=fields, where=where)
        except LeaseLost:
            run.refresh_from_db()
        except SyncCancelled:
            finish(run, SyncRun.State.CANCELLED)
        except SFConnectorError as error:
            finish(run, SyncRun.State.FAILED, error=error)
    return run


def _begun(plan: SyncPlan, *, worker: str, by: Actor) -> SyncRun:
    """Write a run that is ours from its first moment: no worker may take it."""
    now = clock.now()
    try:
        with transactions.atomic():
            # The row lock does where the database has no partial constraints (MariaDB).
            SyncPlan.objects.select_for_update().get(pk=plan.pk)
            if plan.runs.active().exists():
                raise SyncBusy
            return SyncRun.objects.create(
                plan=plan,
                org=plan.org,
                sobject=plan.sobject,
                state=SyncRun.State.RUNNING,
                trigger=SyncRun.Trigger.COMMAND,
                requested_by_id=by.user_id,
                mode=SyncRun.OVERLAY,
                lease_owner=worker,
                lease_until=now + timedelta(seconds=conf.current().run_lease_seconds),
                heartbeat_at=now,
                fence=1,
                attempts=1,
                started_at=now,
            )
    except IntegrityError as error:
        raise SyncBusy from error


def _work_on(run: SyncRun, lease: Lease, *, fields: Sequence[str], where: str) -> None:
    recorder = calls.recorder(run.org, purpose="sync", run=run, buffered=True)
    check_budget(run)
    row = shaping.described(run.org, run.plan.sobject)
    with orgs.client_for(run.org, purpose="sync", run=run, on_call=recorder) as client:
        work = Work(
            run=run,
            lease=lease,
            client=client,
            recorder=recorder,
            shape=shaping.shape_for(
                row,
                chosen=fields,
                where=where,
                with_deleted=run.plan.include_deleted,
            ),
        )
        if work.shape.dropped:
            work.warn(f"Not in the org: {', '.join(work.shape.dropped)}.")
        walks_overlay.walk(work)
        work.write(phase="")
        state = SyncRun.State.WARNINGS if run.warnings else SyncRun.State.SUCCEEDED
        work.note_cleaned()  # what was only cleaned is a success
    finish(run, state)

"""Execute a run: claim it, work, and write how it ended."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from sfconnector import budget, calls, conf, orgs, signals, transactions
from sfconnector.exceptions import (
    LimitReached,
    SalesforceError,
    SFConnectorError,
    SyncCancelled,
    SyncError,
)
from sfconnector.models import RunLogLine, SyncPlan, SyncRun
from sfconnector.sync import answers, choosing, collecting, objects, queue
from sfconnector.sync.interrupts import LeaseLost, Parked, Stopped
from sfconnector.sync.lease import Lease
from sfconnector.sync.progress import rows_behind
from sfconnector.sync.work import Work, check_budget, log_start_of

logger = logging.getLogger(__name__)

MOST_STALLS = 3
"""Rests after errors that pass, before a run fails that makes no progress."""
FIRST_REST = timedelta(seconds=30)
WARN_AFTER = 3
PAUSE_AFTER = 6
"""Failures in a row after which a plan's schedule stops until somebody looks."""


def execute(run_id: int, *, worker: str) -> SyncRun | None:
    """Claim a run and work on it until it ends, rests or is taken from us.

    Returns the run as it is then; None when it was not there to be claimed. Errors
    of the run are written into its row, not raised.
    """
    run = queue.claim(run_id, worker=worker)
    if run is None:
        return None
    with Lease(run) as lease, collecting.seldom():
        try:
            _work_on(run, lease)
        except LeaseLost:
            logger.info("Run %s was taken over or deleted.", run.pk)
            return SyncRun.objects.filter(pk=run.pk).first()
        except DatabaseError:
            # The row cannot be written: its lease runs out and a tick rings again.
            logger.exception("The database failed during run %s.", run.pk)
            connections.close_all()
            return None
    queue.ring_next(run.org_id)
    return run


def _work_on(run: SyncRun, lease: Lease) -> None:
    recorder = calls.recorder(run.org, purpose="sync", run=run, buffered=True)
    try:
        _attempt(run, lease, recorder)
    except SyncError as ending:
        _end_early(run, ending)
    except LimitReached as error:
        _rest_for_limit(run, error)
    except SFConnectorError as error:
        log_start_of(run, error)
        _fail_or_rest(run, error)
    except DatabaseError as error:
        logger.warning("Run %s: %s", run.pk, error)
        connections.close_all()
        _fail_or_rest(run, _of_database(error))
    except Exception as error:  # a bug must not leave a run hanging
        logger.exception("Run %s failed unexpectedly.", run.pk)
        finish(run, SyncRun.State.FAILED, error=_of_bug(error))
    finally:
        recorder.flush()


def _end_early(run: SyncRun, ending: SyncError) -> None:
    """Do what an interrupt of the work asks for; LeaseLost is for the caller."""
    if isinstance(ending, SyncCancelled):
        finish(run, SyncRun.State.CANCELLED)
    elif isinstance(ending, Stopped):
        queue.release(run)
    elif isinstance(ending, Parked):
        _say(run, f"Rests until {ending.until:%H:%M} UTC: {ending}")
        queue.release(run, park_until=ending.until)
    else:
        raise ending


def _attempt(run: SyncRun, lease: Lease, recorder: calls.Recorder) -> None:
    if run.attempts > conf.current().run_attempts:
        raise SFConnectorError(
            f"The run lost its worker {run.attempts - 1} times at the same place.",
            remedy="Look at the worker's log: it was killed or ran out of memory.",
            code="WORKER_LOST",
        )
    check_budget(run)
    with orgs.client_for(run.org, purpose="sync", run=run, on_call=recorder) as client:
        if run.plan.kind != SyncPlan.Kind.OBJECT:
            answers.fetch(client, run)
            finish(run, SyncRun.State.SUCCEEDED)
            return
        row = choosing.described(run.org, run.plan.sobject)
        _spell(run, row.name)
        work = Work(
            run=run,
            lease=lease,
            client=client,
            recorder=recorder,
            shape=choosing.shape_of(run.plan, row),
            calls_before=run.api_calls,
        )
        work.look_around()
        objects.fetch(work)
        _succeed(work)


def _spell(run: SyncRun, name: str) -> None:
    """Write the object's name as the org does, now that it is known."""
    if name != run.plan.sobject:
        run.plan.sobject = name
        run.plan.save(update_fields=["sobject", "updated_at"])
    if name != run.sobject:
        run.write(sobject=name)


def _succeed(work: Work) -> None:
    if work.shape.dropped:
        work.warn(f"Not in the org: {', '.join(work.shape.dropped)}.")
    with transactions.short(run_id=work.run.pk):
        work.write(phase="")
        objects.conclude(work)
        state = SyncRun.State.SUCCEEDED
        if work.run.warnings:
            state = SyncRun.State.WARNINGS
        finish(work.run, state)


def finish(run: SyncRun, state: str, *, error: SFConnectorError | None = None) -> None:
    """Write the end of a run and what it means for its plan; announce it.

    Raises LeaseLost when the run is no longer ours to end.
    """
    now = timezone.now()
    values: dict[str, Any] = {"state": state, "finished_at": now, "phase": ""}
    if error is not None:
        values |= {
            "error_code": error.code[:80],
            "error_text": error.message,
            "remedy": error.remedy,
        }
    with transactions.short(run_id=run.pk):
        if not run.write(**values, lease_owner="", lease_until=None):
            raise LeaseLost
        _note_on_plan(run, failed=state == SyncRun.State.FAILED)
        transaction.on_commit(
            lambda: signals.run_finished.send_robust(SyncRun, run=run)
        )


def _note_on_plan(run: SyncRun, *, failed: bool) -> None:
    now = timezone.now()
    plan = SyncPlan.objects.get(pk=run.plan_id)
    plan.last_run_at = now
    if run.state in (SyncRun.State.SUCCEEDED, SyncRun.State.WARNINGS):
        plan.last_success_at, plan.failures_in_a_row = now, 0
    elif failed:
        plan.failures_in_a_row += 1
    plan.save(update_fields=["last_run_at", "last_success_at", "failures_in_a_row"])
    if failed and run.org.is_connected:
        _warn_or_pause(run, plan)


def _warn_or_pause(run: SyncRun, plan: SyncPlan) -> None:
    failures = plan.failures_in_a_row
    if plan.schedule == SyncPlan.Schedule.MANUAL or plan.paused_at is not None:
        return
    if failures >= PAUSE_AFTER:
        plan.pause(f"{failures} runs in a row failed. The last one: {run.error_text}")
    elif failures >= WARN_AFTER:
        left = PAUSE_AFTER - failures
        _say(run, f"{failures} failures in a row; after {left} more the plan pauses.")


def _rest_for_limit(run: SyncRun, error: LimitReached) -> None:
    """Park until the limit frees; a daily limit stops the whole org's background."""
    until = error.retry_at or timezone.now() + budget.PARK_FOR
    if until - timezone.now() > timedelta(minutes=5):
        budget.exhausted(run.org, until=until)
    _say(run, f"Rests until {until:%H:%M} UTC: {error}")
    queue.release(run, park_until=until)


def _fail_or_rest(run: SyncRun, error: SFConnectorError) -> None:
    """Rest and try again what may pass, so often; fail with the remedy else."""
    checkpoint = dict(run.checkpoint)
    place = rows_behind(run)
    same_place = checkpoint.get("stalled_at") == place
    stalls = checkpoint.get("stalls", 0) + 1 if same_place else 1
    if not error.retry or stalls > MOST_STALLS:
        finish(run, SyncRun.State.FAILED, error=error)
        return
    checkpoint |= {"stalls": stalls, "stalled_at": place}
    rest = FIRST_REST * 2 ** (stalls - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads pauses, guards nothing
    until = timezone.now() + rest
    if isinstance(error, SalesforceError) and error.retry_at:  # it may ask for more
        until = max(until, error.retry_at)
    if not run.write(checkpoint=checkpoint):
        raise LeaseLost
    _say(run, f"Tries again at {until:%H:%M:%S} UTC: {error}")
    queue.release(run, park_until=until)


def _of_database(error: DatabaseError) -> SFConnectorError:
    made = SFConnectorError(
        f"The database refused a batch: {error}",
        remedy="Look at the database: its disk, its connections, its log.",
        code="DATABASE",
    )
    made.retry = True
    return made


def _of_bug(error: Exception) -> SFConnectorError:
    return SFConnectorError(
        f"Unexpected {type(error).__name__}.",
        remedy="This is a fault of sfconnector: report it with the worker's log.",
        code="UNEXPECTED",
    )


def _say(run: SyncRun, text: str) -> None:
    RunLogLine.objects.create(run=run, level="warning", text=text)

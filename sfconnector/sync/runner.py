"""Execute a run: claim it, work, and write how it ended."""

from __future__ import annotations

import contextlib
import json
import logging
import random
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connections

from sfconnector import (
    budget,
    calls,
    clock,
    conf,
    logs,
    orgs,
    stopping,
    tracing,
    transactions,
)
from sfconnector.exceptions import (
    LimitReached,
    NotConnected,
    SalesforceError,
    SFConnectorError,
    SyncCancelled,
    SyncError,
)
from sfconnector.models import RunLogLine, SyncPlan, SyncRun
from sfconnector.salesforce.client import Client
from sfconnector.sync import queue, responses, shaping
from sfconnector.sync.walks import objects
from sfconnector.sync.walks.advice import remedy_of
from sfconnector.sync.work import checkpoints, interpreter
from sfconnector.sync.work.interrupts import LeaseLost, Parked, Stopped
from sfconnector.sync.work.job import TaskJob
from sfconnector.sync.work.lease import Lease
from sfconnector.sync.work.work import Work, check_budget, log_start_of
from sfconnector.texts import gettext_noop as _

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
    told: dict[str, Any] = {
        "org": run.org_id,
        "alias": run.org.alias,
        "plan": run.plan_id,
        "run": run.pk,
    }
    with logs.about(**told), tracing.span("run", parent=run.traceparent, **told):
        return _executed(run)


def _executed(run: SyncRun) -> SyncRun | None:
    with Lease(run) as lease, interpreter.tuned():
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
        if error.retry and stopping.is_stopping():
            _say_why(run)
            queue.release(run)  # whoever is there afterwards tries again at once
        else:
            _fail_or_rest(run, error)
    except DatabaseError as error:
        logger.warning("Run %s: %s", run.pk, error)
        connections.close_all()
        _read_anew(run)
        _fail_or_rest(run, _of_database(error))
    except Exception as error:  # a bug must not leave a run hanging
        logger.exception("Run %s failed unexpectedly.", run.pk)
        finish(run, SyncRun.State.FAILED, error=_of_bug(error))
    finally:
        _flush(recorder)


def _read_anew(run: SyncRun) -> None:
    """Learn from the row what became of the writes that the database failed.

    Raises LeaseLost when another worker has the run, or it is gone.
    """
    fence = run.fence
    now = SyncRun.objects.filter(pk=run.pk, fence=fence).first()
    if now is None:
        raise LeaseLost
    run.__dict__.update(now.__dict__)


def _flush(recorder: calls.Recorder) -> None:
    """Write the last call lines; what the run ended with is more than they are."""
    try:
        recorder.flush()
    except DatabaseError as error:
        logger.warning("Lines of calls were not written down: %s", error)


def _end_early(run: SyncRun, ending: SyncError) -> None:
    """Do what an interrupt of the work asks for; LeaseLost is for the caller."""
    if isinstance(ending, SyncCancelled):
        finish(run, SyncRun.State.CANCELLED)
    elif isinstance(ending, Stopped):
        _say_why(run)
        _let_go(run)
    elif isinstance(ending, Parked):
        _say(run, f"Rests until {ending.until:%H:%M} UTC: {ending}")
        _let_go(run, park_until=ending.until)
    else:
        raise ending


def _say_why(run: SyncRun) -> None:
    """Name what stops the work though the worker goes on, such as a time limit."""
    if reason := stopping.reason():
        logger.warning("Run %s was let go at %s.", run.pk, reason)
        _say(run, f"Let go at {reason}; goes on at its last batch.")


def _let_go(run: SyncRun, *, park_until: datetime | None = None) -> None:
    """Give the run back, or end it when somebody has cancelled it meanwhile."""
    if not queue.release(run, park_until=park_until):
        finish(run, SyncRun.State.CANCELLED)


def _attempt(run: SyncRun, lease: Lease, recorder: calls.Recorder) -> None:
    if run.attempts > conf.current().run_attempts:
        raise SFConnectorError(
            _("The run lost its worker {count} times at the same place.").format(
                count=run.attempts - 1
            ),
            remedy=_("Look at the worker's log: it was killed or ran out of memory."),
            code="WORKER_LOST",
        )
    # The command that laid fields over the cache ended early: nobody goes on with it.
    is_left = run.mode == SyncRun.OVERLAY
    if is_left or run.cancel_requested_at is not None:
        raise SyncCancelled  # before a spent budget parks it for hours
    check_budget(run)
    with (
        orgs.client_for(run.org, purpose="sync", run=run, on_call=recorder) as client,
        _counted(run, recorder) as count,
    ):
        if run.plan.kind != SyncPlan.Kind.OBJECT:
            if run.plan.kind == SyncPlan.Kind.TASK:
                responses.perform(_job(run, lease, recorder, client))
            else:
                responses.fetch(client, run)
            count()
            finish(run, SyncRun.State.SUCCEEDED)
            return
        row = shaping.described(run.org, run.plan.sobject)
        _spell(run, row.name)
        work = Work(
            run=run,
            lease=lease,
            client=client,
            recorder=recorder,
            shape=shaping.shape_of(run.plan, row),
            calls_before=run.api_calls,
        )
        work.look_around()
        objects.fetch(work)
        _succeed(work)


@contextlib.contextmanager
def _counted(run: SyncRun, recorder: calls.Recorder) -> Iterator[Callable[[], object]]:
    """Give what writes the run's count of calls; an error writes it as well.

    Batches write it as they are committed, but a call that fails commits none.
    """
    before = run.api_calls

    def count() -> object:
        return run.write(api_calls=before + recorder.total)

    try:
        yield count
    except DatabaseError:
        raise  # what the run knows of its row may be wrong now
    except Exception:
        count()
        raise


def _job(
    run: SyncRun, lease: Lease, recorder: calls.Recorder, client: Client
) -> TaskJob:
    return TaskJob(
        run=run,
        lease=lease,
        client=client,
        recorder=recorder,
        calls_before=run.api_calls,
    )


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
        work.note_cleaned()  # what was only cleaned is a success
        finish(work.run, state)


def finish(run: SyncRun, state: str, *, error: SFConnectorError | None = None) -> None:
    """Write the end of a run and what it means for its plan; announce it.

    Raises LeaseLost when the run is no longer ours to end.
    """
    now = clock.now()
    values: dict[str, Any] = {"state": state, "finished_at": now, "phase": ""}
    if error is not None:
        values |= {
            "error_code": error.code[:80],
            "error_text": error.message,
            "remedy": remedy_of(error, checkpoints.from_json(run.checkpoint)),
        }
    tracing.note(outcome=str(state), code=error.code if error else "")
    with transactions.short(run_id=run.pk):
        if not run.write(**values, lease_owner="", lease_until=None):
            raise LeaseLost
        if run.mode != SyncRun.OVERLAY:
            _note_on_plan(run, failed=state == SyncRun.State.FAILED)
        transactions.on_commit(run.tell_end)


def _note_on_plan(run: SyncRun, *, failed: bool) -> None:
    now = clock.now()
    plan = SyncPlan.objects.select_for_update().get(pk=run.plan_id)
    plan.last_run_at = now
    if run.state in (SyncRun.State.SUCCEEDED, SyncRun.State.WARNINGS):
        orgs.answered(run.org)
        plan.last_success_at, plan.failures_in_a_row = now, 0
    elif failed:
        plan.failures_in_a_row += 1
    plan.save(update_fields=["last_run_at", "last_success_at", "failures_in_a_row"])
    if failed and plan.org.is_connected:
        _warn_or_pause(run, plan)
    if plan.full_wanted_at is not None:
        with contextlib.suppress(NotConnected):  # the org is being removed
            queue.request_run(plan, full=True)


def _warn_or_pause(run: SyncRun, plan: SyncPlan) -> None:
    failures = plan.failures_in_a_row
    if plan.schedule == SyncPlan.Schedule.MANUAL or plan.paused_at is not None:
        return
    if failures >= PAUSE_AFTER:
        plan.pause(
            _("{count} runs in a row failed. The last one: {error}").format(
                count=failures, error=run.error_text
            )
        )
    elif failures >= WARN_AFTER:
        left = PAUSE_AFTER - failures
        _say(run, f"{failures} failures in a row; after {left} more the plan pauses.")


def _rest_for_limit(run: SyncRun, error: LimitReached) -> None:
    """Park until the limit frees; a daily limit stops the whole org's background."""
    at = error.retry_at
    until = clock.by_database(at) if at else clock.now() + budget.PARK_FOR
    if until - clock.now() > timedelta(minutes=5):
        budget.exhausted(run.org, until=until)
    _say(run, f"Rests until {until:%H:%M} UTC: {error}")
    _let_go(run, park_until=until)


def _fail_or_rest(run: SyncRun, error: SFConnectorError) -> None:
    """Rest and try again what may pass, so often; fail with the remedy else."""
    silent_until = _heed_silence(run, error)
    place = checkpoints.from_json(run.checkpoint)
    place = place.stalled(_so_far(run, place))
    if not error.retry or place.stalls > MOST_STALLS:
        finish(run, SyncRun.State.FAILED, error=error)
        return
    rest = FIRST_REST * 2 ** (place.stalls - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads pauses, guards nothing
    until = clock.now() + rest
    if isinstance(error, SalesforceError) and error.retry_at:  # it may ask for more
        until = max(until, clock.by_database(error.retry_at))
    until = silent_until or until
    if not run.write(checkpoint=place.as_json()):
        raise LeaseLost
    _say(run, f"Tries again at {until:%H:%M:%S} UTC: {error}")
    _let_go(run, park_until=until)


def _so_far(run: SyncRun, place: checkpoints.Checkpoint) -> int:
    """Return a number that is another one when the run has come further.

    A task that keeps a checkpoint goes on there: rows that it counted behind that one
    are read again.
    """
    kept = run.plan.kept
    if kept is None:
        return place.rows_behind(run.fetched)
    return zlib.crc32(json.dumps(kept, sort_keys=True).encode())


def _heed_silence(run: SyncRun, error: SFConnectorError) -> datetime | None:
    """Let the org rest when it did not answer; return until when, None when it did."""
    if orgs.is_silence(error):
        return orgs.unanswered(run.org)
    if isinstance(error, SalesforceError) and error.status is not None:
        orgs.answered(run.org)
    return None


def _of_database(error: DatabaseError) -> SFConnectorError:
    made = SFConnectorError(
        _("The database refused a batch: {error}").format(error=error),
        remedy=_("Look at the database: its disk, its connections, its log."),
        code="DATABASE",
    )
    made.retry = True
    return made


def _of_bug(error: Exception) -> SFConnectorError:
    return SFConnectorError(
        _("Unexpected {error}.").format(error=type(error).__name__),
        remedy=_("This is a fault of sfconnector: report it with the worker's log."),
        code="UNEXPECTED",
    )


def _say(run: SyncRun, text: str) -> None:
    RunLogLine.objects.create(run=run, level="warning", text=text)

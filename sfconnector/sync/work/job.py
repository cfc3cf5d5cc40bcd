"""One run of a host's fetch task at work: what its function is given."""

from __future__ import annotations

import dataclasses
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError

from sfconnector import hooks, stopping, tracing, transactions
from sfconnector.calls import Recorder
from sfconnector.characters import clean_text
from sfconnector.exceptions import ConfigurationError, SFConnectorError
from sfconnector.models import Org, RunLogLine, SyncPlan, SyncRun
from sfconnector.salesforce.client import Client
from sfconnector.sync.work.interrupts import LeaseLost
from sfconnector.sync.work.lease import Lease
from sfconnector.sync.work.work import look_around
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at what speaks against going on, however many calls."""


@dataclasses.dataclass(slots=True)
class TaskJob:
    """What a fetch task is given: its org, a client, and a place to go on from."""

    run: SyncRun
    lease: Lease
    client: Client
    recorder: Recorder
    calls_before: int
    checkpoint: Any = None
    is_over: bool = False
    """The function has returned; what threads of it still ask for is refused."""
    _looked_at: float = 0.0
    _writing: threading.RLock = dataclasses.field(default_factory=threading.RLock)
    """Held by the thread that writes the run's row."""

    def __post_init__(self) -> None:
        self.checkpoint = _copy(self.run.plan.kept)
        self.client.before_call = self.look

    @property
    def org(self) -> Org:
        """Return the org that the run is for."""
        return self.run.org

    @contextmanager
    def batch(self, *, checkpoint: Any = None, fetched: int = 0) -> Iterator[None]:
        """Open a transaction in which the task writes rows and its checkpoint.

        All of it is rolled back when another worker has the run. ``fetched`` is how
        many rows it has read. Afterwards it raises what speaks against going on: a
        cancellation, a spent budget, the end of the worker.
        """
        with self._writing:
            before = dict(self.run.__dict__)
            try:
                with (
                    tracing.span("commit", rows=fetched),
                    transactions.short(run_id=self.run.pk),
                ):
                    yield
                    kept = _as_json(checkpoint)
                    self._write(kept, fetched)
            except BaseException:
                self.run.__dict__.update(before)
                raise
            if kept is not None:
                self.run.plan.kept, self.checkpoint = kept, _copy(kept)
        look_around(self.run, self.lease)
        self._looked_at = time.monotonic()

    def _write(self, checkpoint: Any, fetched: int) -> None:
        if checkpoint is not None:
            SyncPlan.objects.filter(pk=self.run.plan_id).update(kept=checkpoint)
        is_further = fetched > 0 or checkpoint not in (None, self.run.plan.kept)
        attempts = 1 if is_further else self.run.attempts
        self._write_run(fetched=self.run.fetched + fetched, attempts=attempts)

    def _write_run(self, **values: Any) -> None:
        self.recorder.flush()
        api_calls = self.calls_before + self.recorder.total
        if not self.run.write(**values, **self.lease.values(), api_calls=api_calls):
            raise LeaseLost

    def look(self) -> None:
        """Raise what speaks against going on; called before each call of the client.

        Looks once a second; what it has raised is raised again at each call, should
        the task have gone on. Any thread of the task may call.
        """
        if self.is_over:
            raise LeaseLost
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        connection = transactions.connection()
        is_lent = connection.connection is None  # by a thread that has no use for it
        try:
            self._note_calls()
            look_around(self.run, self.lease)
        finally:
            if is_lent:
                connection.close()
        self._looked_at = time.monotonic()

    def _note_calls(self) -> None:
        """Write down the calls made until now, unless that would be rolled back."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            if self.is_over:
                raise LeaseLost
            if transactions.is_open():
                self.run.api_calls = self.calls_before + self.recorder.total
            else:
                self._write_run()
        finally:
            self._writing.release()

    def end(self) -> None:
        """Leave the run's row to whoever writes how it ended."""
        with self._writing:
            self.is_over = True

    def log(self, text: str) -> None:
        """Say a sentence in the run's log."""
        line = clean_text(str(text))
        RunLogLine.objects.create(run=self.run, level="info", text=line)


def perform(job: TaskJob) -> Any:
    """Call the function of the host; return what it gives, as JSON.

    Raises ConfigurationError when the project has none of this name, what the client
    raises, and SFConnectorError (``TASK_FAILED``) for an error of the function's own.
    """
    name = job.run.plan.task
    task = hooks.task_named(name)
    if task is None:
        raise ConfigurationError(
            _("The project has no task named “{name}” now.").format(name=name),
            remedy=_("Register it with @sf_task, or delete this plan."),
            code="NO_TASK",
        )
    try:
        return _as_json(task.call(job))
    except SFConnectorError:
        raise
    except (Exception, SystemExit) as error:
        if is_ours(error):
            raise
        logger.exception("The task %s failed.", name)
        raise _failed(
            # Not its text: that is the host's, and may hold what it read.
            _("The task “{name}” raised {error}.").format(
                name=name, error=type(error).__name__
            ),
            remedy=_("Read the worker's log: it has the traceback."),
        ) from error
    finally:
        job.end()


def is_ours(error: BaseException) -> bool:
    """Tell whether what a host's function raised says nothing of the function.

    It may be a database that does not serve, or the end of this process.
    """
    if isinstance(error, DatabaseError):
        return transactions.is_down(error)
    return isinstance(error, SystemExit) and stopping.is_stopping()


def _failed(text: str, *, remedy: str) -> SFConnectorError:
    return SFConnectorError(text, remedy=remedy, code="TASK_FAILED")


def _as_json(value: Any) -> Any:
    """Return a value of the host's as JSON gives it back.

    Raises SFConnectorError for one that JSON, or a database, does not hold.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise not_kept(error) from error


def not_kept(reason: Exception) -> SFConnectorError:
    """Return what says that a value of the host's cannot be kept; log the reason."""
    logger.error("What a task returned or keeps cannot be stored.", exc_info=reason)
    return _failed(
        _("What the task returned, or its checkpoint, cannot be kept as JSON."),
        remedy=_(
            "Give dicts, lists, texts, whole and finite numbers, not too many. The "
            "worker's log says what it was."
        ),
    )


def _copy(kept: Any) -> Any:
    return json.loads(json.dumps(kept))

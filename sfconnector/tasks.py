"""Deliveries by Celery: each task loads by id, calls one verb, and that is all.

The database is the queue of record. A message is only a doorbell: losing one costs
a few seconds until the next tick, getting it twice costs one look at a row.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from types import FrameType
from typing import Any

from billiard.pool import SIG_SOFT_TIMEOUT, soft_timeout_sighandler
from celery import Task, shared_task, signals
from django.db import Error as DatabaseTrouble
from django.db import connections
from kombu.exceptions import OperationalError

from sfconnector import (
    alerts,
    celery_apps,
    conf,
    health,
    hooks,
    retention,
    stopping,
    sync,
)
from sfconnector.models import Org
from sfconnector.records import indexing

logger = logging.getLogger(__name__)

EXPIRES = 600
"""Seconds after which an unanswered doorbell is worth nothing: the tick rings again.

By the clock of whoever takes it: minutes, because clocks differ by seconds or more.
"""


class Doorbell(Task):  # type: ignore[type-arg]  # generic for mypy alone
    """A task that ends its batch when its process is asked to end.

    It is sent through the app and into the queue that the settings name, whoever sends
    it, and expires by itself: django-celery-beat's DatabaseScheduler drops the
    ``expires`` of a beat entry.
    """

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Do what the task does."""
        with stopping.heeding(self._ends()):
            return super().__call__(*args, **options)

    def _ends(self) -> dict[int, str]:
        """Return the signals that end the batch, each with what is said of it.

        A pool process is told by a signal that its soft time limit is over; Celery
        would raise an exception wherever the work is just then.
        """
        ends: dict[int, str] = {signal.SIGTERM: ""}
        number = SIG_SOFT_TIMEOUT
        if number and signal.getsignal(number) is soft_timeout_sighandler:
            ends[number] = self._limit()
        return ends

    def _limit(self) -> str:
        given: Any = self.app.conf
        asked = (self.request.timelimit or (None, None))[1]
        seconds = asked or self.soft_time_limit or given.task_soft_time_limit
        of = f"of {seconds} s" if seconds else "(--soft-time-limit)"
        return f"Celery's soft time limit {of}"

    def apply_async(  # type: ignore[override]  # the stubs spell every option out
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        """Send the task as the settings say; Celery's own options come first."""
        if conf.current().tasks_backend:
            from sfconnector import django_tasks

            return django_tasks.send(self.name, list(args or ()))
        app = celery_apps.ours()
        if self.app is not app:
            return app.tasks[self.name].apply_async(args, kwargs, **options)
        # A tick that no worker took in time is dropped: they must not pile up.
        seconds = max(conf.current().tick_seconds * 2, EXPIRES)
        told = {"expires": seconds, **celery_apps.routing(), **options}
        return super().apply_async(args, kwargs, **told)


DOORBELL: dict[str, Any] = {
    "base": Doorbell,
    "ignore_result": True,
    # The row is the queue, so a message is done with when it is heard. One that waits
    # for its acknowledgement would be put back when the broker restarts, and Celery's
    # worker dies where that fails.
    "acks_late": False,
    "reject_on_worker_lost": False,
}
"""How each task is delivered, whatever the host's own tasks need."""


@shared_task(name="sfconnector.run_plan", **DOORBELL)
def run_plan(run_id: int, **_: Any) -> None:
    """Work on a run; what else a newer or older sender says is ignored."""
    health.beat(health.WORKER, beat_name())
    sync.execute(run_id, worker=worker_name())


@shared_task(name="sfconnector.tick", **DOORBELL)
def tick(**_: Any) -> None:
    """Start due plans, ring for waiting runs, and look after house and connections."""
    health.beat(health.WORKER, beat_name())
    sync.plan_tasks()
    sync.tick()
    if retention.is_upkeep_due():
        upkeep.apply_async()
    for task, org_ids in (
        (look_round, sync.waiting_rounds()),
        (get_to_know, sync.new_orgs()),
        (remove_org, retention.waiting_removals()),
        (purge_org, retention.waiting_purges()),
    ):
        for org_id in org_ids:
            task.apply_async((org_id,))
    if health.is_care_due():
        care.apply_async()
    if hooks.is_waiting():
        deliver_changes.apply_async()


@shared_task(name="sfconnector.deliver_changes", **DOORBELL)
def deliver_changes(**_: Any) -> None:
    """Bring the host's receivers the changes that they have not taken yet."""
    hooks.deliver_due()


@shared_task(name="sfconnector.look_round", **DOORBELL)
def look_round(org_id: int, **_: Any) -> None:
    """Look at the due plans of an org together."""
    health.beat(health.WORKER, beat_name())
    sync.look_round(org_id)


@shared_task(name="sfconnector.get_to_know", **DOORBELL)
def get_to_know(org_id: int, **_: Any) -> None:
    """Read what a newly connected org has."""
    org = Org.objects.present().filter(pk=org_id).first()
    if org is not None:
        sync.get_to_know(org)


@shared_task(name="sfconnector.upkeep", **DOORBELL)
def upkeep(**_: Any) -> None:
    """Prune what is old, read describes that changed, take back what is left over."""
    retention.look_after()
    sync.discard_jobs()
    for sobject_id in indexing.waiting():
        settle_indexes.apply_async((sobject_id,))


@shared_task(name="sfconnector.care", **DOORBELL)
def care(**_: Any) -> None:
    """Keep connections alive, and tell people what needs them."""
    health.look_after_connections()
    alerts.look()


@shared_task(name="sfconnector.remove_org", **DOORBELL)
def remove_org(org_id: int, **_: Any) -> None:
    """Delete an org and what is cached of it, step by step."""
    retention.remove(org_id, should_stop=sync.is_stopping)


@shared_task(name="sfconnector.purge_org", **DOORBELL)
def purge_org(org_id: int, **_: Any) -> None:
    """Delete what is cached of an org that stays, step by step."""
    retention.purge(org_id, should_stop=sync.is_stopping)


@shared_task(name="sfconnector.settle_indexes", **DOORBELL)
def settle_indexes(sobject_id: int, **_: Any) -> None:
    """Build the indexes that people want on an object's fields, drop the others."""
    if indexing.settle(sobject_id) is not None:
        for other in indexing.waiting():  # whoever came meanwhile was sent away
            ring_indexes(other)


def ring_indexes(sobject_id: int) -> bool:
    """Send the doorbell of an object's indexes; False when there is no broker.

    Housekeeping looks after them within the hour.
    """
    try:
        settle_indexes.apply_async((sobject_id,), retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("No broker to ring for indexes: %s", type(error).__name__)
        return False
    return True


def ring(run_id: int) -> bool:
    """Send the doorbell of a run; False when the broker cannot be reached.

    The row stays queued then, and a tick rings again.
    """
    return _rung(run_plan, run_id, what="run")


def ring_new_org(org_id: int) -> bool:
    """Send the doorbell of an org that was just connected; False without a broker.

    A tick rings again for some minutes.
    """
    return _rung(get_to_know, org_id, what="org")


def ring_tick() -> bool:
    """Send the doorbell of the tick, as beat does; False without a broker."""
    return _rung(tick, what="the tick")


def _rung(task: Any, *row_ids: int, what: str) -> bool:
    try:
        task.apply_async(row_ids, retry=False)
    except (OperationalError, OSError) as error:
        kind = type(error).__name__
        logger.warning("No broker to ring for %s %s: %s", what, row_ids, kind)
        return False
    return True


def worker_name() -> str:
    """Return who works: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[-80:]


class SignsOfLife(threading.Thread):
    """Says again and again that a worker lives, also one that has nothing to do.

    In its main process, for all the processes of its pool.
    """

    def __init__(self) -> None:
        super().__init__(name="sfconnector-beat", daemon=True)
        self.worker = worker_name()
        self._done = threading.Event()

    def run(self) -> None:
        """Beat as often as the tick comes, over a connection that is not kept."""
        while not self._done.is_set():
            try:
                health.beat(health.WORKER, self.worker)
            except DatabaseTrouble as error:
                logger.warning("No sign of life could be written: %s", error)
            finally:
                connections.close_all()  # those of this thread
            self._done.wait(conf.current().tick_seconds)

    def end(self) -> None:
        """Take the name off the list: it ends as it should."""
        self._done.set()
        if self.is_alive():
            self.join(_LAST_BEAT_S)
        try:
            health.ended(self.worker)
        except DatabaseTrouble as error:
            logger.warning("The worker's end could not be written: %s", error)


_LAST_BEAT_S = 5.0
_signs: SignsOfLife | None = None


def beat_name() -> str:
    """Return the name of this process's worker: that of the main process."""
    return _signs.worker if _signs else worker_name()


def begin_signs() -> SignsOfLife:
    """Name this process as a worker, before it forks those of its pool."""
    global _signs  # noqa: PLW0603 - one per process; those of the pool inherit it
    _signs = SignsOfLife()
    return _signs


def end_signs() -> None:
    """End the signs of life of this process's worker, if there are any."""
    global _signs  # noqa: PLW0603 - as above
    if _signs is not None:
        _signs.end()
        _signs = None


@signals.worker_init.connect(weak=False)
def _on_start(**_: Any) -> None:
    sync.clear_stop()
    begin_signs()


@signals.worker_shutdown.connect(weak=False)
def _on_shutdown(**_: Any) -> None:
    end_signs()


@signals.worker_shutting_down.connect(weak=False)
def _on_shutting_down(**_: Any) -> None:
    """Let runs end after their batch: pool processes read the shared flag."""
    sync.request_stop()


@signals.worker_ready.connect(weak=False)
def _on_ready(**_: Any) -> None:
    """Show signs of life, and hear of the end before Celery does.

    With ``REMAP_SIGTERM=SIGQUIT`` Celery waits out its soft shutdown first and sends
    ``worker_shutting_down`` only then. A thread, as the embedded worker is, hears no
    signals.
    """
    if _signs is not None:
        _signs.start()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGQUIT):
            _stop_runs_first(number)


def _stop_runs_first(number: int) -> None:
    theirs = signal.getsignal(number)

    def stop(got: int, frame: FrameType | None) -> None:
        sync.request_stop()
        # Celery replaces its handlers while it shuts down: the first one does that.
        signal.signal(number, theirs)
        if callable(theirs):
            theirs(got, frame)

    if callable(theirs):
        signal.signal(number, stop)

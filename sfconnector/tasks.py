"""Deliveries by Celery: each task loads by id, calls one verb, and that is all.

The database is the queue of record. A message is only a doorbell: losing one costs
a few seconds until the next tick, getting it twice costs one look at a row.
"""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

from celery import shared_task, signals
from kombu.exceptions import OperationalError

from sfconnector import alerts, health, sync
from sfconnector.records import indexing

logger = logging.getLogger(__name__)

EXPIRES = 600
"""Seconds after which an unanswered doorbell is worth nothing: the tick rings again."""


@shared_task(name="sfconnector.run_plan", ignore_result=True)
def run_plan(run_id: int, **_: Any) -> None:
    """Work on a run; what else a newer or older sender says is ignored."""
    health.beat("worker", worker_name())
    sync.execute(run_id, worker=worker_name())


@shared_task(name="sfconnector.tick", ignore_result=True)
def tick(**_: Any) -> None:
    """Start due plans, ring for waiting runs, and look after house and connections."""
    health.beat("worker", worker_name())
    if sync.tick().upkeep_is_due:
        upkeep.apply_async(expires=EXPIRES)
    for org_id in sync.waiting_removals():
        remove_org.apply_async((org_id,), expires=EXPIRES)
    for org_id in sync.waiting_purges():
        purge_org.apply_async((org_id,), expires=EXPIRES)
    if health.is_care_due():
        care.apply_async(expires=EXPIRES)


@shared_task(name="sfconnector.upkeep", ignore_result=True)
def upkeep(**_: Any) -> None:
    """Prune what is old and read describes that changed."""
    sync.look_after()
    for sobject_id in indexing.waiting():
        settle_indexes.apply_async((sobject_id,), expires=EXPIRES)


@shared_task(name="sfconnector.care", ignore_result=True)
def care(**_: Any) -> None:
    """Keep connections alive, and tell people what needs them."""
    health.look_after_connections()
    alerts.look()


@shared_task(name="sfconnector.remove_org", ignore_result=True)
def remove_org(org_id: int, **_: Any) -> None:
    """Delete an org and what is cached of it, step by step."""
    sync.remove(org_id, should_stop=sync.is_stopping)


@shared_task(name="sfconnector.purge_org", ignore_result=True)
def purge_org(org_id: int, **_: Any) -> None:
    """Delete what is cached of an org that stays, step by step."""
    sync.purge(org_id, should_stop=sync.is_stopping)


@shared_task(name="sfconnector.settle_indexes", ignore_result=True)
def settle_indexes(sobject_id: int, **_: Any) -> None:
    """Build the indexes that people want on an object's fields, drop the others."""
    indexing.settle(sobject_id)


def ring_indexes(sobject_id: int) -> bool:
    """Send the doorbell of an object's indexes; False when there is no broker.

    Housekeeping looks after them within the hour.
    """
    try:
        settle_indexes.apply_async((sobject_id,), expires=EXPIRES, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("No broker to ring for indexes: %s", type(error).__name__)
        return False
    return True


def ring(run_id: int) -> bool:
    """Send the doorbell of a run; False when the broker cannot be reached.

    The row stays queued then, and a tick rings again.
    """
    try:
        run_plan.apply_async((run_id,), expires=EXPIRES, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("No broker to ring for run %s: %s", run_id, type(error).__name__)
        return False
    return True


def worker_name() -> str:
    """Return who works: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[-80:]


@signals.worker_init.connect(weak=False)
def _on_start(**_: Any) -> None:
    sync.clear_stop()


@signals.worker_shutting_down.connect(weak=False)
def _on_shutting_down(**_: Any) -> None:
    """Let runs end after their batch: pool processes read the shared flag."""
    sync.request_stop()

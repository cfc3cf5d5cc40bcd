"""Removing an org with everything cached of it, in small steps that may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from sfconnector import audit, orgs, records, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import (
    ApiCall,
    CachedResponse,
    Org,
    Round,
    RunLogLine,
    SchemaChange,
    SField,
    SObject,
    SyncRun,
)
from sfconnector.retention import chores
from sfconnector.retention.fencing import end_at_once
from sfconnector.retention.protection import REMOVED, refuse_protected
from sfconnector.retention.steps import Step, in_steps

CHORE = "removal"


@transactions.again
def request_removal(
    org: Org,
    *,
    by: Actor = NOBODY,
) -> orgs.Disconnected:
    """Hide an org at once, disconnect it and leave its removal to a worker.

    Its runs end in the transaction that hides it. In this order a log-in that comes
    back meanwhile either finds the org hidden, or is forgotten with what was before.
    Raises ConfigurationError where rows of the host protect what goes.
    """
    refuse_protected(org, REMOVED)
    now = timezone.now()
    with transactions.short():
        Org.objects.filter(pk=org.pk).update(deletion_requested_at=now)
        end_at_once(SyncRun.objects.filter(org=org))
    org.deletion_requested_at = now
    ended = orgs.disconnect(org, by=by)
    audit.append("org.remove", by=by, org=org)
    return ended


def waiting_removals(now: datetime | None = None) -> list[int]:
    """Return the ids of the orgs to be removed that no worker is at."""
    wanted = Org.objects.exclude(deletion_requested_at=None)
    return chores.unclaimed(CHORE, wanted.values_list("pk", flat=True), now=now)


def remove(org_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Delete what is cached of an org, then the org; tell whether that is done.

    Does nothing for an org that nobody asked to remove, or that another worker is
    removing. Stopped half-way, it is simply called again.
    """
    org = Org.objects.exclude(deletion_requested_at=None).filter(pk=org_id).first()
    if org is None or (claim := chores.take(CHORE, org_id)) is None:
        return False
    step = partial(chores.step, claim)
    try:
        if not records.indexing.forget(org):
            return False
        for deleted in _steps(org, should_stop, step):
            if should_stop() and deleted:
                break
        if should_stop():
            return False
        with step():
            org.delete()
    except chores.Overtaken:
        return False
    finally:
        claim.release()
    audit.append("org.removed", org=org)
    return True


def _steps(org: Org, should_stop: Callable[[], bool], step: Step) -> Iterator[int]:
    """Yield after each step how many rows it deleted."""
    children: tuple[QuerySet[Any], ...] = (
        ApiCall.objects.filter(org=org),
        Round.objects.filter(org=org),
        RunLogLine.objects.filter(run__org=org),
        CachedResponse.objects.filter(plan__org=org),
        SyncRun.objects.filter(org=org),
    )
    for rows in children:
        yield from in_steps(rows, should_stop, step=step)
    # Without their run's row no worker can commit another batch.
    yield records.purge(org, should_stop=should_stop, step=step)
    children = (
        SchemaChange.objects.filter(sobject__org=org),
        SField.objects.filter(sobject__org=org),
        SObject.objects.filter(org=org),
    )
    for rows in children:
        yield from in_steps(rows, should_stop, step=step)

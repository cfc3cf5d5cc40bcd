"""Purging what is cached of an org that stays: asked for at once, done by a worker."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from django.utils import timezone

from sfconnector import audit, records, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import CachedResponse, Org, SyncRun
from sfconnector.models.runs import SyncRunQuerySet
from sfconnector.retention import chores
from sfconnector.retention.fencing import end_at_once
from sfconnector.retention.protection import refuse_protected
from sfconnector.retention.steps import Step, in_steps

CHORE = "purge"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a worker deleted; true when nothing is left."""

    records: int
    answers: int
    done: bool

    def __bool__(self) -> bool:
        return self.done


@transactions.again
def request_purge(
    org: Org,
    *,
    objects: Collection[str] | None = None,
    by: Actor = NOBODY,
) -> None:
    """Ask for an org's cached records, their history and its answers to be deleted.

    With ``objects`` only for theirs, and no answers. The org stays, and so do its
    plans, runs, call lines and the audit trail. Active runs end at once, in the
    transaction that asks, and none starts before a worker is done. Raises
    ConfigurationError where rows of the host protect what goes.
    """
    refuse_protected(org)
    with transactions.short():
        row = Org.objects.locked().get(pk=org.pk)
        wanted = _together(row, objects)
        row.purge_requested_at, row.purge_objects = timezone.now(), wanted
        row.save(update_fields=["purge_requested_at", "purge_objects"])
        end_at_once(_runs(row))
    org.purge_requested_at, org.purge_objects = row.purge_requested_at, wanted
    audit.append("org.purge", by=by, org=org, detail={"objects": wanted})


def _together(row: Org, objects: Collection[str] | None) -> list[str] | None:
    """Join what is asked for now with what waits to be purged already."""
    if row.purge_requested_at is None:
        return None if objects is None else sorted(objects)
    if objects is None or row.purge_objects is None:
        return None
    return sorted({*objects, *row.purge_objects})


def _runs(org: Org) -> SyncRunQuerySet:
    runs = SyncRun.objects.filter(org=org)
    if org.purge_objects is None:
        return runs
    return runs.filter(plan__sobject__in=org.purge_objects)


def waiting_purges(now: datetime | None = None) -> list[int]:
    """Return the ids of the orgs to be purged that no worker is at."""
    wanted = Org.objects.present().exclude(purge_requested_at=None)
    return chores.unclaimed(CHORE, wanted.values_list("pk", flat=True), now=now)


def purge(
    org_id: int, *, should_stop: Callable[[], bool] = lambda: False
) -> Purged | None:
    """Delete what is cached of an org in small steps; None when there is nothing to do.

    That is for an org that nobody asked to purge, or that another worker is purging.
    Stopped half-way, it is simply called again.
    """
    wanted = Org.objects.present().exclude(purge_requested_at=None)
    org = wanted.filter(pk=org_id).first()
    if org is None or (claim := chores.take(CHORE, org_id)) is None:
        return None
    try:
        purged = _purge(org, should_stop, partial(chores.step, claim))
    except chores.Overtaken:
        return None
    finally:
        claim.release()
    audit.append("records.purged", org=org, detail=dataclasses.asdict(purged))
    return purged


def _purge(org: Org, should_stop: Callable[[], bool], step: Step) -> Purged:
    with step():
        # An older version asked, and left those that had begun to end by themselves.
        end_at_once(_runs(org).exclude(state=SyncRun.State.QUEUED))
    records_gone = records.purge(
        org, sobjects=org.purge_objects, should_stop=should_stop, step=step
    )
    answers = CachedResponse.objects.filter(plan__org=org)
    if org.purge_objects is not None:
        answers = answers.none()
    answers_gone = sum(in_steps(answers, should_stop, step=step))
    is_done = not should_stop()
    if is_done:
        with step():
            # Somebody may have asked again, for more; that is then still to be done.
            same = Org.objects.filter(
                pk=org.pk, purge_requested_at=org.purge_requested_at
            )
            is_done = bool(same.update(purge_requested_at=None, purge_objects=None))
            # Whoever was rung for meanwhile found no place; the next tick rings again.
            SyncRun.objects.filter(org=org, state=SyncRun.State.QUEUED).update(
                rung_at=None
            )
    return Purged(records=records_gone, answers=answers_gone, done=is_done)

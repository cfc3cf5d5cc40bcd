"""Removing an org with everything cached of it, in small steps that may be repeated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from sfconnector import audit, orgs, records, transactions
from sfconnector.models import (
    ApiCall,
    CachedResponse,
    FieldChange,
    Org,
    RunLogLine,
    SavedCall,
    SchemaChange,
    SField,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.records import indexing
from sfconnector.sync import chores

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

STEP = 2_000
"""Rows of one DELETE, so that nothing waits for long."""
CHORE = "removal"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What is stored of an org."""

    records: int
    history: int
    answers: int
    plans: int
    runs: int
    calls: int
    saved_calls: int


def belongings(org: Org) -> Belongings:
    """Count what a removal deletes, a purge only in part; records by their counters."""
    counters = SObject.objects.filter(org=org).values_list("total_count", flat=True)
    return Belongings(
        records=sum(counters.filter(total_count__gt=0)),
        history=FieldChange.objects.filter(org=org).count(),
        answers=CachedResponse.objects.filter(plan__org=org).count(),
        plans=SyncPlan.objects.filter(org=org).count(),
        runs=SyncRun.objects.filter(org=org).count(),
        calls=ApiCall.objects.filter(org=org).count(),
        saved_calls=SavedCall.objects.filter(org=org).count(),
    )


def request_removal(
    org: Org,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    client_address: str | None = None,
) -> orgs.Disconnected:
    """Disconnect an org, hide it at once and leave its removal to a worker."""
    ended = orgs.disconnect(org, user=user, client_address=client_address)
    for run in SyncRun.objects.active().filter(org=org):
        run.request_cancel()
    now = timezone.now()
    Org.objects.filter(pk=org.pk).update(deletion_requested_at=now)
    org.deletion_requested_at = now
    audit.append("org.remove", user=user, org=org, client_address=client_address)
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
    if org is None or not chores.claim(CHORE, org_id):
        return False
    should_stop = chores.alive(CHORE, org_id, should_stop)
    for deleted in _steps(org, should_stop):
        if should_stop() and deleted:
            break
    if should_stop():
        chores.release(CHORE, org_id)
        return False
    org.delete()
    chores.release(CHORE, org_id)
    audit.append("org.removed", org=org)
    return True


def delete_plan(plan: SyncPlan) -> None:
    """Delete a plan with its runs and answers in small steps; its records stay."""
    for run in plan.runs.active():
        run.request_cancel()
    never = bool
    children: tuple[QuerySet[Any], ...] = (
        RunLogLine.objects.filter(run__plan=plan),
        CachedResponse.objects.filter(plan=plan),
        SyncRun.objects.filter(plan=plan),
    )
    for rows in children:
        for _deleted in in_steps(rows, never):
            pass
    plan.delete()


def _steps(org: Org, should_stop: Callable[[], bool]) -> Iterator[int]:
    """Yield after each step how many rows it deleted."""
    indexing.forget(org)
    children: tuple[QuerySet[Any], ...] = (
        ApiCall.objects.filter(org=org),
        RunLogLine.objects.filter(run__org=org),
        CachedResponse.objects.filter(plan__org=org),
        SyncRun.objects.filter(org=org),
    )
    for rows in children:
        yield from in_steps(rows, should_stop)
    # Without their run's row no worker can commit another batch.
    yield records.purge(org, should_stop=should_stop)
    children = (
        SchemaChange.objects.filter(sobject__org=org),
        SField.objects.filter(sobject__org=org),
        SObject.objects.filter(org=org),
    )
    for rows in children:
        yield from in_steps(rows, should_stop)


def in_steps(rows: QuerySet[Any], should_stop: Callable[[], bool]) -> Iterator[int]:
    """Delete rows some at a time; yield after each step how many it deleted."""
    model = rows.model
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
        if should_stop():
            return
        some = model._default_manager.filter(pk__in=ids)  # noqa: SLF001 - documented by Django
        with transactions.short():
            if model is SyncRun:  # before their children, as workers lock them
                list(some.select_for_update().order_by("pk").values_list("pk"))
            deleted = some.delete()[0]
        yield deleted

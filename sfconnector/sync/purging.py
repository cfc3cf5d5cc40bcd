"""Purging what is cached of an org that stays: asked for at once, done by a worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from sfconnector import audit, records
from sfconnector.models import CachedResponse, Org, SyncRun
from sfconnector.sync import chores
from sfconnector.sync.removing import in_steps

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

CHORE = "purge"


def request_purge(
    org: Org,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    client_address: str | None = None,
) -> None:
    """Ask for an org's cached records, their history and its answers to be deleted.

    The org stays, and so do its plans, runs, call lines and the audit trail. Runs
    that wait are cancelled, working ones stop after their batch; the worker begins
    when none is left, and no run starts before it is done.
    """
    now = timezone.now()
    Org.objects.filter(pk=org.pk).update(purge_requested_at=now)
    org.purge_requested_at = now
    for run in SyncRun.objects.active().filter(org=org):
        run.request_cancel()
    audit.append("org.purge", user=user, org=org, client_address=client_address)


def waiting_purges(now: datetime | None = None) -> list[int]:
    """Return the ids of the orgs to be purged that no worker is at."""
    wanted = Org.objects.present().exclude(purge_requested_at=None)
    return chores.unclaimed(CHORE, wanted.values_list("pk", flat=True), now=now)


def purge(org_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Delete what is cached of an org in small steps; tell whether that is done.

    Does nothing for an org that nobody asked to purge, that a run still writes to, or
    that another worker is purging. Stopped half-way, it is simply called again.
    """
    wanted = Org.objects.present().exclude(purge_requested_at=None)
    org = wanted.filter(pk=org_id).first()
    if org is None or _is_written_to(org) or not chores.claim(CHORE, org_id):
        return False
    should_stop = chores.alive(CHORE, org_id, should_stop)
    answers = CachedResponse.objects.filter(plan__org=org)
    detail = {
        "records": records.purge(org, should_stop=should_stop),
        "answers": sum(in_steps(answers, should_stop)),
    }
    is_done = not should_stop()
    if is_done:
        Org.objects.filter(pk=org_id).update(purge_requested_at=None)
    chores.release(CHORE, org_id)
    audit.append("records.purged", org=org, detail={**detail, "done": is_done})
    return is_done


def _is_written_to(org: Org) -> bool:
    working = SyncRun.objects.filter(org=org, state=SyncRun.State.RUNNING)
    return working.filter(lease_until__gte=timezone.now()).exists()

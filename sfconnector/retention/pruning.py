"""Housekeeping once an hour: what is old goes, what changed in the orgs is read."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from sfconnector import audit, calls, catalog, conf, explorer, records
from sfconnector.models import (
    Claim,
    Heartbeat,
    Invitation,
    OAuthFlow,
    Round,
    SyncPlan,
    SyncRun,
)

EVERY = timedelta(hours=1)
NAME = "upkeep"
PRUNE_STEP = 1_000
RUN_STEP = 250
"""Fewer: with a run go its log, and what its calls and answers say of it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one round of housekeeping did."""

    calls: int
    runs: int
    flows: int
    history: int
    explorer: int
    audit: int
    orgs_described: int
    orgs_counted: int


def is_upkeep_due(now: datetime | None = None) -> bool:
    """Claim the next round of the hour; True for exactly one of those who ask."""
    return Claim.objects.take(NAME, every=EVERY, now=now) is not None


def next_round() -> datetime | None:
    """Tell when the next round is due; None when there was none yet."""
    last = Claim.objects.last_taken(NAME)
    return last + EVERY if last else None


def look_after(now: datetime | None = None) -> Upkeep:
    """Prune calls, runs, flows and histories; read old describes and counts anew."""
    now = now or timezone.now()
    prune_beats(now)
    prune_rounds(now)
    return Upkeep(
        calls=calls.prune(now),
        runs=prune_runs(now),
        flows=prune_flows(now),
        history=prune_history(now),
        explorer=explorer.prune(now),
        audit=audit.prune(now),
        orgs_described=catalog.refresh_planned(now),
        orgs_counted=catalog.count_planned(now),
    )


def prune_runs(now: datetime) -> int:
    """Delete finished runs older than ``runs_kept_days``; return how many."""
    horizon = now - timedelta(days=conf.current().runs_kept_days)
    over = ~Q(state__in=SyncRun.ACTIVE)
    old = SyncRun.objects.filter(over, finished_at__lt=horizon).order_by("finished_at")
    deleted = 0
    while ids := list(old.unheld().values_list("pk", flat=True)[:RUN_STEP]):
        SyncRun.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return deleted


def prune_rounds(now: datetime) -> int:
    """Delete rounds older than ``calls_kept_days``, like the lines of their calls."""
    horizon = now - timedelta(days=conf.current().calls_kept_days)
    old = Round.objects.filter(at__lt=horizon).order_by("at")  # as its index is
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:PRUNE_STEP]):
        deleted += Round.objects.filter(pk__in=ids).delete()[0]
    return deleted


def prune_beats(now: datetime) -> int:
    """Delete the signs of life of workers that ended long ago; return how many."""
    old = Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=7))
    return old.delete()[0]


def prune_flows(now: datetime) -> int:
    """Delete OAuth flows older than ``flows_kept_days``; return how many.

    One that nobody came back from keeps no verifier either.
    """
    OAuthFlow.objects.filter(expires_at__lt=now).exclude(verifier_enc="").update(
        verifier_enc=""
    )
    Invitation.objects.filter(expires_at__lt=now - timedelta(days=90)).unheld().delete()
    horizon = now - timedelta(days=conf.current().flows_kept_days)
    return OAuthFlow.objects.filter(expires_at__lt=horizon).unheld().delete()[0]


def prune_history(now: datetime) -> int:
    """Delete field changes that their plan no longer keeps; return how many."""
    plans = SyncPlan.objects.filter(kind=SyncPlan.Kind.OBJECT, history_days__gt=0)
    return sum(
        records.prune_history(
            plan.org, sobject=plan.sobject, days=plan.history_days, now=now
        )
        for plan in plans.select_related("org")
    )

"""Housekeeping once an hour: what is old goes, what changed in the orgs is read."""

from __future__ import annotations

import dataclasses
import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from sfconnector import calls, catalog, conf, explorer
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Heartbeat, OAuthFlow, Org, SyncPlan, SyncRun
from sfconnector.records import history

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
NAME = "upkeep"
DESCRIBES_AGE = timedelta(hours=20)
PRUNE_STEP = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one round of housekeeping did."""

    calls: int
    runs: int
    flows: int
    history: int
    explorer: int
    orgs_described: int


def is_due(now: datetime) -> bool:
    """Claim the next round; True for exactly one of those who ask."""
    beat, created = Heartbeat.objects.get_or_create(
        name=NAME, defaults={"kind": NAME, "seen_at": now}
    )
    if created:
        return True
    old = Heartbeat.objects.filter(pk=beat.pk, seen_at__lt=now - EVERY)
    return bool(old.update(seen_at=now))


def next_round() -> datetime | None:
    """Tell when the next round is due; None when there was none yet."""
    beat = Heartbeat.objects.filter(name=NAME).first()
    return beat.seen_at + EVERY if beat else None


def look_after(now: datetime | None = None) -> Upkeep:
    """Prune calls, runs, flows and histories; read describes that may have changed."""
    now = now or timezone.now()
    prune_beats(now)
    return Upkeep(
        calls=calls.prune(now),
        runs=prune_runs(now),
        flows=prune_flows(now),
        history=prune_history(now),
        explorer=explorer.prune(now),
        orgs_described=refresh_describes(now),
    )


def prune_runs(now: datetime) -> int:
    """Delete finished runs older than ``runs_kept_days``; return how many."""
    horizon = now - timedelta(days=conf.current().runs_kept_days)
    over = ~Q(state__in=SyncRun.ACTIVE)
    old = SyncRun.objects.filter(over, finished_at__lt=horizon).order_by("pk")
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:PRUNE_STEP]):
        SyncRun.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return deleted


def prune_beats(now: datetime) -> int:
    """Delete the signs of life of workers that ended long ago; return how many."""
    old = Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=7))
    return old.delete()[0]


def prune_flows(now: datetime) -> int:
    """Delete OAuth flows older than ``flows_kept_days``; return how many."""
    horizon = now - timedelta(days=conf.current().flows_kept_days)
    return OAuthFlow.objects.filter(expires_at__lt=horizon).delete()[0]


def prune_history(now: datetime) -> int:
    """Delete field changes that their plan no longer keeps; return how many."""
    plans = SyncPlan.objects.filter(kind=SyncPlan.Kind.OBJECT, history_days__gt=0)
    return sum(
        history.prune(plan.org, sobject=plan.sobject, days=plan.history_days, now=now)
        for plan in plans.select_related("org")
    )


def refresh_describes(now: datetime) -> int:
    """Read the describes of planned objects that are old; return how many orgs."""
    refreshed = 0
    for org in Org.objects.connected():
        names = org.plans.filter(kind=SyncPlan.Kind.OBJECT).values("sobject")
        old = org.sobjects.filter(
            name__in=names, described_at__lt=now - DESCRIBES_AGE
        ).values_list("name", flat=True)
        if not old:
            continue
        try:
            catalog.refresh(org, names=list(old))
            refreshed += 1
        except SFConnectorError as error:
            logger.warning("Describes of %s were not refreshed: %s", org.alias, error)
    return refreshed

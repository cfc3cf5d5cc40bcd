"""Bulk jobs of runs that ended while no worker was at them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from django.utils import timezone

from sfconnector import orgs
from sfconnector.models import Org, SyncRun
from sfconnector.sync.walks import bulk
from sfconnector.sync.work import checkpoints
from sfconnector.sync.work.checkpoints import BulkJob

KEPT_FOR = timedelta(days=7)
"""Salesforce deletes what is older by itself."""
ENDED = (SyncRun.State.CANCELLED, SyncRun.State.FAILED)


def discard_jobs() -> int:
    """Take back the jobs that nobody waits for any more; return how many.

    A run that rested may be cancelled, or ended by a purge: its job would go on, and
    count among those that the org allows.
    """
    over = SyncRun.objects.filter(
        state__in=ENDED,
        finished_at__gt=timezone.now() - KEPT_FOR,
        mode="bulk",
        org__status=Org.Status.CONNECTED,
    )
    return sum(_discard(run) for run in over.select_related("org"))


def _discard(run: SyncRun) -> bool:
    place = checkpoints.from_json(run.checkpoint)
    if not isinstance(place, BulkJob) or not place.job:
        return False
    with orgs.client_for(run.org, purpose="sync", run=run) as client:
        if not bulk.discard(client, place):
            return False
    left = dataclasses.replace(place, job="").as_json()
    return bool(SyncRun.objects.filter(pk=run.pk).update(checkpoint=left))

"""Doorbells for runs that wait: each org in turn, no more than it has places for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import zip_longest

from django.db.models import Count, F, Q

from sfconnector import clock, conf, signals
from sfconnector.models import Org, SyncRun

RING_AGAIN = timedelta(seconds=60)
"""A doorbell that nobody answered for so long is rung again."""
AT_ONCE = timedelta(seconds=1)
"""A run that is asked for is rung for at the same moment; a worker answers at once."""
RINGS_PER_TICK = 500
"""A message takes the broker about a millisecond. Who ends a run rings for the next."""


def ring_waiting(now: datetime) -> int:
    """Ring for runs that were never rung for, or in vain; return for how many."""
    return _ring(now, Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN))


def ring_unheard() -> int:
    """Ring again for runs whose first bell nobody answered; return for how many.

    For a worker that no message of other processes reaches: it waits for no tick.
    """
    now = clock.now()
    is_first = Q(rung_at__lt=F("queued_at") + AT_ONCE)
    return _ring(now, is_first & Q(rung_at__lt=now - AT_ONCE))


def _ring(now: datetime, quiet: Q) -> int:
    waiting: dict[int, list[int]] = {}
    rows = SyncRun.objects.claimable(now).filter(
        quiet, org__deletion_requested_at=None, org__purge_requested_at=None
    )
    for run_id, org_id in rows.order_by("queued_at", "pk").values_list("pk", "org_id"):
        waiting.setdefault(org_id, []).append(run_id)
    if not waiting:
        return 0
    places = _places(now)
    queues = [ids[: places(org_id)] for org_id, ids in waiting.items()]
    turns = [run_id for turn in zip_longest(*queues) for run_id in turn if run_id]
    rung = turns[:RINGS_PER_TICK]
    SyncRun.objects.filter(pk__in=rung).update(rung_at=now)
    for run_id in rung:
        signals.run_queued.send_robust(SyncRun, run_id=run_id)
    return len(rung)


def _places(now: datetime) -> Callable[[int], int]:
    """Return what tells how many more runs of an org may be worked on.

    One that did not answer has a single place, and none while it rests.
    """
    working = SyncRun.objects.filter(
        state=SyncRun.State.RUNNING, lease_until__gte=now
    ).order_by()
    busy = Counter(dict(working.values_list("org").annotate(Count("pk"))))
    silent = Org.objects.filter(silences__gt=0)
    resting = dict(silent.values_list("pk", "resting_until"))
    usual = conf.current().runs_per_org

    def places(org_id: int) -> int:
        if org_id not in resting:
            return max(usual - busy[org_id], 0)
        until = resting[org_id]
        return 0 if until and until > now else max(1 - busy[org_id], 0)

    return places

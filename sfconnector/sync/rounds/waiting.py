"""Which orgs a round is due for, and who looks: one worker per org at a time.

A plan that is due stays so until a round has looked at it: that is the queue.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from sfconnector import clock, conf, transactions
from sfconnector.models import Org, SyncPlan
from sfconnector.models.orgs import OrgQuerySet
from sfconnector.sync import choosing

RING_AGAIN = timedelta(seconds=60)
"""A doorbell that nobody answered for so long is rung again."""
LEASE = timedelta(minutes=2)
"""Another worker may look when one is silent for so long; only one's look counts."""
ROUNDS_PER_TICK = 500


def waiting_rounds(now: datetime | None = None) -> list[int]:
    """Return the orgs, by id, that a round shall look at now; note that they are rung.

    Those that answered come before those that did not: of these each may hold a worker
    until its time is out. Then come those that were rung for longest ago.
    """
    if not conf.current().rounds:
        return []
    now = now or clock.now()
    due = SyncPlan.objects.due(now).filter(choosing.for_rounds())
    unheard = Q(round_rung_at=None) | Q(round_rung_at__lt=now - RING_AGAIN)
    orgs = _callable(now).filter(unheard, pk__in=due.order_by().values("org"))
    ids = list(
        orgs.order_by("silences", "round_rung_at", "pk").values_list("pk", flat=True)
    )
    ids = ids[:ROUNDS_PER_TICK]
    Org.objects.filter(pk__in=ids).update(round_rung_at=now)
    return ids


def take(org_id: int) -> Org | None:
    """Take an org's round; None when somebody has it, or it is not to be called."""
    transactions.read_clock()
    now = clock.now()
    until = now + LEASE
    if not _callable(now).filter(pk=org_id).update(round_until=until):
        return None
    return Org.objects.get(pk=org_id)


def renew(org: Org) -> bool:
    """Keep a round; False when another worker has it, as far as is known.

    What is stored is stored by whoever has it then. So the row is written to only when
    half of the time is over.
    """
    now = clock.now()
    if org.round_until is not None and org.round_until - now > LEASE / 2:
        return True
    until = now + LEASE
    mine = Org.objects.filter(pk=org.pk, round_until=org.round_until)
    if not mine.update(round_until=until):
        return False
    org.round_until = until
    return True


def give_back(org: Org) -> None:
    """Let the next round of an org begin."""
    mine = Org.objects.filter(pk=org.pk, round_until=org.round_until)
    mine.update(round_until=None, round_rung_at=None)


def _callable(now: datetime) -> OrgQuerySet:
    return Org.objects.filter(
        Q(round_until=None) | Q(round_until__lt=now),
        Q(resting_until=None) | Q(resting_until__lte=now),
        Q(rounds_refused_until=None) | Q(rounds_refused_until__lte=now),
        status=Org.Status.CONNECTED,
        deletion_requested_at=None,
        purge_requested_at=None,
    )

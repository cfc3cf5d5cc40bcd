"""Long deletions of an org: one worker at a time, taken up again when it died."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from sfconnector.models import Heartbeat

CLAIM = timedelta(minutes=5)
"""A worker that is silent for so long has died; another goes on."""


def unclaimed(
    chore: str, wanted: Iterable[int], *, now: datetime | None = None
) -> list[int]:
    """Return which of some orgs, by id, no worker is at."""
    now = now or timezone.now()
    claimed = Heartbeat.objects.filter(kind=chore, seen_at__gt=now - CLAIM)
    names = set(claimed.values_list("name", flat=True))
    return [pk for pk in wanted if _name(chore, pk) not in names]


def claim(chore: str, org_id: int) -> bool:
    """Take a chore by one conditional UPDATE; False when another worker has it."""
    now = timezone.now()
    beat, created = Heartbeat.objects.get_or_create(
        name=_name(chore, org_id), defaults={"kind": chore, "seen_at": now}
    )
    if created:
        return True
    silent = Heartbeat.objects.filter(pk=beat.pk, seen_at__lt=now - CLAIM)
    return bool(silent.update(seen_at=now))


def alive(
    chore: str, org_id: int, should_stop: Callable[[], bool]
) -> Callable[[], bool]:
    """Wrap a question that is asked before each step, so that asking is a beat."""

    def ask() -> bool:
        rows = Heartbeat.objects.filter(name=_name(chore, org_id))
        rows.update(seen_at=timezone.now())
        return should_stop()

    return ask


def release(chore: str, org_id: int) -> None:
    """Give a chore back: it is done, or somebody else is to go on."""
    Heartbeat.objects.filter(name=_name(chore, org_id)).delete()


def _name(chore: str, org_id: int) -> str:
    return f"{chore} {org_id}"

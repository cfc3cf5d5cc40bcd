"""Signs of life: of this process, of the workers, of the tick."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from sfconnector import conf, crypto
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Heartbeat, SyncRun

WORKER = "worker"
TICK = "tick"
WORKER_SILENT_AFTER = timedelta(minutes=2)
_LONGEST_NAME = 120


def beat(kind: str, name: str, *, detail: dict[str, Any] | None = None) -> None:
    """Write down that a worker or the tick is alive now."""
    name = name[:_LONGEST_NAME]
    seen = {"kind": kind, "seen_at": timezone.now(), "detail": detail or {}}
    # Not update_or_create: two first beats at once would lock each other out on
    # MariaDB, whose SELECT ... FOR UPDATE locks the place of a missing row as well.
    if not Heartbeat.objects.filter(name=name).update(**seen):
        Heartbeat.objects.get_or_create(name=name, defaults=seen)


def last_beat(kind: str) -> datetime | None:
    """Tell when a worker, or the tick, was last alive; None when never."""
    rows = Heartbeat.objects.filter(kind=kind).order_by("-seen_at")
    return rows.values_list("seen_at", flat=True).first()


def silent_after(kind: str) -> timedelta:
    """Tell for how long a worker, or the tick, may be silent."""
    if kind == WORKER:
        return WORKER_SILENT_AFTER
    return timedelta(seconds=3 * conf.current().tick_seconds + 30)


def live() -> dict[str, Any]:
    """Say that this process answers, and how long the oldest queued run has waited.

    It is never an error here that the database is away: see ``ready``.
    """
    try:
        waited = _oldest_queued_seconds()
    except DatabaseError:
        waited = None
    return {"live": True, "oldest_queued_seconds": waited}


def ready() -> dict[str, Any]:
    """Say whether work can be done: database, key, worker and tick, each with why."""
    checks = {"database": _database(), "encryption_key": _key()}
    if checks["database"] == "ok":
        checks |= {kind: _alive(kind) for kind in (WORKER, TICK)}
    return {"ready": all(one == "ok" for one in checks.values()), "checks": checks}


def _oldest_queued_seconds() -> float | None:
    queued = SyncRun.objects.filter(state=SyncRun.State.QUEUED).order_by("queued_at")
    oldest = queued.values_list("queued_at", flat=True).first()
    return round((timezone.now() - oldest).total_seconds(), 1) if oldest else None


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return "ok"


def _key() -> str:
    try:
        crypto.ring()
    except SFConnectorError as error:
        return str(error)
    return "ok"


def _alive(kind: str) -> str:
    seen = last_beat(kind)
    if seen is None:
        return "never seen"
    silent = timezone.now() - seen
    if silent > silent_after(kind):
        return f"silent for {int(silent.total_seconds())} seconds"
    return "ok"

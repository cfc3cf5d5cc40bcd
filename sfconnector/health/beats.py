"""Signs of life: of this process, of the workers, of the tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError

from sfconnector import clock, conf, keys, tokens, transactions
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Heartbeat, SyncRun

WORKER = "worker"
TICK = "tick"
WORKER_SILENT_AFTER = timedelta(minutes=2)
SHOWN_FOR = timedelta(days=1)
"""How long a worker that fell silent is called by its name."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """Which workers of this deployment live, by name, and which fell silent lately."""

    alive: list[str]
    silent: list[str]
    expected: int
    """``EXPECTED_WORKERS``, at least one."""

    @property
    def missing(self) -> int:
        """Tell how many are too few."""
        return max(self.expected - len(self.alive), 0)

    def __str__(self) -> str:
        if not self.missing:
            return f"{len(self.alive)} alive"
        silent = f"; silent: {', '.join(self.silent)}" if self.silent else ""
        return f"{len(self.alive)} of {self.expected} alive{silent}"


def beat(kind: str, name: str) -> None:
    """Write down that a worker or the tick is alive now, by the database's clock."""
    name = name[:_LONGEST_NAME]
    transactions.read_clock()
    detail = {
        "deployment": tokens.fingerprint(),
        "ahead": clock.ahead().total_seconds(),
    }
    seen = {"kind": kind, "seen_at": clock.now(), "detail": detail}
    # Not update_or_create: two first beats at once would lock each other out on
    # MariaDB, whose SELECT ... FOR UPDATE locks the place of a missing row as well.
    if not Heartbeat.objects.filter(name=name).update(**seen):
        Heartbeat.objects.get_or_create(name=name, defaults=seen)


def ended(name: str) -> None:
    """Forget a worker that ended as it should; one that was killed stays for a day."""
    Heartbeat.objects.filter(name=name[:_LONGEST_NAME], kind=WORKER).delete()


def beats_of(kind: str) -> list[Heartbeat]:
    """List the signs of life of this deployment, the latest first.

    Those that came with a copied database are another one's. One that names none was
    written by a version before.
    """
    ours = (None, tokens.fingerprint())
    rows = Heartbeat.objects.filter(kind=kind).order_by("-seen_at")
    return [row for row in rows if row.detail.get("deployment") in ours]


def last_beat(kind: str) -> datetime | None:
    """Tell when a worker, or the tick, was last alive; None when never."""
    rows = beats_of(kind)
    return rows[0].seen_at if rows else None


def workers() -> Alive:
    """Count the workers that live, beside as many as are expected."""
    now = clock.now()
    rows = [row for row in beats_of(WORKER) if row.seen_at > now - SHOWN_FOR]
    horizon = now - silent_after(WORKER)
    return Alive(
        alive=[row.name for row in rows if row.seen_at >= horizon],
        silent=[row.name for row in rows if row.seen_at < horizon],
        expected=max(conf.current().expected_workers, 1),
    )


def silent_after(kind: str) -> timedelta:
    """Tell for how long a worker, or the tick, may be silent."""
    if kind == WORKER:
        return WORKER_SILENT_AFTER
    return timedelta(seconds=3 * conf.current().tick_seconds + 30)


def live() -> dict[str, Any]:
    """Say that this process answers, and nothing more: anybody may ask.

    It is never an error here that the database is away: see ``ready``.
    """
    return {"live": True}


def ready() -> dict[str, Any]:
    """Say whether work can be done: database, key, worker and tick, each with why.

    ``oldest_queued_seconds`` is how long the run has waited that waits longest, and
    ``workers`` how many of the expected ones live: some are enough to be ready.
    """
    checks = {"database": _database(), "encryption_key": _key()}
    waited = counted = None
    if checks["database"] == "ok":
        checks |= {kind: _alive(kind) for kind in (WORKER, TICK)}
        waited, counted = _oldest_queued_seconds(), str(workers())
    return {
        "ready": all(one == "ok" for one in checks.values()),
        "checks": checks,
        "oldest_queued_seconds": waited,
        "workers": counted,
    }


def _oldest_queued_seconds() -> float | None:
    queued = SyncRun.objects.filter(state=SyncRun.State.QUEUED).order_by("queued_at")
    oldest = queued.values_list("queued_at", flat=True).first()
    return round((clock.now() - oldest).total_seconds(), 1) if oldest else None


def _database() -> str:
    try:
        with transactions.connection().cursor() as cursor:
            cursor.execute("SELECT 1")
        transactions.read_clock()
    except DatabaseError:
        return "The database does not answer."
    return "ok"


def _key() -> str:
    """Ask the canaries as well: a key of the right form may still be another one."""
    try:
        wrong, lost = keys.wrong(), keys.lost()
    except SFConnectorError as error:
        return str(error)
    except DatabaseError:
        return "It cannot be tried: the database does not answer."
    if wrong:
        return f"{', '.join(wrong)} is not the key used before under this name."
    return f"{', '.join(lost)} is missing and seals secrets." if lost else "ok"


def _alive(kind: str) -> str:
    seen = last_beat(kind)
    if seen is None:
        return "never seen"
    silent = clock.now() - seen
    if silent > silent_after(kind):
        return f"silent for {int(silent.total_seconds())} seconds"
    return "ok"

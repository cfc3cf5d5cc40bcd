"""One tick: what is due is queued, then bells ring for what waits."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sfconnector import clock, health
from sfconnector.sync.ticking import bells, due


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one tick did."""

    started: int
    """Runs queued because their plan was due."""
    rung: int
    """Doorbells rung: for these runs, and for others that waited."""


def tick(now: datetime | None = None) -> Tick:
    """Start the plans that are due and ring for runs that nobody works on.

    It makes as many queries for ten thousand plans as for one. Safe to be called twice
    at once: a due plan is locked by the one that starts it, and skipped by the other.
    """
    health.beat(health.TICK, "tick")
    now = now or clock.now()
    started = due.start(now)
    return Tick(started=started, rung=bells.ring_waiting(now))

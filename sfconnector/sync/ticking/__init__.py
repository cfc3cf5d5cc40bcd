"""The tick: due plans start and waiting runs are rung for, however many there are."""

from __future__ import annotations

from sfconnector.sync.ticking.bells import ring_unheard
from sfconnector.sync.ticking.ticks import Tick, tick

__all__ = ["Tick", "ring_unheard", "tick"]

"""Python's interpreter while rows pass through: its garbage collector, its threads."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 50_000
"""New containers before young ones are looked at; Python's own 700 are a few rows."""
SWITCH_S = 0.0005
"""So long a thread keeps the interpreter from one that waits; Python's own: 5 ms."""

_lock = threading.Lock()
_runs = 0
_before: tuple[tuple[int, int, int], float] | None = None


@contextmanager
def tuned() -> Iterator[None]:
    """Tune the interpreter until the last run of this process is through.

    Rows refer to nothing in circles, so the collector never finds anything among them,
    and its looks cost a fifth of the processor time of a Bulk pass.

    The thread that writes waits for the database's socket after each block, and the
    ones that read would keep the interpreter for five milliseconds each time: that was
    a tenth of a Bulk pass on PostgreSQL.

    A host that chose a higher threshold or a shorter time, or switched the collector
    off, keeps that.
    """
    global _runs, _before  # noqa: PLW0603 - both are the process's own
    with _lock:
        _runs += 1
        if _runs == 1:
            _before = gc.get_threshold(), sys.getswitchinterval()
            (first, *others), interval = _before
            if 0 < first < ALLOCATIONS:
                gc.set_threshold(ALLOCATIONS, *others)
            sys.setswitchinterval(min(interval, SWITCH_S))
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0 and _before is not None:
                threshold, interval = _before
                gc.set_threshold(*threshold)
                sys.setswitchinterval(interval)
                _before = None

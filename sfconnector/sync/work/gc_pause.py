"""The garbage collector, called less often while rows pass through."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 50_000
"""New containers before young ones are looked at; Python's own 700 are a few rows."""

_lock = threading.Lock()
_runs = 0
_before: tuple[int, int, int] | None = None


@contextmanager
def seldom() -> Iterator[None]:
    """Let the collector look less often until the last run of this process is through.

    Rows refer to nothing in circles, so it never finds anything among them, and its
    looks cost a fifth of the processor time of a Bulk pass. A host that set a higher
    threshold, or switched the collector off, keeps that.
    """
    global _runs, _before  # noqa: PLW0603 - the threshold is the process's own
    with _lock:
        _runs += 1
        if _runs == 1 and 0 < gc.get_threshold()[0] < ALLOCATIONS:
            _before = gc.get_threshold()
            gc.set_threshold(ALLOCATIONS, *_before[1:])
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0 and _before is not None:
                gc.set_threshold(*_before)
                _before = None

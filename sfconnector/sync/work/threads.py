"""Threads of a run: what is logged and traced there is about the same run."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterable

LAST_WAIT = 1.0
"""Seconds granted to a call that nobody wants any more, before its run goes on."""


def within_context(work: Callable[[], object], *, name: str) -> threading.Thread:
    """Return a daemon thread, not yet started, that works in the caller's context."""
    context = contextvars.copy_context()
    return threading.Thread(target=context.run, args=[work], name=name, daemon=True)


def let_end(threads: Iterable[threading.Thread]) -> None:
    """Wait until the threads end, for ``LAST_WAIT`` seconds in all at most.

    A run that leaves its threads behind ends with calls that it does not count, and
    its successor meets them at the org.
    """
    until = time.monotonic() + LAST_WAIT
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0.0))

"""Threads of a run: what is logged and traced there is about the same run."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable


def within_context(work: Callable[[], object], *, name: str) -> threading.Thread:
    """Return a daemon thread, not yet started, that works in the caller's context."""
    context = contextvars.copy_context()
    return threading.Thread(target=context.run, args=[work], name=name, daemon=True)

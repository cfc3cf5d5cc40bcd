"""Which renewals are under way in this process, so that it does not end within one.

A refresh that is cut off may have used its token up, and then a person must reconnect.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_count = 0


@contextmanager
def noted() -> Iterator[None]:
    """Count the block as a renewal."""
    global _count  # noqa: PLW0603 - one per process, like the process itself
    with _lock:
        _count += 1
    try:
        yield
    finally:
        with _lock:
            _count -= 1


def is_renewing() -> bool:
    """Tell whether a thread of this process is renewing tokens; it ends by itself.

    No longer than the token endpoint's time-out (20 seconds) and a few writes.
    """
    return _count > 0

"""The answer of ``readyz`` within a time, also while the database says nothing."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections

from sfconnector import transactions
from sfconnector.health import beats

SECONDS = 3.0
"""Less than what probes are usually given."""

_lock = threading.Lock()
_asking: _Question | None = None


class _Question(threading.Thread):
    """Asks on a connection of its own, in a thread that may be left waiting."""

    def __init__(self) -> None:
        super().__init__(name="sfconnector-readyz", daemon=True)
        self.answer: dict[str, Any] | None = None

    def run(self) -> None:
        """Ask, and close what was opened for it."""
        try:
            self.answer = beats.ready()
        finally:
            connections.close_all()  # those of this thread

    def wait(self, seconds: float) -> dict[str, Any] | None:
        """Return the answer, None when it did not come in time."""
        self.join(seconds)
        return self.answer


def ready_in_time(seconds: float = SECONDS) -> dict[str, Any]:
    """Say whether work can be done; that the database is silent, after some seconds.

    A connection to a frozen server waits without an end, and no time-out of the driver
    ends that. While one question waits, probes wait for its answer and ask no other.
    """
    if (
        transactions.connection().in_atomic_block
    ):  # what was not committed yet, only it can see
        return beats.ready()
    answer = _question().wait(seconds)
    if answer is not None:
        return answer
    silent = f"It did not answer within {seconds:g} seconds."
    return {
        "ready": False,
        "checks": {"database": silent},
        "oldest_queued_seconds": None,
        "workers": None,
    }


def _question() -> _Question:
    global _asking  # noqa: PLW0603 - one per process, like the process itself
    with _lock:
        if _asking is None or not _asking.is_alive():
            _asking = _Question()
            _asking.start()
        return _asking

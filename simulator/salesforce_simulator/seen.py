"""Which rows a user looked at last."""

from __future__ import annotations

import threading

_KEPT = 200


class Seen:
    """One user's recently seen rows."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], None] = {}
        self._lock = threading.Lock()

    def see(self, sobject: str, record_id: str) -> None:
        """Note that a row was made or read."""
        key = (sobject, record_id)
        with self._lock:
            self._seen.pop(key, None)
            self._seen[key] = None
            while len(self._seen) > _KEPT:
                del self._seen[next(iter(self._seen))]

    def newest(self) -> list[tuple[str, str]]:
        """(object, record id), newest first."""
        with self._lock:
            return list(self._seen)[::-1]

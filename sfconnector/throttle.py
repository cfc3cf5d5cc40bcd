"""Bounds what strangers may ask for, per address and minute, in Django's cache."""

from __future__ import annotations

import hashlib
import time
from typing import Protocol

from django.core.cache import cache

PER_MINUTE = 30
"""A person who is lost comes back a few times; a flood comes thousands of times."""


class Somebody(Protocol):
    """Whoever asks, as ``audit.Actor`` knows him."""

    @property
    def client_address(self) -> str | None:
        """Give the address that the server saw."""


def allow(what: str, by: Somebody, *, per_minute: int = PER_MINUTE) -> bool:
    """Count one question of an address; tell whether it is within its share.

    Exact where the cache is shared by all processes, else per process.
    """
    place = hashlib.sha256(str(by.client_address).encode()).hexdigest()[:32]
    key = f"sfconnector.throttle.{what}.{place}.{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        return int(cache.incr(key)) <= per_minute
    except ValueError:  # evicted in between: begin anew
        return True

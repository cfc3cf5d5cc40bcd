"""The org's clock: real time plus an offset that a test may set."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Tells the org's time. ``offset`` is in seconds and may be negative."""

    def __init__(self, *, offset: float = 0.0) -> None:
        self.offset = offset

    def time(self) -> float:
        """Seconds since the epoch, as this org sees them."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """The org's time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.time(), tz=UTC)

    def __call__(self) -> datetime:
        return self.now()

    def advance(self, seconds: float) -> None:
        """Move the org's time forward, e.g. past a session's end."""
        self.offset += seconds


def wire_datetime(moment: datetime) -> str:
    """A datetime as REST bodies write it: ``2026-05-01T07:25:37.000+0000``."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"

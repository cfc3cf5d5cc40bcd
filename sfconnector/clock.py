"""The database's clock, by which leases, signs of life and due times go.

Clocks of hosts are minutes apart now and then, and rows are read by all of them.
``transactions.read_clock`` compares this host's with the database's.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.utils import timezone

_EVERY_S = 30.0
_MEANT = timedelta(seconds=1)
"""Less than this is the way to the database and back."""

_ahead = timedelta(0)
_read_at = -_EVERY_S


def now() -> datetime:
    """Return the time by the database's clock, as it was last compared."""
    return timezone.now() - _ahead


def ahead() -> timedelta:
    """Tell how far this host's clock is ahead of the database's; negative: behind."""
    return _ahead


def by_database(moment: datetime) -> datetime:
    """Return a moment that was reckoned by this host's clock, by the database's."""
    return moment - _ahead


def is_due() -> bool:
    """Tell whether the last comparison is too old to be relied on."""
    return time.monotonic() - _read_at >= _EVERY_S


def compared(here: datetime, there: datetime) -> None:
    """Note the time that this host and the database had at one moment."""
    global _ahead, _read_at  # noqa: PLW0603 - one clock per host
    difference = here - there
    _ahead = difference if abs(difference) >= _MEANT else timedelta(0)
    _read_at = time.monotonic()

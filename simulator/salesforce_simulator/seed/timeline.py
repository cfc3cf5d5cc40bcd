"""Timeline: the stamps of rows, rising with the row number, and their wire form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

DAY: Final = 86_400
_HOURS: Final = tuple(f"T{h:02d}:{m:02d}:" for h in range(24) for m in range(60))
_SECONDS: Final = tuple(f"{second:02d}.000+0000" for second in range(60))
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=20_000)
def day_text(day: int) -> str:
    """The date `day` days after 1970-01-01, as YYYY-MM-DD."""
    return date.fromordinal(_EPOCH_DAY + day).isoformat()


def stamp_text(epoch: int) -> str:
    """Seconds since 1970 in Salesforce's wire form."""
    day, second = divmod(epoch, DAY)
    minute, second = divmod(second, 60)
    return day_text(day) + _HOURS[minute] + _SECONDS[second]


def epoch_of(moment: datetime) -> int:
    """A moment as whole seconds since 1970."""
    return int(moment.astimezone(UTC).timestamp())


class Timeline:
    """Moments for `count` rows, never going down, some of them shared.

    One block of eight rows in eight bears one stamp, as rows of one import do:
    readers that page by stamp must cope with ties.
    """

    __slots__ = ("_count", "_first", "_play", "_salt", "_span")

    def __init__(self, first: int, last: int, *, count: int, salt: int) -> None:
        self._first = first
        self._span = last - first
        self._count = max(count, 1)
        self._play = min(max(self._span // self._count - 1, 1), 15 * DAY)
        self._salt = salt & 0xFFFF_FFFF

    def at(self, slot: int) -> int:
        """Seconds since 1970 for the row of this number."""
        if not ((slot >> 3) * 2_654_435_761 + self._salt) >> 9 & 7:
            slot &= ~7
        shift = (slot * 2_246_822_519 + self._salt >> 5) % self._play
        return self._first + slot * self._span // self._count + shift

    def text(self, slot: int) -> str:
        """The moment in wire form."""
        return stamp_text(self.at(slot))

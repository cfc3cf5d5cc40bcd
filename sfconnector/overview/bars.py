"""Runs as bars of a lane: where each begins, how wide and how high it is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

SLOTS = 96
"""Bars beside each other; runs that begin in one slot are one bar."""
BY_WEIGHT = (
    "succeeded",
    "cancelled",
    "queued",
    "running",
    "parked",
    "warnings",
    "failed",
)
"""States, the one that a person should see above all others last."""


class Ran(NamedTuple):
    """One run, as the database told it."""

    pk: int
    state: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows: int
    calls: int

    @property
    def began_at(self) -> datetime:
        """Return when it started, or was queued while it waits."""
        return self.started_at or self.queued_at


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One run, or those that began within a quarter of an hour (of a week: 105 min)."""

    run: int
    """Key of the run that a click leads to: the newest of the gravest state."""
    runs: int
    state: str
    began_at: datetime
    seconds: float
    """From the first beginning to the last end."""
    rows: int
    calls: int
    x: float
    """Where it begins, in percent of the window's width."""
    width: float
    level: float
    """How high it is, 0 to 1, by the logarithm of its rows."""


def bars_of(
    ran: Sequence[Ran], *, since: datetime, until: datetime, highest: int
) -> list[Bar]:
    """Return the bars of a lane, from left to right.

    ``highest`` is the most rows that a run of the picture has read.
    """
    window = (until - since).total_seconds()

    def slot(one: Ran) -> int:
        return int(SLOTS * _place(one.began_at, since, window) / 100)

    ordered = sorted(ran, key=lambda one: (one.began_at, one.pk))
    return [
        _bar(list(group), since=since, until=until, highest=highest)
        for _, group in groupby(ordered, key=slot)
    ]


def _bar(ran: list[Ran], *, since: datetime, until: datetime, highest: int) -> Bar:
    window = (until - since).total_seconds()
    worst = max(ran, key=lambda one: (_weight(one.state), one.pk))
    began = min(one.began_at for one in ran)
    ended = max(_ends(ran, until))
    x = _place(began, since, window)
    rows = sum(one.rows for one in ran)
    return Bar(
        run=worst.pk,
        runs=len(ran),
        state=worst.state,
        began_at=began,
        seconds=max(0.0, (ended - began).total_seconds()),
        rows=rows,
        calls=sum(one.calls for one in ran),
        x=x,
        width=_place(ended, since, window) - x,
        level=min(1.0, math.log1p(rows) / math.log1p(highest)) if highest else 0.0,
    )


def _ends(ran: Iterable[Ran], until: datetime) -> Iterable[datetime]:
    """Yield when runs ended; one that waits takes no time, one at work lasts on."""
    for one in ran:
        if one.finished_at:
            yield one.finished_at
        else:
            yield until if one.started_at else one.queued_at


def _place(moment: datetime, since: datetime, window: float) -> float:
    share = (moment - since).total_seconds() / window
    return 100 * min(1.0, max(0.0, share))


def _weight(state: str) -> int:
    return BY_WEIGHT.index(state) if state in BY_WEIGHT else 0

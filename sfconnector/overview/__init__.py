"""The daily look: what ran, what failed, what is behind, and what it cost.

Everything here reads the database alone, in a number of queries that does not grow with
the site, and returns values that the pages draw.
"""

from __future__ import annotations

from sfconnector.overview.bars import Bar
from sfconnector.overview.board import (
    PER_PAGE,
    TROUBLED,
    YESTERDAY,
    Board,
    Card,
    Totals,
    board,
    healthy,
)
from sfconnector.overview.lanes import DAY, WEEK, Lane, Tick, Timeline, timeline
from sfconnector.overview.sides import Side, Sides, sides
from sfconnector.overview.spending import Caller, Hour, Spending, callers, spending

__all__ = [
    "DAY",
    "PER_PAGE",
    "TROUBLED",
    "WEEK",
    "YESTERDAY",
    "Bar",
    "Board",
    "Caller",
    "Card",
    "Hour",
    "Lane",
    "Side",
    "Sides",
    "Spending",
    "Tick",
    "Timeline",
    "Totals",
    "board",
    "callers",
    "healthy",
    "sides",
    "spending",
    "timeline",
]

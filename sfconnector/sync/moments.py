"""Moments as the org writes them, and how far back a run looks."""

from __future__ import annotations

from datetime import datetime, timedelta

STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"
"""How the org writes a moment, for strftime."""
LISTED_DAYS = 15
"""How far back Salesforce lists deletions at most."""


def stamp_of(moment: datetime) -> str:
    """Write a moment as the org does."""
    return moment.strftime(STAMP)


def parse_stamp(text: str) -> datetime:
    """Read a timestamp as the org writes it (``…000+0000`` or ``…Z``); aware."""
    return datetime.fromisoformat(text)


def since(cursor: str, *, overlap_minutes: int) -> datetime:
    """Return where an incremental read begins: a stamp is visible only at commit."""
    return parse_stamp(cursor) - timedelta(minutes=overlap_minutes)

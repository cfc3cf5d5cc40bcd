"""How far a run has come for good, whatever happens to its worker."""

from __future__ import annotations

from typing import Any

from sfconnector.models import SyncRun


def rows_behind(run: SyncRun) -> int:
    """Return how many rows the run will never read again."""
    return rows_behind_of(run.checkpoint, fetched=run.fetched)


def rows_behind_of(checkpoint: dict[str, Any], *, fetched: int) -> int:
    """Return the same for a checkpoint that is about to be written.

    A page of a Bulk result is read again from its start when it was left half-way, so
    its rows are no progress before the last of them.
    """
    if checkpoint.get("by") == "bulk":
        return int(checkpoint.get("before", 0))
    return fetched

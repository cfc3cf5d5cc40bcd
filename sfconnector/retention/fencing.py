"""Ends runs at once, whose records or whose plan are to go."""

from __future__ import annotations

from sfconnector import transactions
from sfconnector.models.runs import SyncRunQuerySet


def end_at_once(runs: SyncRunQuerySet) -> None:
    """End the active ones in the caller's transaction; tell of it after its commit.

    Their workers write nothing any more and have nothing to tell: they lost the run.
    """
    for run in runs.fence_off():
        transactions.on_commit(run.tell_end)

"""Deleting a plan with its runs and answers; what it read stays."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sfconnector import transactions
from sfconnector.models import CachedResponse, RunLogLine, SyncPlan, SyncRun
from sfconnector.retention.fencing import end_at_once
from sfconnector.retention.protection import DELETED, holders, refuse_protected
from sfconnector.retention.steps import in_steps


@transactions.again
def delete_plan(plan: SyncPlan) -> None:
    """Delete a plan with its runs and answers in small steps; its records stay.

    Raises ConfigurationError where rows of the host protect what goes.
    """
    refuse_protected(plan, DELETED)
    with transactions.short():
        end_at_once(SyncRun.objects.filter(plan=plan))
    never = bool
    children: tuple[QuerySet[Any], ...] = (
        RunLogLine.objects.filter(run__plan=plan),
        CachedResponse.objects.filter(plan=plan),
        SyncRun.objects.filter(plan=plan),
    )
    for rows in children:
        for _deleted in in_steps(rows, never):
            pass
    plan.delete()


def holders_of(plan: SyncPlan) -> list[str]:
    """Say which rows of the host hold a plan or what goes with it."""
    return holders(plan, DELETED)

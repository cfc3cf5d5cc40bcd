"""Deleting many rows some at a time, so that nothing waits for long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import QuerySet

from sfconnector import transactions
from sfconnector.models import SyncRun

STEP = 2_000
"""Rows of one DELETE."""
Step = Callable[[], AbstractContextManager[None]]
"""Opens the transaction of a step, and may refuse it."""


def in_steps(
    rows: QuerySet[Any],
    should_stop: Callable[[], bool],
    *,
    step: Step = transactions.short,
) -> Iterator[int]:
    """Delete rows some at a time; yield after each step how many it deleted."""
    model = rows.model
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
        if should_stop():
            return
        some = model._default_manager.filter(pk__in=ids)  # noqa: SLF001 - documented by Django
        yield _delete(some, step)


@transactions.again
def _delete(some: QuerySet[Any], step: Step) -> int:
    with step():
        if some.model is SyncRun:  # before their children, as workers lock them
            list(some.select_for_update().order_by("pk").values_list("pk"))
        return some.delete()[0]

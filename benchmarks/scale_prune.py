"""Pruning what a day of a large site left: rows a second, and the longest step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.scale_seed import DAYS

GROWTH = {"calls": 23.1, "runs": 11.1, "rounds": 1.1}
"""Rows a second of 10,000 plans that are looked at 96 times a day: a run and two calls
each, or a round for ten of them."""


def measure(_options: dict[str, Any]) -> dict[str, Any]:
    """Prune the oldest day of each kind by what the hourly housekeeping calls."""
    from django.conf import settings
    from django.utils import timezone

    from sfconnector import calls
    from sfconnector.retention import pruning

    kept = {"CALLS_KEPT_DAYS": DAYS - 1, "RUNS_KEPT_DAYS": DAYS - 1}
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, **kept}
    now = timezone.now()
    deeds: dict[str, Callable[[], int]] = {
        "calls": lambda: calls.prune(now),
        "rounds": lambda: pruning.prune_rounds(now),
        "runs": lambda: pruning.prune_runs(now),
    }
    return {"found": {name: _clocked(name, do) for name, do in deeds.items()}}


def _clocked(name: str, do: Callable[[], int]) -> dict[str, Any]:
    began = time.perf_counter()
    with _longest() as longest:
        rows = do()
    took = time.perf_counter() - began
    a_second = rows / took
    return {
        "rows": rows,
        "rows a second": round(a_second),
        "times as fast as they grow": round(a_second / GROWTH[name]),
        "longest statement, ms": round(longest[0] * 1000),
    }


@contextmanager
def _longest() -> Iterator[list[float]]:
    from django.db import connection

    longest = [0.0]

    def timed(execute: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            longest[0] = max(longest[0], time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield longest

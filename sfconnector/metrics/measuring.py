"""Measures the work of the last hour, and how things stand now."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from sfconnector import budget, clock
from sfconnector.models import ApiCall, Org, SyncPlan, SyncRun

WINDOW = timedelta(hours=1)
ROWS = ("fetched", "created", "updated", "deleted", "unchanged")
OF_PLAN = ("org", "plan", "object")
Labels = tuple[str, ...]
NAMES = tuple(
    f"sfconnector_{name}"
    for name in (
        "runs_ended",
        "run_failures",
        "run_rows",
        "run_seconds_max",
        "queue_wait_seconds_max",
        "oldest_waiting_run_seconds",
        "active_runs",
        "last_success_age_seconds",
        "budget_left_calls",
        "token_refreshes",
    )
)
"""Of all gauges, in the order in which they are measured."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One measure with its values by labels."""

    name: str
    help: str
    labels: Labels
    values: dict[Labels, float]


def measure(now: datetime | None = None) -> list[Gauge]:
    """Measure everything; seconds, rows and calls, by a handful of queries."""
    now = now or clock.now()
    return [*_of_runs(now), *_of_waiting(now), *_of_plans(now), *_of_orgs(now)]


def _gauge(name: str, help: str, labels: Labels, values: Any) -> Gauge:  # noqa: A002 - Prometheus' word
    return Gauge(
        name=f"sfconnector_{name}", help=help, labels=labels, values=dict(values)
    )


def _of_runs(now: datetime) -> Iterator[Gauge]:
    ended = SyncRun.objects.filter(finished_at__gt=now - WINDOW)
    runs = list(ended.select_related("org").defer("checkpoint", "warnings"))
    yield _gauge(
        "runs_ended",
        "Runs that ended within the last hour.",
        (*OF_PLAN, "outcome"),
        Counter((*_plan_of(run), str(run.state)) for run in runs),
    )
    yield _gauge(
        "run_failures",
        "Runs that failed within the last hour, by the code of the error.",
        (*OF_PLAN, "code"),
        Counter(
            (*_plan_of(run), run.error_code)
            for run in runs
            if run.state == SyncRun.State.FAILED
        ),
    )
    yield _gauge(
        "run_rows",
        "Rows of the runs that ended within the last hour.",
        (*OF_PLAN, "kind"),
        _rows(runs),
    )
    yield _gauge(
        "run_seconds_max",
        "The longest run of those that ended within the last hour, from its start.",
        OF_PLAN,
        _longest((_plan_of(run), run.seconds) for run in runs),
    )
    yield _gauge(
        "queue_wait_seconds_max",
        "The longest wait for a worker among the runs that ended within the last hour.",
        OF_PLAN,
        _longest((_plan_of(run), _wait_of(run)) for run in runs),
    )


def _plan_of(run: SyncRun) -> Labels:
    return run.org.alias, str(run.plan_id), run.sobject


def _wait_of(run: SyncRun) -> float | None:
    if run.started_at is None:
        return None
    return (run.started_at - run.queued_at).total_seconds()


def _rows(runs: Iterable[SyncRun]) -> Counter[Labels]:
    sums: Counter[Labels] = Counter()
    for run in runs:
        for kind in ROWS:
            sums[(*_plan_of(run), kind)] += getattr(run, kind)
    return sums


def _longest(found: Iterable[tuple[Labels, float | None]]) -> dict[Labels, float]:
    longest: dict[Labels, float] = {}
    for labels, seconds in found:
        if seconds is not None:
            longest[labels] = max(seconds, longest.get(labels, 0.0))
    return longest


def _of_waiting(now: datetime) -> Iterator[Gauge]:
    waiting = SyncRun.objects.filter(state=SyncRun.State.QUEUED)
    oldest = waiting.order_by().values_list("org__alias").annotate(Min("queued_at"))
    yield _gauge(
        "oldest_waiting_run_seconds",
        "How long the oldest run has waited for a worker; 0 where none waits.",
        ("org",),
        dict.fromkeys(_aliases(), 0.0)
        | {(alias,): _seconds(now - at) for alias, at in oldest},
    )
    active = SyncRun.objects.active().order_by().values_list("org__alias", "state")
    yield _gauge(
        "active_runs",
        "Runs that are not over, by state.",
        ("org", "state"),
        {(alias, state): n for alias, state, n in active.annotate(Count("pk"))},
    )


def _aliases() -> list[Labels]:
    return [(alias,) for alias in Org.objects.present().values_list("alias", flat=True)]


def _of_plans(now: datetime) -> Iterator[Gauge]:
    plans = SyncPlan.objects.filter(is_enabled=True, org__deletion_requested_at=None)
    known = plans.exclude(last_success_at=None).order_by("pk")
    names = ("org__alias", "pk", "sobject", "last_success_at")
    yield _gauge(
        "last_success_age_seconds",
        "How long ago a plan's last run succeeded.",
        OF_PLAN,
        {
            (alias, str(pk), sobject): _seconds(now - at)
            for alias, pk, sobject, at in known.values_list(*names)
        },
    )


def _of_orgs(now: datetime) -> Iterator[Gauge]:
    yield _gauge(
        "budget_left_calls",
        "API calls that background work may still make on an org, where known.",
        ("org",),
        {(alias,): calls for alias, calls in budget.left().items()},
    )
    refreshes = ApiCall.objects.filter(purpose="refresh", at__gt=now - WINDOW)
    is_good = Q(status__gte=200, status__lt=300)
    counted = refreshes.order_by().values("org__alias")
    counted = counted.annotate(every=Count("pk"), good=Count("pk", filter=is_good))
    yield _gauge(
        "token_refreshes",
        "Calls by which tokens were renewed within the last hour.",
        ("org", "outcome"),
        {
            (row["org__alias"], outcome): n
            for row in counted
            for outcome, n in (
                ("succeeded", row["good"]),
                ("failed", row["every"] - row["good"]),
            )
        },
    )


def _seconds(age: timedelta) -> float:
    return max(age.total_seconds(), 0.0)

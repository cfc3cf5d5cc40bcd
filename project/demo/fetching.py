"""Plans what the demo reads and watches the worker read it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from sfconnector import sync
from sfconnector.models import Org, Record, SyncPlan, SyncRun

SEED_CALL = "/services/data/v39.0/sobjects/account"
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 300


def plan_all(org: Org, *, sobjects: Sequence[str]) -> list[SyncPlan]:
    """Plan each object every 15 minutes and the seed call every hour."""
    plans = [sync.plan_object(org, sobject=name, every_minutes=15) for name in sobjects]
    seed_call = sync.plan_endpoint(
        org,
        path=SEED_CALL,
        name="Account, as REST describes it",
        schedule=SyncPlan.Schedule.EVERY,
        every_minutes=60,
    )
    return [*plans, seed_call]


def watch(console: Console, runs: Sequence[SyncRun]) -> list[SyncRun]:
    """Show the progress of runs until all are over; returns them as they ended."""
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        tasks = {run.pk: progress.add_task(_title(run), total=None) for run in runs}
        started = time.monotonic()
        while True:
            now = list(
                SyncRun.objects.filter(pk__in=tasks).select_related("plan", "org")
            )
            for run in now:
                total = run.expected or (None if run.is_active else run.fetched)
                progress.update(tasks[run.pk], completed=run.fetched, total=total)
            if not any(run.is_active for run in now):
                return now
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise CommandError(
                    f"The worker did not finish within {PATIENCE_SECONDS} seconds. "
                    "Look at the runs in the admin."
                )
            time.sleep(POLL_SECONDS)


def _title(run: SyncRun) -> str:
    return f"{run.org.alias}: {run.plan.target}"


def fail_on_error(runs: Sequence[SyncRun]) -> None:
    """Stop with the first failed run's own words."""
    for run in runs:
        if run.state in (SyncRun.State.FAILED, SyncRun.State.CANCELLED):
            raise CommandError(f"{_title(run)}: {run.error_text} {run.remedy}")


def table(runs: Sequence[SyncRun]) -> Table:
    """Return what is cached per org and object, and what it cost."""
    result = Table(title="Cached records", title_justify="left")
    for name in ("Org", "Type", "Object"):
        result.add_column(name, no_wrap=True)
    for name in ("Records", "Deleted", "API calls", "Seconds"):
        result.add_column(name, justify="right", no_wrap=True)
    objects = [run for run in runs if run.plan.kind == SyncPlan.Kind.OBJECT]
    for run in sorted(objects, key=lambda run: (run.org.alias, run.sobject)):
        cached = Record.objects.of(run.org, run.sobject)
        live = cached.live().count()
        result.add_row(
            run.org.alias,
            "production" if run.org.is_production else "sandbox",
            run.sobject,
            f"{live:,}",
            f"{cached.count() - live:,}",
            f"{run.api_calls:,}",
            f"{run.seconds or 0:.1f}",
        )
    return result

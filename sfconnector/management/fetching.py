"""What ``sf_sync`` asks for: plans found or made, runs worked on and explained."""

from __future__ import annotations

import dataclasses
import os
import time
from typing import Any, Self

from django.core.management.base import CommandError
from django.utils import timezone

from sfconnector import sync
from sfconnector.management.command import USAGE
from sfconnector.models import Org, Record, RunLogLine, SyncPlan, SyncRun

LOOK_SECONDS = 0.5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says about how an object is read."""

    fields: list[str]
    where: str
    mode: str

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """Read the options; fields may be separated by commas or spaces."""
        names = ",".join(options["fields"]).split(",")
        return cls(
            fields=[name.strip() for name in names if name.strip()],
            where=(options["where"] or "").strip(),
            mode=options["mode"] or "",
        )

    @property
    def given(self) -> dict[str, Any]:
        """Return what was given, by the names of the plan's columns."""
        return {
            name: value for name, value in dataclasses.asdict(self).items() if value
        }

    @property
    def is_any(self) -> bool:
        """Tell whether anything was given."""
        return bool(self.given)

    def differ_from(self, plan: SyncPlan) -> bool:
        """Tell whether the plan reads otherwise than was asked."""
        return any(
            sorted(value) != sorted(getattr(plan, name))
            if name == "fields"
            else value != getattr(plan, name)
            for name, value in self.given.items()
        )

    def loss(self, plan: SyncPlan) -> str:
        """Say what a plan that is changed to this no longer caches."""
        kept = {name.lower() for name in (*self.fields, "Id", "IsDeleted")}
        kept.add(plan.cursor_field.lower())
        gone = [name for name in plan.fields_read if name.lower() not in kept]
        count = Record.objects.of(plan.org, plan.sobject).count()
        lines = [f"The plan of {plan.sobject} will read: {_words(self.given)}."]
        if self.fields and gone and count:
            lines.append(
                f"The next run takes {len(gone)} columns out of {count:,} cached "
                f"records: {', '.join(gone[:12])}{' …' if len(gone) > 12 else ''}."
            )
        if self.where and self.where != plan.where:
            lines.append("Records outside of the filter are marked as such.")
        return "\n".join(lines)


def _words(given: dict[str, Any]) -> str:
    shown = {**given, "fields": ", ".join(given.get("fields", []))}
    return "; ".join(f"{name} {value}" for name, value in shown.items() if value)


def plans_of(org: Org, names: list[str], wishes: Wishes) -> list[SyncPlan]:
    """Return the plans to run; an object without a plan gets one that only runs so.

    Ends with status 2 when no object is named and the org has no plan.
    """
    if names:
        return [_plan(org, name, wishes) for name in names]
    plans = list(org.plans.filter(is_enabled=True))
    if not plans:
        message = "The org has no plan yet. Name the objects to fetch."
        raise CommandError(message, returncode=USAGE)
    return plans


def _plan(org: Org, name: str, wishes: Wishes) -> SyncPlan:
    plan = org.plans.filter(kind="object", sobject__iexact=name).first()
    return plan or sync.plan_object(org, sobject=name, **wishes.given)


def worker_name() -> str:
    """Return who works, for the run's row."""
    return f"sf_sync:{os.getpid()}"


def work_on(run: SyncRun, *, waits: bool, is_ours: bool) -> None:
    """Work on a run until it ends; with ``waits`` also after it has rested.

    A worker that was quicker to take a run that is ours is waited for; another's run
    only with ``waits``.
    """
    while True:
        sync.execute(run.pk, worker=worker_name())
        run.refresh_from_db()
        is_resting = run.state == SyncRun.State.PARKED
        goes_on = waits or (is_ours and not is_resting)
        if not goes_on or not run.is_active or sync.is_stopping():
            return
        wait_while_elsewhere(run)


def wait_while_elsewhere(run: SyncRun) -> None:
    """Wait until the run is over, or free to be worked on here."""
    while _is_elsewhere(run) and not sync.is_stopping():
        time.sleep(LOOK_SECONDS)
        run.refresh_from_db()


def _is_elsewhere(run: SyncRun) -> bool:
    """Tell whether the run cannot be claimed now: it rests, or its worker is alive."""
    now = timezone.now()
    if run.state == SyncRun.State.PARKED:
        return run.parked_until is not None and run.parked_until > now
    is_running = run.state == SyncRun.State.RUNNING
    return is_running and run.lease_until is not None and run.lease_until > now


def unfinished(run: SyncRun) -> str:
    """Say why and until when a run is not finished; "" for one that is."""
    if run.state == SyncRun.State.CANCELLED:
        return "It was cancelled."
    if run.state == SyncRun.State.PARKED and run.parked_until:
        said = RunLogLine.objects.filter(run=run).last()
        reason = f" {said.text}" if said else ""
        return f"It rests until {run.parked_until:%Y-%m-%d %H:%M} UTC.{reason}"
    if run.state == SyncRun.State.RUNNING and run.started_at:
        since = f"{run.started_at:%H:%M:%S} UTC"
        return f"{run.lease_owner} has worked on it since {since}; --wait waits for it."
    if run.state == SyncRun.State.QUEUED:
        return "It waits for a worker."
    return ""

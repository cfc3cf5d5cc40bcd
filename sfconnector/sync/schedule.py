"""When a plan runs next: pure functions of the plan's schedule and a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from cronsim import CronSim, CronSimError
from django.utils import timezone

from sfconnector.exceptions import ConfigurationError

if TYPE_CHECKING:
    from sfconnector.models import SyncPlan

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
CRON_JITTER = 30
"""Seconds over which plans of the same cron text are spread."""


def next_run(plan: SyncPlan, after: datetime) -> datetime | None:
    """Return the first moment after ``after`` at which the plan is due, UTC.

    None for a plan that only runs when asked. Missed times are not caught up: after
    a pause of days there is one next run. Raises ConfigurationError for a bad
    cron text.
    """
    if plan.schedule == plan.Schedule.EVERY and plan.every_minutes:
        return next_slot(after, minutes=plan.every_minutes, seed=plan.uuid.int)
    if plan.schedule == plan.Schedule.CRON:
        zone = timezone.get_default_timezone()
        jitter = timedelta(seconds=plan.uuid.int % CRON_JITTER)
        return next_cron(plan.cron, after - jitter, zone=zone) + jitter
    return None


def next_slot(after: datetime, *, minutes: int, seed: int) -> datetime:
    """Return the next of the moments that lie ``minutes`` apart.

    Where they begin depends on the seed alone: plans of the same interval spread
    over it, and no delay of one run ever shifts the next.
    """
    interval = timedelta(minutes=minutes)
    start = EPOCH + timedelta(seconds=seed % int(interval.total_seconds()))
    passed = (after - start) // interval
    return start + (passed + 1) * interval


def next_cron(text: str, after: datetime, *, zone: tzinfo) -> datetime:
    """Return the next moment of a cron text, read in ``zone``, as UTC.

    Times that a change to summer time skips run right after it; times that occur
    twice run once. Raises ConfigurationError.
    """
    try:
        return next(CronSim(text, after.astimezone(zone))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        raise ConfigurationError(
            f"“{text}” is not a cron text that ever comes due.",
            remedy="Write five parts: minute, hour, day, month, weekday, "
            "for example 0 6 * * 1-5.",
        ) from error

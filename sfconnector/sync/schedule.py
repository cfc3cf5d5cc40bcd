"""When a plan runs next: pure functions of the plan's schedule and a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import TYPE_CHECKING

from cronsim import CronSim, CronSimError
from django.utils import timezone

from sfconnector.exceptions import ConfigurationError
from sfconnector.texts import gettext_noop as _

if TYPE_CHECKING:
    from sfconnector.models import SyncPlan

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
CRON_PARTS = 5
CRON_JITTER = 30
"""Seconds over which plans of the same cron text are spread."""
WEEK = timedelta(days=7)
FOUR_YEARS = timedelta(days=1461)


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
        return next(coming(text, after, zone=zone))
    except StopIteration as error:
        raise _never(text) from error


def coming(text: str, after: datetime, *, zone: tzinfo) -> Iterator[datetime]:
    """Yield the moments of a cron text, read in ``zone``, as UTC, from ``after`` on.

    Raises ConfigurationError for a text that never comes due.
    """
    return (moment.astimezone(UTC) for moment in read_cron(text, after, zone=zone))


def read_cron(text: str, after: datetime, *, zone: tzinfo) -> CronSim:
    """Return a cron text as its library has read it. Raises ConfigurationError.

    The library knows a sixth part, of seconds; no plan runs more often than once a
    minute.
    """
    count = len(text.split())
    if count != CRON_PARTS:
        raise ConfigurationError(
            _("“{text}” is not a cron text.").format(text=text),
            remedy=_(
                "Write five parts, not {count}: minute, hour, day, month, weekday, "
                "for example 0 6 * * 1-5."
            ).format(count=count),
        )
    try:
        return CronSim(text, after.astimezone(zone))
    except CronSimError as error:
        raise _never(text) from error


def _never(text: str) -> ConfigurationError:
    return ConfigurationError(
        _("“{text}” is not a cron text that ever comes due.").format(text=text),
        remedy=_(
            "Write five parts: minute, hour, day, month, weekday, "
            "for example 0 6 * * 1-5."
        ),
    )


def runs_a_day(plan: SyncPlan, now: datetime) -> float:
    """Return how many runs a plan's schedule starts on a day, as the mean of a week.

    A single day would say nothing of a plan that rests at weekends; where days of the
    month or months are named, it is the mean of four years. Raises ConfigurationError
    for a bad cron text.
    """
    if plan.schedule == plan.Schedule.EVERY and plan.every_minutes:
        return 24 * 60 / plan.every_minutes
    if plan.schedule != plan.Schedule.CRON:
        return 0
    read = read_cron(plan.cron, now, zone=UTC)
    knows_weeks_only = len(read.days) == 31 and len(read.months) == 12
    is_weekly = knows_weeks_only and not {type(day) for day in read.weekdays} - {int}
    span = WEEK if is_weekly else FOUR_YEARS
    once_a_day = " ".join(["0", "0", *plan.cron.split()[-3:]])
    days = takewhile(
        lambda moment: moment <= now + span, coming(once_a_day, now, zone=UTC)
    )
    runs = len(read.minutes) * len(read.hours)
    return runs * sum(1 for _day in days) / span.days

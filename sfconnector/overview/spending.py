"""What an org's API budget was spent on today, hour by hour, and where it leads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from sfconnector import clock, conf
from sfconnector.models import ApiCall, Org, SyncPlan

HOURS = 24
LOOKS_BACK = timedelta(hours=3)
"""The forecast goes on as the last hours went."""
MOST_CALLERS = 5
KINDS = ("fetching", "people", "upkeep")
"""What calls are for, as the picture stacks them."""
OF_PURPOSE = {
    "sync": "fetching",
    "plan": "fetching",
    "explorer": "people",
    "preview": "people",
    "command": "people",
}
"""Any other purpose is upkeep: connections, describes, limits."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of today, with the calls since midnight."""

    begins_at: datetime
    calls: int
    """Calls within the hour."""
    so_far: Mapping[str, int]
    """Calls since midnight until its end, by kind."""
    is_forecast: bool = False

    @property
    def total(self) -> int:
        """Return all calls since midnight."""
        return sum(self.so_far.values())


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Our calls of today, by the site's clock."""

    hours: list[Hour]
    """The hours so far, then the expected ones until midnight."""
    share: int | None
    """Calls of a day at which background work stops; None while no limit is known."""
    forecast: int
    """Calls that today will have seen at midnight, if it goes on so."""

    @property
    def now(self) -> Hour:
        """Return the hour that is not over."""
        return [one for one in self.hours if not one.is_forecast][-1]

    @property
    def calls(self) -> int:
        """Return the calls since midnight."""
        return self.now.total


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A plan and the calls of its runs today."""

    plan: SyncPlan
    """Key and names alone."""
    calls: int


def spending(org: Org) -> Spending:
    """Return what was spent on an org today, in two queries for any number of calls."""
    now = timezone.localtime(clock.now())
    midnight = _midnight(now)
    begins = [midnight + timedelta(hours=hour) for hour in range(HOURS)]
    found = _by_hour(org, [one for one in begins if one <= now])
    hours = _hours(found, begins)
    pace = _pace(org, now, midnight)
    coming = [one for one in begins if one > now]
    tomorrow = midnight + timedelta(days=1)
    forecast = hours[-1].total + round(pace * (tomorrow - now).total_seconds())
    usage = getattr(org, "usage", None)
    share = int(usage.maximum * conf.current().daily_share) if usage else 0
    return Spending(
        hours=[*hours, *_expected(hours[-1], coming, forecast)],
        share=share or None,
        forecast=forecast,
    )


def callers(org: Org) -> list[Caller]:
    """Return the plans that called most today, in one query; rounds count for none."""
    named = ("name", "sobject", "path", "task", "soql")
    midnight = _midnight(timezone.localtime(clock.now()))
    rows = ApiCall.objects.filter(org=org, at__gte=midnight, run__isnull=False)
    keys = ("run__plan_id", *(f"run__plan__{name}" for name in named))
    found = rows.order_by().values_list(*keys).annotate(calls=Count("pk"))
    return [
        Caller(
            plan=SyncPlan(pk=pk, org=org, **dict(zip(named, names, strict=True))),
            calls=calls,
        )
        for pk, *names, calls in found.order_by("-calls", "run__plan_id")[:MOST_CALLERS]
    ]


def _midnight(now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(now.date(), time()))


def _by_hour(org: Org, begins: list[datetime]) -> list[Mapping[str, int]]:
    """Return the calls of each hour by kind; the database sees all rows once."""
    within = {
        f"hour_{n}": Count("pk", filter=Q(at__gte=at, at__lt=at + timedelta(hours=1)))
        for n, at in enumerate(begins)
    }
    rows = ApiCall.objects.filter(org=org, at__gte=begins[0]).order_by()
    hours = [dict.fromkeys(KINDS, 0) for _ in begins]
    counted: Iterable[Any] = rows.values("purpose").annotate(**within)
    for row in counted:
        kind = OF_PURPOSE.get(row["purpose"], "upkeep")
        for n, counts in enumerate(hours):
            counts[kind] += row[f"hour_{n}"]
    return list(hours)


def _hours(found: list[Mapping[str, int]], begins: list[datetime]) -> list[Hour]:
    so_far, hours = dict.fromkeys(KINDS, 0), []
    for counts, begins_at in zip(found, begins, strict=False):
        so_far = {kind: so_far[kind] + counts[kind] for kind in KINDS}
        calls = sum(counts.values())
        hours.append(Hour(begins_at=begins_at, calls=calls, so_far=so_far))
    return hours


def _pace(org: Org, now: datetime, midnight: datetime) -> float:
    """Return calls a second, as the last hours went; today's alone, early in a day.

    Calls of plans that are paused or switched off by now do not go on.
    """
    since = max(now - LOOKS_BACK, midnight)
    seconds = (now - since).total_seconds()
    goes_on = Q(run=None) | Q(run__plan__is_enabled=True, run__plan__paused_at=None)
    calls = ApiCall.objects.filter(goes_on, org=org, at__gte=since).count()
    return calls / seconds if seconds else 0.0


def _expected(last: Hour, coming: list[datetime], forecast: int) -> list[Hour]:
    """Return the hours until midnight, each a little nearer to the forecast."""
    more = forecast - last.total
    return [
        Hour(
            begins_at=begins_at,
            calls=round(more / len(coming)),
            so_far={"forecast": last.total + round(more * (n + 1) / len(coming))},
            is_forecast=True,
        )
        for n, begins_at in enumerate(coming)
    ]

"""What a plan will cost, told before it is switched on."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.utils import timezone

from sfconnector import conf, orgs
from sfconnector.models import ApiUsage, Record, SyncPlan
from sfconnector.salesforce import soql
from sfconnector.salesforce.client import Client
from sfconnector.sync import choosing, schedule
from sfconnector.sync import plan as planning
from sfconnector.sync.plan import Shape

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

PAGE = 2_000
BULK_PAGE = 50_000
BULK_LOOKS = 12
"""Looks at a job that takes about a minute."""
BYTES_PER_FIELD = 36
"""Of a record's JSON, name and punctuation included, as real orgs fill it."""
SAMPLE = 100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the first run and an ordinary day of a plan will take."""

    rows: int
    """Records that the first run reads."""
    calls: int
    """API calls of the first run."""
    share: float | None
    """Those calls as a part of the org's daily ones; None when not known yet."""
    mode: str
    """rest or bulk."""
    bytes: int
    """Storage that the records will take, about."""
    calls_a_day: int
    """API calls of a day's incremental runs, when little changes."""
    parks: bool
    """The first run would rest when its share of the daily calls is spent."""


def forecast(plan: SyncPlan, *, user: Person = None) -> Forecast:
    """Ask the org how much there is to read and work out what that costs.

    One API call, two when the object was never described. The plan may be unsaved.
    Raises what the client raises.
    """
    org = plan.org
    if plan.kind != SyncPlan.Kind.OBJECT:
        return _of_answer(plan)
    shape = choosing.shape_of(plan, choosing.described(org, plan.sobject, user=user))
    with orgs.client_for(
        org, purpose="forecast", user=user, patient=user is None
    ) as client:
        rows = _count(client, shape)
    mode = _mode(plan, shape, rows)
    calls = _calls(mode, rows)
    usage = ApiUsage.objects.filter(org=org).first()
    share = calls / usage.maximum if usage and usage.maximum else None
    return Forecast(
        rows=rows,
        calls=calls,
        share=share,
        mode=mode,
        bytes=rows * _bytes_per_row(plan, shape),
        calls_a_day=runs_a_day(plan, timezone.now()),
        parks=share is not None and share > conf.current().run_share,
    )


def _of_answer(plan: SyncPlan) -> Forecast:
    a_day = runs_a_day(plan, timezone.now())
    return Forecast(
        rows=0,
        calls=1,
        share=None,
        mode="rest",
        bytes=0,
        calls_a_day=a_day,
        parks=False,
    )


def _count(client: Client, shape: Shape) -> int:
    query = soql.count(shape.sobject, where=shape.where)
    return client.query_raw(query, all_rows=shape.with_deleted).total_size


def _mode(plan: SyncPlan, shape: Shape, rows: int) -> str:
    if plan.mode != SyncPlan.Mode.AUTO:
        return plan.mode
    is_much = rows >= conf.current().bulk_threshold
    is_wide = not soql.fits(shape.full(after_id="0" * 18))
    return "bulk" if planning.bulk_can_read(shape) and (is_much or is_wide) else "rest"


def _calls(mode: str, rows: int) -> int:
    if mode == "bulk":
        return 2 + BULK_LOOKS + max(ceil(rows / BULK_PAGE), 1)
    return max(ceil(rows / PAGE), 1)


def _bytes_per_row(plan: SyncPlan, shape: Shape) -> int:
    """Measure what is cached already, else go by the number of fields."""
    cached = Record.objects.of(plan.org, shape.sobject).values_list("data", flat=True)
    sizes = [len(str(data)) for data in cached[:SAMPLE]]
    if sizes:
        return sum(sizes) // len(sizes)
    return BYTES_PER_FIELD * len(shape.fields)


def runs_a_day(plan: SyncPlan, now: datetime) -> int:
    """Count the runs that the plan's schedule starts within 24 hours."""
    if plan.schedule == SyncPlan.Schedule.EVERY and plan.every_minutes:
        return ceil(24 * 60 / plan.every_minutes)
    runs, moment, end = 0, schedule.next_run(plan, now), now + timedelta(days=1)
    while moment is not None and moment < end and runs < 24 * 60:
        runs += 1
        moment = schedule.next_run(plan, moment)
    return runs

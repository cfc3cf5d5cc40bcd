"""What a plan will cost, told before it is switched on."""

from __future__ import annotations

import contextlib
import dataclasses
from math import ceil

from django.db.models import Q
from django.utils import timezone

from sfconnector import conf, gateway
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import ApiUsage, Org, Record, SyncPlan
from sfconnector.salesforce import soql
from sfconnector.sync import choosing, schedule, shaping
from sfconnector.sync.shape import Shape

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

    rows: int | None
    """Records that the first run reads; None: the org does not count this object."""
    calls: int | None
    """API calls of the first run; None when the records are unknown."""
    share: float | None
    """Those calls as a part of the org's daily ones; None when not known yet."""
    mode: str
    """rest or bulk."""
    bytes: int | None
    """Storage that the records will take, about; None when they are unknown."""
    calls_a_day: float
    """API calls of a day's incremental runs, when little changes: a week's mean."""
    parks: bool
    """The first run would rest when its share of the daily calls is spent."""


def forecast(plan: SyncPlan, *, by: Actor = NOBODY) -> Forecast:
    """Ask the org how much there is to read and work out what that costs.

    One API call, two when the object was never described. The plan may be unsaved.
    Raises what the client raises.
    """
    gateway.check_right(by, purpose="preview")
    if plan.kind != SyncPlan.Kind.OBJECT:
        return of_answer(plan)
    return of_records(plan, shape_seen(plan, by=by), by=by)


def shape_seen(plan: SyncPlan, *, by: Actor) -> Shape:
    """Return what a plan of an object reads; for a person who may know."""
    gateway.check_right(by, purpose="preview")
    return shaping.shape_of(plan, shaping.described(plan.org, plan.sobject, by=by))


def of_records(plan: SyncPlan, shape: Shape, *, by: Actor) -> Forecast:
    """Foresee the cost of reading an object: one API call counts its records."""
    org = plan.org
    rows = _count(org, shape, by=by)
    many = conf.current().bulk_threshold if rows is None else rows
    mode = choosing.api_of(plan, shape, is_full=True, how_many=lambda: many)
    calls = None if rows is None else calls_of(mode, rows)
    usage = ApiUsage.objects.filter(org=org).first()
    share = None
    if usage and usage.maximum and calls is not None:
        share = calls / usage.maximum
    return Forecast(
        rows=rows,
        calls=calls,
        share=share,
        mode=mode,
        bytes=None if rows is None else rows * _bytes_per_row(plan, shape),
        calls_a_day=_calls_a_day(plan),
        parks=share is not None and share > conf.current().run_share,
    )


def _calls_a_day(plan: SyncPlan) -> float:
    """Return the calls of a day; in a round several plans have one together."""
    a_day = schedule.runs_a_day(plan, timezone.now())
    if not conf.current().rounds or plan.where or plan.mode == SyncPlan.Mode.BULK:
        return a_day
    scheduled = ~Q(schedule=SyncPlan.Schedule.MANUAL)
    others = SyncPlan.objects.filter(choosing.for_rounds(), scheduled, org=plan.org)
    together = others.filter(is_enabled=True, paused_at=None).exclude(pk=plan.pk)
    return a_day / min(1 + together.count(), choosing.TOGETHER)


def of_answer(plan: SyncPlan) -> Forecast:
    """Foresee the cost of one answer; nothing is asked."""
    a_day = schedule.runs_a_day(plan, timezone.now())
    return Forecast(
        rows=0,
        calls=1,
        share=None,
        mode="rest",
        bytes=0,
        calls_a_day=a_day,
        parks=False,
    )


def _count(org: Org, shape: Shape, *, by: Actor) -> int | None:
    """Count the records; None when the org counts no such object, or not in time."""
    query = soql.count(shape.sobject, where=shape.where)
    pages = gateway.rows(
        org, query, by=by, purpose="preview", all_rows=shape.with_deleted
    )
    try:
        with contextlib.closing(pages):
            return next(pages).total
    except InvalidRequest:
        return None


def calls_of(mode: str, rows: int) -> int:
    """Return the API calls that reading so many rows takes, by rest or bulk."""
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

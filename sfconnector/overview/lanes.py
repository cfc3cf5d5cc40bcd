"""The activity of plans over a day or a week: a lane for each, with a bar per run."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from sfconnector import clock
from sfconnector.models import Round, SyncPlan, SyncRun
from sfconnector.overview.bars import Bar, Ran, bars_of

DAY = 24
WEEK = 7 * DAY
MOST_LANES = 12
MOST_RUNS = 6000
"""Runs that are read at most, the newest first: plans may run each minute."""
LONGEST = timedelta(days=1)
"""A run that was queued this long before the window may still have ended in it."""
EVERY = {DAY: (0, 4, 8, 12, 16, 20), WEEK: (0,)}
"""Hours of the day, by the site's clock, at which there is a mark."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark of the time axis."""

    at: datetime
    x: float
    """Percent of the window's width."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One plan and what it did in the window."""

    plan: SyncPlan
    bars: list[Bar]
    counts: Mapping[str, int]
    """Runs by their state."""
    rows: int
    calls: int
    last: int | None
    """Key of the newest run in the window."""
    last_failed: int | None
    looks: int
    """Rounds that looked at it, and found little or nothing."""

    @property
    def runs(self) -> int:
        """Return how many runs there were."""
        return sum(self.counts.values())


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What plans did between two moments."""

    hours: int
    since: datetime
    until: datetime
    lanes: list[Lane]
    ticks: list[Tick]
    left_out: int
    """Plans that have no lane here."""
    is_cut: bool
    """The plans ran so often that the oldest runs of the window are not drawn."""

    @property
    def runs(self) -> int:
        """Return how many runs are drawn."""
        return sum(lane.runs for lane in self.lanes)

    @property
    def looks(self) -> int:
        """Return how often the plans were looked at in rounds."""
        return sum(lane.looks for lane in self.lanes)

    @property
    def failed(self) -> int:
        """Return how many of them failed."""
        return sum(lane.counts.get("failed", 0) for lane in self.lanes)


def timeline(
    plans: QuerySet[SyncPlan], *, hours: int = DAY, most: int = MOST_LANES
) -> Timeline:
    """Return the last hours of some plans: those in trouble first, then the busiest.

    ``hours`` is ``DAY`` or ``WEEK``; anything else counts as a day. At most ``most``
    plans have a lane. Four queries, whatever the plans are.
    """
    hours = hours if hours in EVERY else DAY
    until = clock.now()
    since = until - timedelta(hours=hours)
    chosen = _chosen(plans, most)
    ran, is_cut = _ran(chosen, since)
    return Timeline(
        hours=hours,
        since=since,
        until=until,
        lanes=_lanes(chosen, ran, _looks(chosen, since), since, until),
        ticks=list(_ticks(since, until, EVERY[hours])),
        left_out=max(0, plans.count() - len(chosen)),
        is_cut=is_cut,
    )


def _chosen(plans: QuerySet[SyncPlan], most: int) -> list[SyncPlan]:
    """Return the plans that have a lane, in their order."""
    failing = Q(failures_in_a_row__gt=0) | ~Q(paused_reason="")
    trouble = When(failing, is_enabled=True, then=Value(0))
    rows = plans.order_by(
        Case(trouble, default=Value(1)),
        F("last_run_at").desc(nulls_last=True),
        "pk",
    )
    told = ("name", "sobject", "path", "soql", "is_enabled")
    state = ("failures_in_a_row", "paused_reason", "paused_at", "schedule")
    found = rows.select_related("org").only("org__alias", "org__label", *told, *state)
    return sorted(
        found[:most], key=lambda one: (not one.is_troubled, str(one.org), str(one))
    )


def _ran(
    plans: Sequence[SyncPlan], since: datetime
) -> tuple[dict[int, list[Ran]], bool]:
    """Return the runs of each plan, the oldest first; and whether some are left out."""
    by_plan: dict[int, list[Ran]] = defaultdict(list)
    if not plans:
        return by_plan, False
    ended = Q(finished_at=None) | Q(finished_at__gte=since)
    recent = Q(queued_at__gte=since - LONGEST) & ended
    active = Q(state__in=SyncRun.ACTIVE)
    rows = SyncRun.objects.filter(recent | active, plan__in=plans).order_by("-pk")
    found = rows.values_list(
        "plan_id",
        "pk",
        "state",
        "queued_at",
        "started_at",
        "finished_at",
        "fetched",
        "api_calls",
    )[: MOST_RUNS + 1]
    for plan, *values in islice(found, MOST_RUNS):
        by_plan[plan].insert(0, Ran._make(values))
    return by_plan, len(found) > MOST_RUNS


def _looks(plans: Sequence[SyncPlan], since: datetime) -> Mapping[str, int]:
    """Return how many rounds looked at each plan, by its key as JSON has it."""
    if not plans:
        return {}
    rounds = Round.objects.filter(
        org__in={plan.org_id for plan in plans}, at__gte=since
    )
    told = rounds.order_by("-pk").values_list("plans", flat=True)[:MOST_RUNS]
    return Counter(key for keys in told for key in keys)


def _lanes(
    plans: Sequence[SyncPlan],
    ran: Mapping[int, list[Ran]],
    looks: Mapping[str, int],
    since: datetime,
    until: datetime,
) -> list[Lane]:
    highest = max((one.rows for runs in ran.values() for one in runs), default=0)
    return [
        _lane(
            plan,
            mine := ran.get(plan.pk, []),
            bars_of(mine, since=since, until=until, highest=highest),
            looks=looks.get(str(plan.pk), 0),
        )
        for plan in plans
    ]


def _lane(plan: SyncPlan, ran: list[Ran], bars: list[Bar], *, looks: int) -> Lane:
    failed = [one.pk for one in ran if one.state == SyncRun.State.FAILED]
    return Lane(
        plan=plan,
        bars=bars,
        counts=Counter(one.state for one in ran),
        rows=sum(one.rows for one in ran),
        calls=sum(one.calls for one in ran),
        last=max((one.pk for one in ran), default=None),
        last_failed=max(failed, default=None),
        looks=looks,
    )


def _ticks(since: datetime, until: datetime, hours: Sequence[int]) -> list[Tick]:
    """Return the marks between two moments, by the site's clock."""
    day, last = timezone.localtime(since).date(), timezone.localtime(until).date()
    found = []
    while day <= last:
        for hour in hours:
            at = timezone.make_aware(datetime.combine(day, time(hour)))
            if since < at < until:
                x = 100 * (at - since) / (until - since)
                found.append(Tick(at=at, x=x))
        day += timedelta(days=1)
    return found

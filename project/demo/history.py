"""A week that the demo makes up: runs and API calls as if the site had been running."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from sfconnector.models import ApiUsageDay, Org, SyncPlan, SyncRun

DAYS = 7
HOURS_BETWEEN = 3
AT_WORK = range(8, 19)
"""Hours of the day (UTC) in which people change records."""


def make_up(org: Org, plans: Sequence[SyncPlan]) -> int:
    """Write the runs of the last week, and their calls; returns how many runs.

    Does nothing for an org that has runs already.
    """
    if SyncRun.objects.filter(org=org).exists():
        return 0
    dice = random.Random(org.alias)  # noqa: S311 - the same week at each demo
    runs = [run for plan in plans for run in _runs(plan, dice)]
    runs.sort(key=lambda run: run.queued_at)
    times = [run.queued_at for run in runs]
    made = SyncRun.objects.bulk_create(runs)
    for run, queued_at in zip(made, times, strict=True):
        run.queued_at = queued_at  # creation wrote the time of now
    SyncRun.objects.bulk_update(made, ["queued_at"])
    _count_calls(org, made)
    return len(made)


def _runs(plan: SyncPlan, dice: random.Random) -> Iterator[SyncRun]:
    now = timezone.now()
    moment = now - timedelta(days=DAYS, minutes=dice.randrange(60))
    while moment < now - timedelta(hours=1):
        yield _run(plan, moment, dice)
        moment += timedelta(hours=HOURS_BETWEEN)


def _run(plan: SyncPlan, moment: datetime, dice: random.Random) -> SyncRun:
    is_busy = moment.hour in AT_WORK and moment.weekday() < 5
    changed = dice.randrange(5, 60) if is_busy else dice.randrange(4)
    created = changed // 5
    seconds = 0.2 + changed * 0.01 + dice.random()
    run = SyncRun(
        plan=plan,
        org=plan.org,
        sobject=plan.sobject,
        state=SyncRun.State.SUCCEEDED,
        trigger=SyncRun.Trigger.SCHEDULE,
        mode=SyncPlan.Mode.REST,
        fetched=changed,
        created=created,
        updated=changed - created,
        api_calls=2 + changed // 20,
        queued_at=moment,
        started_at=moment,
        finished_at=moment + timedelta(seconds=seconds),
    )
    if dice.random() < 0.02:
        _spoil(run)
    return run


def _spoil(run: SyncRun) -> None:
    """Let a run end as runs do when an org is away for a minute."""
    run.state = SyncRun.State.FAILED
    run.fetched = run.created = run.updated = 0
    run.error_code = "SERVER_UNAVAILABLE"
    run.error_text = "The org did not answer in time (503)."
    run.remedy = "Nothing to do: the next run reads what this one did not."


def _count_calls(org: Org, runs: Sequence[SyncRun]) -> None:
    calls: Counter[date] = Counter()
    for run in runs:
        calls[run.queued_at.date()] += run.api_calls
    for day, number in calls.items():
        ApiUsageDay.objects.get_or_create(
            org=org, day=day, defaults={"calls": number, "highest_used": number}
        )

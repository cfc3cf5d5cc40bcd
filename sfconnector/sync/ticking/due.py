"""Plans whose time has come: claimed, moved on and queued, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest

from django.db.models import Q

from sfconnector import conf, exceptions, transactions
from sfconnector.models import Org, SyncPlan, SyncRun
from sfconnector.sync import choosing, schedule
from sfconnector.sync.ticking import sets

READ = (
    "pk",
    "uuid",
    "org_id",
    "sobject",
    "schedule",
    "every_minutes",
    "cron",
    "next_run_at",
    "full_wanted_at",
)
"""What a tick has to know of a plan."""


def start(now: datetime) -> int:
    """Queue a run for each due plan and set when it is due next; return how many.

    Whoever dies in it leaves the plans due, for the next tick. A plan whose former run
    is not over yet waits for its next time. Times that were missed are not caught up.
    """
    with transactions.short():
        plans = _locked(now)
        if not plans:
            return 0
        present = {org.pk: org for org in _present()}
        plans = [plan for plan in plans if plan.org_id in present]
        moved = _moved(plans, now)
        sets.move(moved)
        busy = set(SyncRun.objects.active().values_list("plan_id", flat=True))
        starting = [
            plan
            for plan, _ in moved
            if plan.next_run_at is not None
            and plan.pk not in busy
            and present[plan.org_id].is_connected
        ]
        sets.queue(_in_turns(starting), now)
        _fulfil_wishes(starting)
    return len(starting)


def _locked(now: datetime) -> list[SyncPlan]:
    """Lock the plans that are due, and those whose time nobody has set yet.

    What another tick, a person or a run's end has locked is left to them: a due plan
    stays due.
    """
    unset = Q(next_run_at=None) & ~Q(schedule=SyncPlan.Schedule.MANUAL)
    due = Q(next_run_at__lte=now)
    if conf.current().rounds:
        refuse = Org.objects.filter(rounds_refused_until__gt=now)
        others = Q(org__in=list(refuse.values_list("pk", flat=True)))
        due &= ~choosing.for_rounds() | others
    rows = SyncPlan.objects.filter(unset | due, is_enabled=True, paused_at=None)
    features = transactions.connection().features
    locked = rows.select_for_update(
        skip_locked=features.has_select_for_update_skip_locked,
        no_key=features.has_select_for_no_key_update,
    )
    return list(locked.order_by("next_run_at", "pk").only(*READ))


def _present() -> Iterable[Org]:
    orgs = Org.objects.filter(deletion_requested_at=None)
    return orgs.only("pk", "status")


def _moved(
    plans: Iterable[SyncPlan], now: datetime
) -> list[tuple[SyncPlan, datetime | None]]:
    """Say when each plan is due next; pause those with a text that never comes due."""
    moved = []
    for plan in plans:
        try:
            after = schedule.next_run(plan, now)
        except exceptions.ConfigurationError as error:
            plan.pause(str(error))
            continue
        if after != plan.next_run_at:
            moved.append((plan, after))
    return moved


def _in_turns(plans: Sequence[SyncPlan]) -> list[SyncPlan]:
    """Order plans so that every org has its first before any has its second."""
    queues: dict[int, list[SyncPlan]] = {}
    for plan in plans:
        queues.setdefault(plan.org_id, []).append(plan)
    return [plan for turn in zip_longest(*queues.values()) for plan in turn if plan]


def _fulfil_wishes(plans: Iterable[SyncPlan]) -> None:
    """Forget the wishes for everything that the queued runs fulfil."""
    wished = [plan.pk for plan in plans if plan.full_wanted_at is not None]
    if wished:
        SyncPlan.objects.filter(pk__in=wished).update(full_wanted_at=None)

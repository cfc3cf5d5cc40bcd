"""Where the plans of an org are not what a set says."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sfconnector.models import Org, PlanSet, PlanSetObject, SyncPlan


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One object of a set that an org has no plan for, or another one."""

    member: PlanSetObject
    plan: SyncPlan | None
    """None where the org has no plan of this object."""
    columns: tuple[str, ...] = ()
    """Columns of the plan that say something else."""


def differences(plan_set: PlanSet, orgs: Iterable[Org]) -> dict[int, list[Difference]]:
    """Return for each org, by its key, what is not as the set says; two queries.

    A plan that is paused, switched off or has a name of its own is no difference: that
    is the org's business.
    """
    members = list(plan_set.members.all())
    keys = [org.pk for org in orgs]
    plans: dict[int, dict[str, SyncPlan]] = defaultdict(dict)
    rows = SyncPlan.objects.filter(org__in=keys, kind=SyncPlan.Kind.OBJECT)
    for plan in rows:
        plans[plan.org_id][plan.sobject.lower()] = plan
    return {key: _of_org(plan_set, members, plans[key]) for key in keys}


def _of_org(
    plan_set: PlanSet, members: list[PlanSetObject], plans: dict[str, SyncPlan]
) -> list[Difference]:
    found = []
    for member in members:
        plan = plans.get(member.sobject.lower())
        columns = () if plan is None else differing(plan_set, member, plan)
        if plan is None or columns:
            found.append(Difference(member=member, plan=plan, columns=columns))
    return found


def wanted(plan_set: PlanSet, member: PlanSetObject) -> dict[str, Any]:
    """Return the columns of a plan as a set wants them."""
    schedule = plan_set.schedule
    is_every = schedule == SyncPlan.Schedule.EVERY
    is_cron = schedule == SyncPlan.Schedule.CRON
    return {
        "fields": list(member.fields),
        "where": member.where.strip(),
        "schedule": schedule,
        "every_minutes": plan_set.every_minutes if is_every else None,
        "cron": plan_set.cron if is_cron else "",
    }


def differing(
    plan_set: PlanSet, member: PlanSetObject, plan: SyncPlan
) -> tuple[str, ...]:
    """Return the columns in which a plan is not what a set says."""
    told = wanted(plan_set, member)
    used = {"fields", "where", "schedule"}
    used |= {"every_minutes"} if told["every_minutes"] else set()
    used |= {"cron"} if told["cron"] else set()
    found = {name for name in used if _plain(told[name]) != _plain(getattr(plan, name))}
    return tuple(name for name in told if name in found)


def _plain(value: Any) -> Any:
    """Make values comparable: order and case of fields say nothing."""
    if isinstance(value, list):
        return sorted(name.lower() for name in value)
    return value.strip() if isinstance(value, str) else value

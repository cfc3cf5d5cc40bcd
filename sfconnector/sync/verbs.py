"""Plans made and looked at: create one for an object, foresee what it will cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from sfconnector import catalog
from sfconnector.models import Org, SyncPlan
from sfconnector.sync import schedule


def plan_object(
    org: Org,
    *,
    sobject: str,
    fields: Sequence[str] = (),
    where: str = "",
    mode: str = SyncPlan.Mode.AUTO,
    **options: Any,
) -> SyncPlan:
    """Return the plan for an object of an org, made or changed to what is asked.

    ``options`` are further columns of the plan, such as ``every_minutes``.
    """
    name = catalog.canonical_name(org, sobject)
    if options.get("every_minutes") and "schedule" not in options:
        options["schedule"] = SyncPlan.Schedule.EVERY
    if options.get("cron") and "schedule" not in options:
        options["schedule"] = SyncPlan.Schedule.CRON
    plan, _ = SyncPlan.objects.update_or_create(
        org=org,
        kind=SyncPlan.Kind.OBJECT,
        sobject=name,
        defaults={"fields": list(fields), "where": where, "mode": mode, **options},
    )
    return schedule_anew(plan)


def plan_endpoint(org: Org, *, path: str, **options: Any) -> SyncPlan:
    """Return the plan that caches a GET of a path, made or changed."""
    plan, _ = SyncPlan.objects.update_or_create(
        org=org, kind=SyncPlan.Kind.ENDPOINT, path=path.strip(), defaults=options
    )
    return schedule_anew(plan)


def plan_soql(org: Org, *, soql: str, **options: Any) -> SyncPlan:
    """Return the plan that caches a query's answer, made or changed."""
    plan, _ = SyncPlan.objects.update_or_create(
        org=org, kind=SyncPlan.Kind.SOQL, soql=soql.strip(), defaults=options
    )
    return schedule_anew(plan)


def schedule_anew(plan: SyncPlan, *, now: datetime | None = None) -> SyncPlan:
    """Set when the plan runs next, after its schedule was changed."""
    plan.next_run_at = schedule.next_run(plan, now or timezone.now())
    plan.save(update_fields=["next_run_at", "updated_at"])
    return plan

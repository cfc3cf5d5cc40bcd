"""Plans made and looked at: create one for an object, foresee what it will cost."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import DatabaseError

from sfconnector import catalog, clock, gateway, hooks, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import ConfigurationError, SFConnectorError
from sfconnector.models import Org, SyncPlan
from sfconnector.sync import schedule
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)


class PlanOptions(TypedDict, total=False):
    """Further columns of a plan of any kind; what is not given stays as it is."""

    name: str
    schedule: str
    every_minutes: int | None
    cron: str
    is_enabled: bool
    created_by: Any
    created_by_id: Any


class ObjectPlanOptions(PlanOptions, total=False):
    """Further columns of a plan that reads an object."""

    where: str
    mode: str
    overlap_minutes: int
    full_every_days: int
    drift_policy: str
    history_days: int
    include_deleted: bool


def plan_object(
    org: Org,
    *,
    sobject: str,
    fields: Sequence[str] | None = None,
    by: Actor = NOBODY,
    **options: Unpack[ObjectPlanOptions],
) -> SyncPlan:
    """Return the plan for an object of an org, made, or changed in what is given.

    ``fields`` are API names; an empty list means every readable one. ``options`` are
    further columns of the plan, such as ``where``, ``mode`` or ``every_minutes``. What
    is not given stays as it is; a new plan runs only when asked. Raises what
    ``gateway.check_plan`` raises.
    """
    values: dict[str, Any] = {**options}
    if fields is not None:
        values["fields"] = list(fields)
    name = catalog.canonical_name(org, sobject)
    where = options.get("where", "")
    wanted = SyncPlan(org=org, kind=SyncPlan.Kind.OBJECT, sobject=name, where=where)
    gateway.check_plan(wanted, by=by)
    known = org.plans.filter(kind=SyncPlan.Kind.OBJECT, sobject__iexact=name).first()
    if options.get("every_minutes") and "schedule" not in options:
        values["schedule"] = SyncPlan.Schedule.EVERY
    if options.get("cron") and "schedule" not in options:
        values["schedule"] = SyncPlan.Schedule.CRON
    plan, _created = SyncPlan.objects.update_or_create(
        org=org,
        kind=SyncPlan.Kind.OBJECT,
        sobject=known.sobject if known else name,
        defaults=values,
    )
    if known is None or known.where != plan.where:
        gateway.note_plan(plan, by=by)
    return schedule_anew(plan)


def plan_endpoint(
    org: Org, *, path: str, by: Actor = NOBODY, **options: Unpack[PlanOptions]
) -> SyncPlan:
    """Return the plan that caches a GET of a path, made or changed.

    Raises what ``gateway.check_plan`` raises: a plan only reads.
    """
    wanted = SyncPlan(org=org, kind=SyncPlan.Kind.ENDPOINT, path=path.strip())
    gateway.check_plan(wanted, by=by)
    plan, is_new = SyncPlan.objects.update_or_create(
        org=org, kind=SyncPlan.Kind.ENDPOINT, path=path.strip(), defaults=options
    )
    if is_new:
        gateway.note_plan(plan, by=by)
    return schedule_anew(plan)


def plan_soql(
    org: Org, *, soql: str, by: Actor = NOBODY, **options: Unpack[PlanOptions]
) -> SyncPlan:
    """Return the plan that caches a query's answer, made or changed, likewise."""
    gateway.check_plan(
        SyncPlan(org=org, kind=SyncPlan.Kind.SOQL, soql=soql.strip()), by=by
    )
    plan, is_new = SyncPlan.objects.update_or_create(
        org=org, kind=SyncPlan.Kind.SOQL, soql=soql.strip(), defaults=options
    )
    if is_new:
        gateway.note_plan(plan, by=by)
    return schedule_anew(plan)


def plan_task(
    org: Org, *, task: str, by: Actor = NOBODY, **options: Unpack[PlanOptions]
) -> SyncPlan:
    """Return the plan of a fetch task of the host for an org, made when needed.

    It begins with the schedule of ``@sf_task``, unless ``options`` say otherwise; one
    that exists is changed in what is given. Raises ConfigurationError when the project
    has no task of this name.
    """
    known = hooks.task_named(task)
    if known is None:
        raise ConfigurationError(
            _("The project has no task named “{name}” now.").format(name=task),
            remedy=_("Register it with @sf_task, or delete this plan."),
        )
    first: dict[str, Any] = {"name": task[:120], "schedule": SyncPlan.Schedule.MANUAL}
    if known.every_minutes:
        first |= {"every_minutes": known.every_minutes}
        first |= {"schedule": SyncPlan.Schedule.EVERY}
    elif known.cron:
        first |= {"cron": known.cron, "schedule": SyncPlan.Schedule.CRON}
    plan, is_new = SyncPlan.objects.update_or_create(
        org=org,
        kind=SyncPlan.Kind.TASK,
        task=task,
        defaults=options,
        create_defaults={**first, **options},
    )
    if is_new:
        _note_declined(org.pk, task, is_declined=False)
        gateway.note_plan(plan, by=by)
    return schedule_anew(plan)


def note_deleted(plan: SyncPlan) -> None:
    """Remember that somebody deleted the plan of a task: no tick makes it anew.

    Unless the project has no such task now: then its return is the project's wish.
    """
    if plan.kind == SyncPlan.Kind.TASK and hooks.task_named(plan.task):
        _note_declined(plan.org_id, plan.task, is_declined=True)


def _note_declined(org_id: int, task: str, *, is_declined: bool) -> None:
    with transactions.atomic():
        rows = Org.objects.filter(pk=org_id)
        locked = rows.select_for_update().values_list("tasks_declined", flat=True)
        before = set(locked.first() or ())
        after = before | {task} if is_declined else before - {task}
        if after != before:
            rows.update(tasks_declined=sorted(after))


def plan_tasks() -> int:
    """Give connected orgs their plans of the host's tasks; return how many are new.

    Not one that somebody has deleted: ``plan_task`` brings that back.
    One that cannot be made, for its cron text say, is told in the log and left out: the
    tick has more to do.
    """
    tasks = list(hooks.host_tasks())
    if not tasks:
        return 0
    rows = SyncPlan.objects.filter(kind=SyncPlan.Kind.TASK)
    known = set(rows.values_list("org_id", "task"))
    missing = [
        (org, task.name)
        for org in Org.objects.connected()
        for task in tasks
        if task.is_for(org)
        and (org.pk, task.name) not in known
        and task.name not in (org.tasks_declined or ())
    ]
    made = 0
    for org, name in missing:
        try:
            with transactions.atomic():
                plan_task(org, task=name)
        except (SFConnectorError, DatabaseError):
            logger.exception("The task %r has no plan for %s.", name, org.alias)
        else:
            made += 1
    return made


def schedule_anew(plan: SyncPlan, *, now: datetime | None = None) -> SyncPlan:
    """Set when the plan runs next, after its schedule was changed."""
    plan.next_run_at = schedule.next_run(plan, now or clock.now())
    plan.save(update_fields=["next_run_at", "updated_at"])
    return plan

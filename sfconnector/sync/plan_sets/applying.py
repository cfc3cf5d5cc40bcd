"""Gives an org the plans of a set; makes a set of plans that an org has."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sfconnector import audit, clock, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.models import (
    Org,
    PlanSet,
    PlanSetObject,
    PlanSetOrg,
    SObject,
    SyncPlan,
)
from sfconnector.sync.plan_sets.differing import Difference, differences, wanted
from sfconnector.sync.plans import plan_object
from sfconnector.texts import gettext_noop as _


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a set to one org came to."""

    org: Org
    made: tuple[SyncPlan, ...] = ()
    changed: tuple[SyncPlan, ...] = ()
    refused: tuple[tuple[str, SFConnectorError], ...] = ()
    """Objects whose plan could not be made, each with the reason."""


def apply_set(plan_set: PlanSet, *, org: Org, by: Actor = NOBODY) -> Applied:
    """Give an org the plans of a set, and return what was done; also to do it again.

    Plans that are as the set says stay untouched, and so do those of objects that the
    set does not name. One object that is refused does not keep the others away.
    """
    made: list[SyncPlan] = []
    changed: list[SyncPlan] = []
    refused: list[tuple[str, SFConnectorError]] = []
    for one in differences(plan_set, [org])[org.pk]:
        try:
            plan = _planned(plan_set, one, org=org, by=by)
        except SFConnectorError as error:
            refused.append((one.member.sobject, error))
        else:
            (changed if one.plan else made).append(plan)
    PlanSetOrg.objects.update_or_create(
        plan_set=plan_set, org=org, defaults={"applied_at": clock.now()}
    )
    audit.append(
        "plan_set.applied",
        by=by,
        org=org,
        outcome="failed" if refused else "ok",
        detail={
            "set": plan_set.name,
            "made": [plan.sobject for plan in made],
            "changed": [plan.sobject for plan in changed],
            "refused": [name for name, _error in refused],
        },
    )
    return Applied(
        org=org, made=tuple(made), changed=tuple(changed), refused=tuple(refused)
    )


def _planned(plan_set: PlanSet, one: Difference, *, org: Org, by: Actor) -> SyncPlan:
    name = one.member.sobject
    rows = SObject.objects.filter(org=org, name__iexact=name, is_present=True)
    if org.catalog_at and not rows.exists():
        raise InvalidRequest(
            _("{org} has no object {name}.").format(org=org, name=name),
            remedy=_("Discover its objects again, or leave the object out there."),
        )
    values = wanted(plan_set, one.member)
    fields = values.pop("fields")
    if one.plan is None and by.user_id:
        values["created_by_id"] = by.user_id
    return plan_object(org, sobject=name, fields=fields, by=by, **values)


def set_from(plans: Sequence[SyncPlan], *, name: str, by: Actor = NOBODY) -> PlanSet:
    """Make a set of plans that read objects, with the schedule of the first.

    Each object is taken once. Raises InvalidRequest where no plan reads an object.
    """
    chosen: dict[str, SyncPlan] = {}
    for plan in plans:
        if plan.kind == SyncPlan.Kind.OBJECT:
            chosen.setdefault(plan.sobject.lower(), plan)
    if not chosen:
        raise InvalidRequest(
            _("A set holds plans that read objects, and none of these does."),
            remedy=_("Choose plans of the kind “Object”."),
        )
    first = next(iter(chosen.values()))
    with transactions.short():
        made = PlanSet.objects.create(
            name=name,
            schedule=first.schedule,
            every_minutes=first.every_minutes,
            cron=first.cron,
            created_by_id=by.user_id,
        )
        PlanSetObject.objects.bulk_create(
            PlanSetObject(
                plan_set=made, sobject=one.sobject, fields=one.fields, where=one.where
            )
            for one in chosen.values()
        )
    audit.append(
        "plan_set.made",
        by=by,
        detail={
            "plan_set": made.pk,
            "set": name,
            "objects": [one.sobject for one in chosen.values()],
        },
    )
    return made

"""What a plan may read: checked when it is saved, and again whenever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sfconnector import audit, catalog, orgs
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.gateway import permits
from sfconnector.gateway.asking import Trail, check_names, spelled
from sfconnector.gateway.call import Call
from sfconnector.gateway.naming import Names
from sfconnector.gateway.row_pages import check_is_query
from sfconnector.gateway.shapes import NOT_SHOWN, clean
from sfconnector.models import CachedResponse, Org, SyncPlan
from sfconnector.salesforce.redaction import redact_path


def may_plan(by: Actor) -> bool:
    """Tell whether somebody may save plans, besides the right to change their rows."""
    return permits.may(by, "plan")


def check_right(by: Actor, *, purpose: str) -> None:
    """Raise Forbidden for a person who may not send calls for a purpose."""
    permits.check(by, purpose)


def check_plan(plan: SyncPlan, *, by: Actor = NOBODY) -> None:
    """Raise for a plan that would write, or name a masked field, or go elsewhere.

    Forbidden for a person without the right and for a call that writes; InvalidRequest
    and HostRefused for what cannot be asked. Nothing is sent; refusals are noted.
    """
    try:
        permits.check(by, "plan")
        _check_worded(plan, by=by)
    except SFConnectorError as error:
        code = error.code or type(error).__name__
        who = by if by.is_person else audit.actor()
        audit.append(
            "plan.saved",
            by=who,
            org=plan.org,
            outcome="refused",
            detail={**_told(plan), "code": code},
        )
        raise


def _check_worded(plan: SyncPlan, *, by: Actor) -> None:
    names = Names(plan.org, catalog.masks_of(plan.org))
    if plan.kind == SyncPlan.Kind.ENDPOINT:
        call = Call(path=spelled(plan.org, plan.path.strip()))
        permits.check_write(
            plan.org, call, by=by, purpose="plan", may_write=False, alias=""
        )
        check_names(names, call)
    elif plan.kind == SyncPlan.Kind.SOQL:
        check_is_query(plan.soql.strip())
        names.check_query(plan.soql)
    elif plan.where.strip():
        names.check_filter(plan.where, sobject=plan.sobject)


def chosen_of(org: Org, *, sobject: str, names: Sequence[str], where: str) -> list[str]:
    """Return the fields of a list that lead to nothing masked: ``Owner.Phone`` may.

    Raises InvalidRequest for a filter that is none, or names a masked field.
    """
    if not where.strip() and not any("." in name for name in names):
        return list(names)
    masks = catalog.masks_of(org)
    known = Names(org, masks)
    if where.strip():
        trail = Trail(org, "plan", {"asked": redact_path(f"?{where}")[1:]})
        with trail.refusals(audit.actor()):
            known.check_filter(where, sobject=sobject)
    if not masks:
        return list(names)
    # A masked field of the object itself is told as left out by whoever asked for it.
    return [
        name
        for name in names
        if "." not in name or not known.names_hidden(name, of=sobject)
    ]


def note_plan(plan: SyncPlan, *, by: Actor = NOBODY) -> None:
    """Write down that somebody saved what a plan asks from now on."""
    audit.append("plan.saved", by=by, org=plan.org, detail=_told(plan))


def _told(plan: SyncPlan) -> dict[str, str]:
    asked = redact_path(plan.path or f"?{plan.soql or plan.where}").removeprefix("?")
    return {"kind": plan.kind, "sobject": plan.sobject, "asked": asked}


def shown(answer: CachedResponse) -> Any:
    """Return the body of a kept answer as it may be seen today.

    Fields may have been masked since it came. What it answers is read anew; where that
    was not kept, the plan's own words stand for it and rows of groups are not shown.
    """
    plan, org = answer.plan, answer.plan.org
    masks = catalog.masks_of(org)
    if not masks:
        return answer.body
    asked = answer.asked if answer.asked is not None else plan.path or plan.soql
    if not asked.startswith("/"):
        version = orgs.version_for(org)
        asked = f"/services/data/v{version}/query?{urlencode({'q': asked})}"
    try:
        call = Call(path=asked)
        check_names(Names(org, masks), call)
    except SFConnectorError:
        return NOT_SHOWN
    if not isinstance(answer.body, dict | list):
        return NOT_SHOWN
    if answer.asked is None:  # an alias of another query may stand for any field
        call = Call(path=asked.partition("?")[0])
    return clean(call, answer.body, masks=masks, is_refusal=answer.status >= 400)

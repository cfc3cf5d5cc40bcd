"""A look at what a plan would read: its query, a few rows, what it will cost."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

from sfconnector import gateway
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import SyncPlan
from sfconnector.sync.outlook.forecasting import (
    Forecast,
    of_answer,
    of_records,
    shape_seen,
)
from sfconnector.sync.responses import readable
from sfconnector.texts import gettext_noop as _


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a plan would read, seen before it is switched on."""

    query: str
    """The SOQL of a full pass, or the path of an endpoint."""
    rows: list[dict[str, Any]] = dataclasses.field(repr=False)
    body: Any = dataclasses.field(default=None, repr=False)
    """The answer of an endpoint."""
    dropped: tuple[str, ...] = ()
    """Fields that the plan names and the org does not have."""
    forecast: Forecast


def preview(plan: SyncPlan, *, by: Actor = NOBODY) -> Preview:
    """Ask the org for the first rows of a plan and foresee its cost; keep nothing.

    Two or three API calls. The plan may be unsaved. Raises what the client raises.
    """
    if plan.kind == SyncPlan.Kind.ENDPOINT:
        call = gateway.Call(path=plan.path)
        reply = gateway.ask(plan.org, call, by=by, purpose="preview")
        if reply.refusal is not None:
            raise reply.refusal
        body = readable(reply)
        return Preview(query=call.path, rows=[], body=body, forecast=of_answer(plan))
    if plan.kind == SyncPlan.Kind.TASK:
        raise InvalidRequest(
            _("What a task of the project does cannot be looked at beforehand."),
            remedy=_("Run it."),
        )
    if plan.kind == SyncPlan.Kind.SOQL:
        rows = _first_rows(plan, plan.soql, by=by)
        return Preview(query=plan.soql, rows=rows, forecast=of_answer(plan))
    shape = shape_seen(plan, by=by)
    foreseen = of_records(plan, shape, by=by)
    return Preview(
        query=shape.full(),
        rows=_first_rows(plan, shape.full(limit=gateway.SHOWN["preview"]), by=by),
        dropped=shape.dropped,
        forecast=foreseen,
    )


def _first_rows(plan: SyncPlan, query: str, *, by: Actor) -> list[dict[str, Any]]:
    pages = gateway.rows(plan.org, query, by=by, purpose="preview")
    with contextlib.closing(pages):
        return next(pages).rows

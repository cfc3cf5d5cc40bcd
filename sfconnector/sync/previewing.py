"""A look at what a plan would read: its query, a few rows, what it will cost."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from sfconnector import orgs
from sfconnector.models import SyncPlan
from sfconnector.salesforce.client import Client
from sfconnector.sync import choosing
from sfconnector.sync.answers import endpoint_path, readable
from sfconnector.sync.forecasting import Forecast, forecast

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

FEW = 5


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


def preview(
    plan: SyncPlan, *, user: AbstractBaseUser | AnonymousUser | None = None
) -> Preview:
    """Ask the org for the first rows of a plan and foresee its cost; keep nothing.

    Two or three API calls. The plan may be unsaved. Raises what the client raises.
    """
    foreseen = forecast(plan, user=user)
    with orgs.client_for(
        plan.org, purpose="forecast", user=user, patient=False
    ) as client:
        if plan.kind == SyncPlan.Kind.ENDPOINT:
            path = endpoint_path(plan.org, plan.path)
            answer = client.request("GET", path)
            return Preview(
                query=path, rows=[], body=readable(answer), forecast=foreseen
            )
        if plan.kind == SyncPlan.Kind.SOQL:
            rows = _first_rows(client, plan.soql)
            return Preview(query=plan.soql, rows=rows, forecast=foreseen)
        shape = choosing.shape_of(plan, choosing.described(plan.org, plan.sobject))
        return Preview(
            query=shape.full(),
            rows=_first_rows(client, shape.full(limit=FEW)),
            dropped=shape.dropped,
            forecast=foreseen,
        )


def _first_rows(client: Client, query: str) -> list[dict[str, Any]]:
    return next(iter(client.query(query))).records[:FEW]

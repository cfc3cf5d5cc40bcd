"""What an org may be asked for: its usual objects, their rows, their cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable

from django.db.models import Q

from sfconnector import conf, sync
from sfconnector.catalog import USUAL
from sfconnector.models import Org, SObject, SyncPlan, SyncRun

MOST_FOUND = 20
"""Objects that a search offers."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One object that may be fetched, or is."""

    sobject: SObject
    calls: int | None
    """API calls of the first fetch, about; None while its rows are not counted."""
    plan: SyncPlan | None = None
    run: SyncRun | None = None
    """The last run of the plan."""

    @property
    def name(self) -> str:
        """Return the API name."""
        return self.sobject.name

    def fits(self, search: str) -> bool:
        """Tell whether the label or the API name holds what was searched for."""
        told = (self.name, self.sobject.label)
        return any(search.casefold() in one.casefold() for one in told)

    @property
    def rows(self) -> int | None:
        """Return how many records the org says it has, None when it was not asked."""
        return self.sobject.counted_in_org


def offers_of(
    org: Org, *, search: str = "", names: Collection[str] = ()
) -> list[Offer]:
    """Return what may be fetched of an org, from the cache alone.

    That is: what is planned already, the usual objects, those in ``names``, and the
    first that fit ``search`` by label or API name.
    """
    plans = {plan.sobject: plan for plan in org.plans.filter(kind="object")}
    wanted = {*USUAL, *names, *plans}
    rows = SObject.objects.filter(org=org, is_present=True, queryable=True)
    rows = rows.defer("describe")
    found = {row.name: row for row in rows.filter(name__in=wanted)}
    if search:
        fits = Q(name__icontains=search) | Q(label__icontains=search)
        found |= {row.name: row for row in rows.filter(fits)[:MOST_FOUND]}
    runs = _last_runs(plans.values())
    made = [_offer(row, plans.get(row.name), runs) for row in found.values()]
    return sorted(made, key=_place)


def _offer(row: SObject, plan: SyncPlan | None, runs: dict[int, SyncRun]) -> Offer:
    rows = row.counted_in_org
    calls = None
    if rows is not None:
        is_much = rows >= conf.current().bulk_threshold
        calls = 1 + sync.calls_of(
            "bulk" if is_much else "rest", rows
        )  # and its describe
    run = runs.get(plan.pk) if plan else None
    return Offer(sobject=row, calls=calls, plan=plan, run=run)


def _last_runs(plans: Iterable[SyncPlan]) -> dict[int, SyncRun]:
    runs = SyncRun.objects.filter(plan__in=[plan.pk for plan in plans]).order_by("pk")
    return {run.plan_id: run for run in runs}


def _place(offer: Offer) -> tuple[int, str]:
    name = offer.name
    return (USUAL.index(name) if name in USUAL else len(USUAL), offer.sobject.label)

"""Both sides of an org's plans: what Salesforce has, what is here, why they differ."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from sfconnector.models import Org, SObject, SyncPlan, SyncRun
from sfconnector.texts import gettext_noop

MOST_ROWS = 50
SLACK = 0.01
"""Salesforce counts now and then: a difference of less proves nothing."""

BY_FILTER = gettext_noop("The plan's filter leaves records out.")
OLDER_COUNT = gettext_noop("Counted before the last fetch; count again.")
UNSEEN = gettext_noop(
    "Records that our user may not see, or that came without a change of their stamp. "
    "A full pass finds the latter."
)
LEFT_BEHIND = gettext_noop(
    "Purged or archived in the org; its recycle bin is not counted. A full pass finds "
    "what is gone."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One plan with the counts of both sides."""

    plan: SyncPlan
    sobject: SObject | None
    last_run: SyncRun | None
    """Key and state alone."""

    @property
    def in_org(self) -> int | None:
        """Return how many records the org said it has; None when never asked."""
        return self.sobject.counted_in_org if self.sobject else None

    @property
    def here(self) -> int | None:
        """Return how many live records are cached; None where it is not an object."""
        return self.sobject.live_count if self.sobject else None

    @property
    def difference(self) -> int | None:
        """Return what is here beyond the org's count, negative: what is missing."""
        if self.in_org is None or self.here is None or not self.plan.last_success_at:
            return None
        return self.here - self.in_org

    @property
    def is_noteworthy(self) -> bool:
        """Tell whether the counts differ by more than the org's guess."""
        return abs(self.difference or 0) > SLACK * max(self.in_org or 0, 1)

    @property
    def why(self) -> str:
        """Say what a difference comes from, "" where there is none to speak of."""
        if not self.is_noteworthy:
            return ""
        if self.plan.where:
            return BY_FILTER
        if self._is_counted_before_the_fetch:
            return OLDER_COUNT
        return LEFT_BEHIND if (self.difference or 0) > 0 else UNSEEN

    @property
    def may_help(self) -> bool:
        """Tell whether a full pass may settle the difference."""
        return self.why in {UNSEEN, LEFT_BEHIND}

    @property
    def _is_counted_before_the_fetch(self) -> bool:
        counted = self.sobject.counted_at if self.sobject else None
        fetched = self.plan.last_success_at
        return counted is None or (fetched is not None and counted < fetched)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The plans of an org, those in trouble first."""

    rows: list[Side]
    left_out: int
    counted_at: datetime | None
    """Age of the oldest of the org's counts; None when some were never asked for."""


def sides(org: Org, *, most: int = MOST_ROWS) -> Sides:
    """Return the plans of an org with the counts of both sides, as they are kept."""
    plans = _plans(org)
    shown = list(plans[:most])
    names = [plan.sobject for plan in shown if plan.kind == SyncPlan.Kind.OBJECT]
    rows = SObject.objects.filter(org=org, name__in=names).defer("describe")
    found = {row.name: row for row in rows}
    made = [_side(plan, found) for plan in shown]
    counted = [one.sobject.counted_at for one in made if one.sobject]
    return Sides(
        rows=made,
        left_out=max(0, plans.count() - len(shown)),
        counted_at=min((c for c in counted if c), default=None),
    )


def _plans(org: Org) -> QuerySet[Any]:
    last = SyncRun.objects.filter(plan=OuterRef("pk")).order_by("-pk")
    trouble = SyncPlan.objects.troubled().filter(org=org).values("pk")
    return (
        SyncPlan.objects.filter(org=org)
        .defer("fields", "fields_read")
        .annotate(
            last_run_id=Subquery(last.values("pk")[:1]),
            last_run_state=Subquery(last.values("state")[:1]),
        )
        .order_by(
            Case(When(pk__in=trouble, then=Value(0)), default=Value(1)), "sobject", "pk"
        )
    )


def _side(plan: Any, found: dict[str, SObject]) -> Side:
    run = None
    if plan.last_run_id:
        run = SyncRun(pk=plan.last_run_id, state=plan.last_run_state)
    is_object = plan.kind == SyncPlan.Kind.OBJECT
    row = found.get(plan.sobject) if is_object else None
    return Side(plan=plan, sobject=row, last_run=run)

"""What rounds did for one plan: when it was looked at, and its share of the cost."""

from __future__ import annotations

from sfconnector.models import Round, SyncPlan

FURTHEST = 200
"""Rounds of the org that are gone through: its other plans have rounds of their own."""


def looks_at(plan: SyncPlan, *, most: int = 5) -> list[Round]:
    """Return the last rounds that looked at a plan, the newest first."""
    rounds = Round.objects.filter(org=plan.org_id).order_by("-at")[:FURTHEST]
    return [one for one in rounds if str(plan.pk) in one.plans][:most]

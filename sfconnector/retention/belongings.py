"""What is stored of an org, counted before somebody decides whether it goes."""

from __future__ import annotations

import dataclasses

from sfconnector.models import (
    ApiCall,
    CachedResponse,
    FieldChange,
    Org,
    SavedCall,
    SavedView,
    SObject,
    SyncPlan,
    SyncRun,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What is stored of an org."""

    records: int
    history: int
    answers: int
    plans: int
    runs: int
    calls: int
    saved_calls: int
    saved_views: int


def belongings(org: Org) -> Belongings:
    """Count what a removal deletes, a purge only in part; records by their counters."""
    counters = SObject.objects.filter(org=org).values_list("total_count", flat=True)
    return Belongings(
        records=sum(counters.filter(total_count__gt=0)),
        history=FieldChange.objects.filter(org=org).count(),
        answers=CachedResponse.objects.filter(plan__org=org).count(),
        plans=SyncPlan.objects.filter(org=org).count(),
        runs=SyncRun.objects.filter(org=org).count(),
        calls=ApiCall.objects.filter(org=org).count(),
        saved_calls=SavedCall.objects.filter(org=org).count(),
        saved_views=SavedView.objects.filter(org=org).count(),
    )

"""Purging: cached records of an org deleted in small steps."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from sfconnector.models import FieldChange, Org, PageDigest, Record, SObject

STEP = 5_000


def purge(
    org: Org,
    *,
    sobject: str | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Delete the cached records of an org, or of one of its objects; return how many.

    Each step is a transaction of its own, so that nothing waits for long; stopped
    half-way, it is simply called again. Plans start over with a full pass.
    """
    deleted = 0
    for model in (Record, FieldChange):
        rows = model._default_manager.filter(org=org)  # noqa: SLF001 - documented by Django
        if sobject is not None:
            rows = rows.filter(sobject=sobject)
        while not should_stop():
            ids = list(rows.order_by().values_list("pk", flat=True)[:STEP])
            if not ids:
                break
            gone = model._default_manager.filter(pk__in=ids).delete()[0]  # noqa: SLF001 - documented by Django
            deleted += gone if model is Record else 0
    if not should_stop():
        _forget(org, sobject)
    return deleted


def _forget(org: Org, sobject: str | None) -> None:
    digests, counters = (
        PageDigest.objects.filter(org=org),
        SObject.objects.filter(org=org),
    )
    plans = org.plans.filter(kind="object")
    if sobject is not None:
        digests, counters = (
            digests.filter(sobject=sobject),
            counters.filter(name=sobject),
        )
        plans = plans.filter(sobject=sobject)
    with transaction.atomic():
        digests.delete()
        counters.update(live_count=0, total_count=0, synced_at=None)
        plans.update(cursor_value="", definition="", last_full_at=None)

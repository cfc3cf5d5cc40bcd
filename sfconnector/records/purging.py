"""Purging: cached records of an org deleted in small steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import QuerySet

from sfconnector import transactions
from sfconnector.models import FieldChange, Org, PageDigest, Record, SObject
from sfconnector.records.batches import LIVE, count
from sfconnector.records.rows import Target

STEP = 5_000


def purge(
    org: Org,
    *,
    sobjects: Collection[str] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    step: Callable[[], AbstractContextManager[None]] = transactions.short,
) -> int:
    """Delete the cached records of an org, or of some of its objects; return how many.

    Each step is a transaction of its own, which ``step`` opens, so that nothing waits
    for long. The first one lets plans start over with a full pass, and counters move
    with the records: stopped half-way, nothing that remains is untrue.
    """
    with step():
        _forget(org, sobjects)
    deleted = 0
    for model in (Record, FieldChange):
        rows = _of(model, org, sobject=sobjects)
        while not should_stop():
            with step():
                gone = _delete_some(rows, org)
            if not gone:
                break
            deleted += gone if model is Record else 0
    return deleted


def _delete_some(rows: QuerySet[Any], org: Org) -> int:
    if rows.model is not Record:
        ids = list(rows.order_by().values_list("pk", flat=True)[:STEP])
    else:
        some = list(rows.order_by().values_list("pk", "sobject", "state")[:STEP])
        ids = [pk for pk, _, _ in some]
        totals = Counter(name for _, name, _ in some)
        live = Counter(name for _, name, state in some if state == LIVE)
        for name, total in sorted(totals.items()):
            count(Target(org.pk, name), live=-live[name], total=-total)
    if not ids:
        return 0
    found = rows.model._default_manager.filter(pk__in=ids)  # noqa: SLF001 - documented by Django
    return int(found.delete()[0])


def _forget(org: Org, sobjects: Collection[str] | None) -> None:
    _of(PageDigest, org, sobject=sobjects).delete()
    _of(SObject, org, name=sobjects).update(synced_at=None)
    plans = org.plans.filter(kind="object")
    if sobjects is not None:
        plans = plans.filter(sobject__in=sobjects)
    plans.update(cursor_value="", definition="", last_full_at=None)


def _of(model: Any, org: Org, **names: Collection[str] | None) -> QuerySet[Any, Any]:
    given = {f"{key}__in": some for key, some in names.items() if some is not None}
    found: QuerySet[Any, Any] = model.objects.filter(org=org, **given)
    return found

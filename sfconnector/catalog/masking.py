"""Masking fields of an object: what was read of them leaves the cache as well."""

from __future__ import annotations

from collections.abc import Collection

from sfconnector import signals, transactions
from sfconnector.models import SField, SObject, SyncPlan


def mask(row: SObject, names: Collection[str]) -> list[str]:
    """Let these fields of an object be the masked ones; return those that are new.

    Their values are stored until the next run of each plan that may have read them,
    the object's own and those that read parents; that run reads everything.
    """
    fields = SField.objects.filter(sobject=row)
    with transactions.short():
        fresh = fields.filter(name__in=names, is_masked=False)
        added = list(fresh.values_list("name", flat=True))
        fields.filter(name__in=names).update(is_masked=True)
        fields.exclude(name__in=names).update(is_masked=False)
        if added:
            plans = SyncPlan.objects.filter(org=row.org_id, kind=SyncPlan.Kind.OBJECT)
            ids = [plan.pk for plan in plans if _may_have_read(plan, row.name)]
            SyncPlan.objects.filter(pk__in=ids).update(definition="")
        # Not robust: a view that would go on showing them is no mask.
        signals.masks_changed.send(SObject, org=row.org, sobject=row.name)
    return added


def _may_have_read(plan: SyncPlan, sobject: str) -> bool:
    is_own = plan.sobject.lower() == sobject.lower()
    return is_own or any("." in name for name in plan.fields_read)

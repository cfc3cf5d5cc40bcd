"""The admin of the app, one ModelAdmin family per noun."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite

from sfconnector import models
from sfconnector.admin.calls.api_calls import ApiCallAdmin
from sfconnector.admin.calls.audit_trail import AuditEventAdmin
from sfconnector.admin.calls.cached_answers import CachedResponseAdmin
from sfconnector.admin.catalog.object_admin import SObjectAdmin
from sfconnector.admin.orgs.app_admin import ConnectedAppAdmin
from sfconnector.admin.orgs.org_admin import OrgAdmin
from sfconnector.admin.plansets.set_admin import PlanSetAdmin
from sfconnector.admin.records.linked_admin import LinkedAdmin
from sfconnector.admin.records.record_admin import RecordAdmin
from sfconnector.admin.records.typed_admin import TypedRecordAdmin
from sfconnector.admin.sync.plan_admin import SyncPlanAdmin
from sfconnector.admin.sync.run_admin import SyncRunAdmin

__all__ = [
    "ApiCallAdmin",
    "AuditEventAdmin",
    "CachedResponseAdmin",
    "ConnectedAppAdmin",
    "LinkedAdmin",
    "OrgAdmin",
    "PlanSetAdmin",
    "RecordAdmin",
    "SObjectAdmin",
    "SyncPlanAdmin",
    "SyncRunAdmin",
    "TypedRecordAdmin",
    "register",
]

_ADMINS: dict[Any, Any] = {
    models.ApiCall: ApiCallAdmin,
    models.AuditEvent: AuditEventAdmin,
    models.CachedResponse: CachedResponseAdmin,
    models.ConnectedApp: ConnectedAppAdmin,
    models.Org: OrgAdmin,
    models.PlanSet: PlanSetAdmin,
    models.Record: RecordAdmin,
    models.SObject: SObjectAdmin,
    models.SyncPlan: SyncPlanAdmin,
    models.SyncRun: SyncRunAdmin,
}


def register(site: AdminSite) -> None:
    """Put the pages of the app on an admin site beside the default one.

    ``django.contrib.admin.site`` has them without a call, whatever class it is of.
    Raises AlreadyRegistered where the site has them.
    """
    for model, model_admin in _ADMINS.items():
        site.register(model, model_admin)

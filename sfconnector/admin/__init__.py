"""The admin of the app, one ModelAdmin family per noun."""

from __future__ import annotations

from sfconnector.admin.calls import ApiCallAdmin, AuditEventAdmin, CachedResponseAdmin
from sfconnector.admin.catalog import SObjectAdmin
from sfconnector.admin.orgs import ConnectedAppAdmin, OrgAdmin
from sfconnector.admin.records import RecordAdmin
from sfconnector.admin.sync import SyncPlanAdmin, SyncRunAdmin

__all__ = [
    "ApiCallAdmin",
    "AuditEventAdmin",
    "CachedResponseAdmin",
    "ConnectedAppAdmin",
    "OrgAdmin",
    "RecordAdmin",
    "SObjectAdmin",
    "SyncPlanAdmin",
    "SyncRunAdmin",
]

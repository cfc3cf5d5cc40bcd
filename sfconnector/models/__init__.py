"""What the app remembers: five nouns, one module each."""

from __future__ import annotations

from sfconnector.models.apps import ConnectedApp
from sfconnector.models.calls import (
    ApiCall,
    ApiUsage,
    ApiUsageDay,
    AuditEvent,
    CachedResponse,
    SavedCall,
)
from sfconnector.models.catalog import SchemaChange, SField, SObject
from sfconnector.models.credentials import Credential, Invitation, OAuthFlow
from sfconnector.models.operations import Alert, Claim, Heartbeat, PendingChange
from sfconnector.models.orgs import Org
from sfconnector.models.records import (
    FieldChange,
    MissingRecord,
    ObjectView,
    PageDigest,
    Record,
    SavedView,
)
from sfconnector.models.runs import Round, RunLogLine, SyncRun
from sfconnector.models.sealed import KeyCanary
from sfconnector.models.sync import PlanSet, PlanSetObject, PlanSetOrg, SyncPlan

__all__ = [
    "Alert",
    "ApiCall",
    "ApiUsage",
    "ApiUsageDay",
    "AuditEvent",
    "CachedResponse",
    "Claim",
    "ConnectedApp",
    "Credential",
    "FieldChange",
    "Heartbeat",
    "Invitation",
    "KeyCanary",
    "MissingRecord",
    "OAuthFlow",
    "ObjectView",
    "Org",
    "PageDigest",
    "PendingChange",
    "PlanSet",
    "PlanSetObject",
    "PlanSetOrg",
    "Record",
    "Round",
    "RunLogLine",
    "SField",
    "SObject",
    "SavedCall",
    "SavedView",
    "SchemaChange",
    "SyncPlan",
    "SyncRun",
]

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
from sfconnector.models.credentials import Credential, OAuthFlow
from sfconnector.models.operations import Alert, Heartbeat, KeyCanary
from sfconnector.models.orgs import Org
from sfconnector.models.records import (
    FieldChange,
    MissingRecord,
    PageDigest,
    Record,
)
from sfconnector.models.sync import RunLogLine, SyncPlan, SyncRun

__all__ = [
    "Alert",
    "ApiCall",
    "ApiUsage",
    "ApiUsageDay",
    "AuditEvent",
    "CachedResponse",
    "ConnectedApp",
    "Credential",
    "FieldChange",
    "Heartbeat",
    "KeyCanary",
    "MissingRecord",
    "OAuthFlow",
    "Org",
    "PageDigest",
    "Record",
    "RunLogLine",
    "SField",
    "SObject",
    "SavedCall",
    "SchemaChange",
    "SyncPlan",
    "SyncRun",
]

"""Speaks Salesforce over HTTP; no Django, no models, no settings."""

from __future__ import annotations

from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.bulk import BulkIngest, BulkQuery
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.failures import Explanation, explain
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.oauth import OAuthClient
from sfconnector.salesforce.transport import ONCE, Request, Retry, Timeouts, Transport
from sfconnector.salesforce.types import (
    Call,
    DeletedRecords,
    FieldDescribe,
    GlobalDescribe,
    GlobalObject,
    Identity,
    Introspection,
    Limit,
    LimitInfo,
    ObjectDescribe,
    PicklistValue,
    QueryPage,
    RawPage,
    SaveResult,
    Session,
    SessionLike,
    Subanswer,
    Subrequest,
    TokenAnswer,
    TokenSource,
    UpdatedRecords,
    Version,
)

__all__ = [
    "ONCE",
    "Answer",
    "BulkIngest",
    "BulkQuery",
    "Call",
    "Client",
    "DeletedRecords",
    "Explanation",
    "FieldDescribe",
    "GlobalDescribe",
    "GlobalObject",
    "HostPolicy",
    "Identity",
    "Introspection",
    "Limit",
    "LimitInfo",
    "OAuthClient",
    "ObjectDescribe",
    "PicklistValue",
    "QueryPage",
    "RawPage",
    "Request",
    "Retry",
    "SaveResult",
    "Session",
    "SessionLike",
    "Subanswer",
    "Subrequest",
    "Timeouts",
    "TokenAnswer",
    "TokenSource",
    "Transport",
    "UpdatedRecords",
    "Version",
    "explain",
]

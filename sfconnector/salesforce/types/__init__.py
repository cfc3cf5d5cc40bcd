"""Frozen dataclasses: what the wire says, in Python's names."""

from __future__ import annotations

from sfconnector.salesforce.types.calls import (
    Call,
    Limit,
    LimitInfo,
)
from sfconnector.salesforce.types.describes import (
    FieldDescribe,
    GlobalDescribe,
    GlobalObject,
    ObjectDescribe,
    PicklistValue,
    Version,
)
from sfconnector.salesforce.types.records import (
    DeletedRecords,
    QueryPage,
    RawPage,
    SaveResult,
    Subanswer,
    Subrequest,
    UpdatedRecords,
)
from sfconnector.salesforce.types.tokens import (
    Identity,
    Introspection,
    Session,
    SessionLike,
    TokenAnswer,
    TokenSource,
)

__all__ = [
    "Call",
    "DeletedRecords",
    "FieldDescribe",
    "GlobalDescribe",
    "GlobalObject",
    "Identity",
    "Introspection",
    "Limit",
    "LimitInfo",
    "ObjectDescribe",
    "PicklistValue",
    "QueryPage",
    "RawPage",
    "SaveResult",
    "Session",
    "SessionLike",
    "Subanswer",
    "Subrequest",
    "TokenAnswer",
    "TokenSource",
    "UpdatedRecords",
    "Version",
]

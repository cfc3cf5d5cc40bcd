"""Tokens: kept sealed in one row per org, renewed once for all callers.

A refresh token may be good for one use only, and using it twice ends the whole grant.
So one caller at a time holds the row's lease, new tokens are committed before anyone
uses them, and a refresh whose answer was lost is never sent again unnoticed.
"""

from __future__ import annotations

from sfconnector.tokens.guard import (
    OTHER_DEPLOYMENT,
    fingerprint,
    is_copy,
    refuse_unless_callable,
)
from sfconnector.tokens.keeping import Kept, keep_alive
from sfconnector.tokens.lease import StoredSession
from sfconnector.tokens.source import TokenSource
from sfconnector.tokens.storing import forget, store

__all__ = [
    "OTHER_DEPLOYMENT",
    "Kept",
    "StoredSession",
    "TokenSource",
    "fingerprint",
    "forget",
    "is_copy",
    "keep_alive",
    "refuse_unless_callable",
    "store",
]

"""Tokens: kept sealed in one row per org, renewed once for all callers.

A refresh token may be good for one use only, and using it twice ends the whole grant.
So one caller at a time holds the row's lease, new tokens are committed before anyone
uses them, and a refresh whose answer was lost is never sent again unnoticed.
"""

from __future__ import annotations

from sfconnector.tokens.endpoint import hosts, mint, oauth_client
from sfconnector.tokens.guard import (
    OTHER_DEPLOYMENT,
    fingerprint,
    is_copy,
    refuse_unless_callable,
)
from sfconnector.tokens.keeping import Kept, keep_alive
from sfconnector.tokens.lease import StoredSession, refuse_open_transaction
from sfconnector.tokens.restored import RESTORED, held, hold, is_held, notice, release
from sfconnector.tokens.source import TokenSource
from sfconnector.tokens.storing import Grant, discard, forget, store
from sfconnector.tokens.under_way import is_renewing

__all__ = [
    "OTHER_DEPLOYMENT",
    "RESTORED",
    "Grant",
    "Kept",
    "StoredSession",
    "TokenSource",
    "discard",
    "fingerprint",
    "forget",
    "held",
    "hold",
    "hosts",
    "is_copy",
    "is_held",
    "is_renewing",
    "keep_alive",
    "mint",
    "notice",
    "oauth_client",
    "refuse_open_transaction",
    "refuse_unless_callable",
    "release",
    "store",
]

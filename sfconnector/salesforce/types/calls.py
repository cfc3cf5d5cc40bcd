"""Frozen dataclasses of one HTTP exchange and of what it counts against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInfo:
    """API calls of the org's rolling 24 hours: used, and allowed."""

    used: int
    maximum: int
    app_used: int | None = None
    app_maximum: int | None = None
    app_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP exchange, redacted: safe to log and to store."""

    method: str
    path: str
    """Path and query; values of secret parameters and SOQL's texts are masked."""
    status: int | None
    """None when no answer came."""
    duration_ms: int
    request_bytes: int
    response_bytes: int
    """Bytes as received, that is before they were inflated."""
    request_id: str
    error_code: str
    limit: LimitInfo | None
    at: datetime
    """When it was sent, aware UTC, by our clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One entry of the org's limits; ``remaining`` may be negative."""

    name: str
    maximum: int
    remaining: int

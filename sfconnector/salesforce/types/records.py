"""Frozen dataclasses of records: pages, changes, writes, composite parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """One page of a query."""

    records: list[dict[str, Any]] = field(repr=False)
    total_size: int
    done: bool
    next_url: str | None
    """Relative path of the next page, to be followed as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One page of a query as bytes; only its head was read."""

    content: bytes = field(repr=False)
    total_size: int
    done: bool
    next_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedRecords:
    """Ids that changed within a window."""

    ids: tuple[str, ...]
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRecords:
    """Ids that were deleted within a window, each with the moment."""

    records: tuple[tuple[str, datetime], ...]
    earliest_date_available: datetime
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResult:
    """What one write of a record did."""

    id: str
    success: bool
    created: bool | None
    """None when the answer does not tell (API versions up to 45 say nothing)."""
    errors: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subrequest:
    """One part of a composite request."""

    method: str
    url: str
    reference_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subanswer:
    """One part of a composite answer."""

    reference_id: str
    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)

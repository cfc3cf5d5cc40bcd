"""Owns what Bulk API 2.0 is asked by and answers with, free of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from salesforce_simulator.schema import Schema
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.store import Store

CSV_TYPE = "text/csv;charset=UTF-8"


class BulkError(Exception):
    """A request Salesforce refuses: HTTP status, error code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Caller:
    """Who asks, with the user's view of the org; version is like ``66.0``.

    client is the name that the client gives itself, see `Request.client`.
    """

    schema: Schema
    store: Store
    user_id: str
    version: str
    client: str = ""

    @property
    def release(self) -> float:
        """The API version as a number."""
        return float(self.version)

    def context(self, *, include_deleted: bool, now: datetime) -> Context:
        """Return what a query of this caller runs in."""
        return Context(
            schema=self.schema,
            store=self.store,
            include_deleted=include_deleted,
            now=now,
            user_id=self.user_id,
            version=self.version,
            lookups=Lookups(self.store, include_deleted=include_deleted),
        )


@dataclass(frozen=True)
class Ask:
    """One request: the path after ``/jobs/``, its query and its body."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: bytes
    caller: Caller


@dataclass(frozen=True)
class Answer:
    """One answer: a value to send as JSON, or CSV in chunks, or nothing."""

    status: int = 200
    value: Any = None
    chunks: Iterable[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def not_found() -> BulkError:
    """Return the refusal of an unknown address or job."""
    return BulkError(404, "NOT_FOUND", "The requested resource does not exist")


def csv_answer(chunks: Iterable[bytes], **headers: str) -> Answer:
    """Return an answer of CSV; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(chunks=chunks, headers={"Content-Type": CSV_TYPE, **named})

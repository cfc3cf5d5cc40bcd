"""Questions of a command line: one query or one GET, nothing kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from sfconnector import orgs
from sfconnector.models import Org
from sfconnector.sync.answers import endpoint_path, readable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an address answered, a refusal included."""

    status: int
    content_type: str
    body: Any
    duration_ms: int


def query(org: Org, *, soql: str, all_rows: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the records of a query, page by page. Raises what the client raises."""
    with orgs.client_for(org, purpose="command") as client:
        for page in client.query(soql, all_rows=all_rows):
            yield from page.records


def get(org: Org, *, path: str) -> Reply:
    """GET a path of the org's API; a refusal is a reply as well."""
    with orgs.client_for(org, purpose="command") as client:
        answer = client.request("GET", endpoint_path(org, path), check=False)
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        body=readable(answer),
        duration_ms=answer.duration_ms,
    )

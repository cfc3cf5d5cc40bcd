"""One SOQL query over several orgs at once; a dead org never stops the others."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connections

from sfconnector import orgs
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.explorer.calling import Reply, send
from sfconnector.explorer.request import Request
from sfconnector.models import Org

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

AT_ONCE = 8
_SPACE = re.compile(r"('(?:\\.|[^'\\])*')|\s+")
"""Space outside of texts; a text is kept as it is."""
MOST_ORGS = 50
"""Orgs of one question; more would keep the page waiting for minutes."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrgRows:
    """What one org answered: a page of rows, or why there is none."""

    org: Org
    rows: list[dict[str, Any]] = dataclasses.field(default_factory=list, repr=False)
    total: int = 0
    next_url: str = ""
    reply: Reply | None = None
    """The answer itself; None when no answer came."""
    error: str = ""
    remedy: str = ""


def query_path(soql: str, *, version: str, all_rows: bool = False) -> str:
    """Return the REST path that sends a query."""
    resource = "queryAll" if all_rows else "query"
    on_one_line = _SPACE.sub(lambda found: found[1] or " ", soql.strip())
    query = urlencode({"q": on_one_line})
    return f"/services/data/v{version}/{resource}?{query}"


def ask_orgs(
    chosen: Sequence[Org],
    *,
    soql: str,
    all_rows: bool = False,
    user: Person = None,
    client_address: str | None = None,
) -> list[OrgRows]:
    """Send a query to each org at the same time; return the answers in their order.

    Raises InvalidRequest for what is no query, or too many orgs.
    """
    if not soql.strip().upper().startswith("SELECT"):
        raise InvalidRequest(
            "This is not a query.", remedy="Write one that begins with SELECT."
        )
    paths = {
        org: query_path(soql, version=orgs.version_for(org), all_rows=all_rows)
        for org in chosen
    }
    return ask_pages(paths, user=user, client_address=client_address)


def ask_pages(
    paths: Mapping[Org, str], *, user: Person = None, client_address: str | None = None
) -> list[OrgRows]:
    """Get one page of a query from each org at the same time, in their order."""
    if len(paths) > MOST_ORGS:
        raise InvalidRequest(
            f"{len(paths)} orgs are too many for one question.",
            remedy=f"Choose up to {MOST_ORGS}.",
        )

    def ask(org: Org) -> OrgRows:
        return _ask(org, paths[org], user=user, client_address=client_address)

    def ask_in_thread(org: Org) -> OrgRows:
        try:
            return ask(org)
        finally:
            connections.close_all()

    if len(paths) < 2:
        return [ask(org) for org in paths]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(ask_in_thread, paths))


def _ask(org: Org, path: str, *, user: Person, client_address: str | None) -> OrgRows:
    request = Request(path=path)
    try:
        reply = send(org, request=request, user=user, client_address=client_address)
    except SFConnectorError as error:
        return OrgRows(org=org, error=str(error), remedy=error.remedy)
    return _rows_of(org, reply)


def _rows_of(org: Org, reply: Reply) -> OrgRows:
    if reply.error:
        return OrgRows(org=org, reply=reply, error=reply.error, remedy=reply.remedy)
    body = reply.body if isinstance(reply.body, dict) else {}
    rows, total = body.get("records"), body.get("totalSize")
    if not isinstance(rows, list) or not isinstance(total, int):
        return OrgRows(
            org=org,
            reply=reply,
            error="The answer is not a page of a query.",
            remedy="Look at it in the REST tab.",
        )
    return OrgRows(
        org=org,
        rows=[row for row in rows if isinstance(row, dict)],
        total=total,
        next_url=str(body.get("nextRecordsUrl") or ""),
        reply=reply,
    )

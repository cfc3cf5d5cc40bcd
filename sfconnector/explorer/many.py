"""One SOQL query over several orgs at once; a dead org never stops the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from sfconnector import orgs
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.explorer.calling import send
from sfconnector.gateway import Reply, Request, check_is_query
from sfconnector.models import Org
from sfconnector.salesforce.soql import on_one_line
from sfconnector.texts import gettext_noop as _

AT_ONCE = 8
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
    query = urlencode({"q": on_one_line(soql)})
    return f"/services/data/v{version}/{resource}?{query}"


def ask_orgs(
    chosen: Sequence[Org],
    *,
    soql: str,
    all_rows: bool = False,
    by: Actor = NOBODY,
) -> list[OrgRows]:
    """Send a query to each org at the same time; return the answers in their order.

    Raises InvalidRequest for what is no query, or too many orgs.
    """
    check_is_query(soql.strip())
    paths = {
        org: query_path(soql, version=orgs.version_for(org), all_rows=all_rows)
        for org in chosen
    }
    return ask_pages(paths, by=by)


def ask_pages(paths: Mapping[Org, str], *, by: Actor = NOBODY) -> list[OrgRows]:
    """Get one page of a query from each org at the same time, in their order."""
    if len(paths) > MOST_ORGS:
        raise InvalidRequest(
            _("{count} orgs are too many for one question.").format(count=len(paths)),
            remedy=_("Choose up to {most}.").format(most=MOST_ORGS),
        )

    def ask(org: Org) -> OrgRows:
        return _ask(org, paths[org], by=by)

    def ask_in_thread(org: Org) -> OrgRows:
        try:
            return ask(org)
        finally:
            connections.close_all()

    if len(paths) < 2:
        return [ask(org) for org in paths]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(ask_in_thread, paths))


def _ask(org: Org, path: str, *, by: Actor) -> OrgRows:
    request = Request(path=path)
    try:
        reply = send(org, request=request, by=by)
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

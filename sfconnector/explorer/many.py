"""One SOQL query over several orgs at once; a dead org never stops the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connections

from sfconnector import audit, orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

AT_ONCE = 8


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrgRows:
    """What one org answered: its first page of rows, or why there is none."""

    org: Org
    rows: list[dict[str, Any]] = dataclasses.field(repr=False)
    total: int = 0
    next_url: str = ""
    error: str = ""
    remedy: str = ""


def query_path(soql: str, *, version: str) -> str:
    """Return the REST path that sends a query."""
    query = urlencode({"q": " ".join(soql.split())})
    return f"/services/data/v{version}/query?{query}"


def ask_orgs(
    chosen: Sequence[Org],
    *,
    soql: str,
    user: Person = None,
    client_address: str | None = None,
) -> list[OrgRows]:
    """Send a query to each org at the same time; return the answers in their order."""

    def ask(org: Org) -> OrgRows:
        try:
            return _ask(org, soql, user)
        finally:
            connections.close_all()

    if len(chosen) == 1:
        answers = [_ask(chosen[0], soql, user)]
    else:
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            answers = list(pool.map(ask, chosen))
    for answer in answers:
        audit.append(
            "explorer.query",
            user=user,
            org=answer.org,
            outcome="failed" if answer.error else "ok",
            detail={"soql": soql[:2000], "rows": len(answer.rows)},
            client_address=client_address,
        )
    return answers


def _ask(org: Org, soql: str, user: Person) -> OrgRows:
    try:
        with orgs.client_for(
            org, purpose="explorer", user=user, patient=False
        ) as client:
            page = next(iter(client.query(soql)))
    except SFConnectorError as error:
        return OrgRows(org=org, rows=[], error=str(error), remedy=error.remedy)
    return OrgRows(
        org=org,
        rows=page.records,
        total=page.total_size,
        next_url=page.next_url or "",
    )

"""One query of a command line, page by page; nothing is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfconnector import gateway
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import Org


def query(
    org: Org, *, soql: str, all_rows: bool = False, by: Actor = NOBODY
) -> Iterator[dict[str, Any]]:
    """Yield the records of a query, page by page, without masked values.

    ``SELECT COUNT()`` has no records: its number comes as one row, ``{"count": 5}``.

    Raises InvalidRequest for a query that names a masked field, and what the client
    raises.
    """
    pages = gateway.rows(org, soql, by=by, purpose="command", all_rows=all_rows)
    for page in pages:
        yield from [{"count": page.total}] if page.counts else page.rows

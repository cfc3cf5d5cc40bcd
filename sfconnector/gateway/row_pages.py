"""The door for a query that is read to its end, page by page."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from sfconnector import catalog
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.gateway import permits
from sfconnector.gateway.asking import Trail, _client
from sfconnector.gateway.naming import Names
from sfconnector.gateway.reply import without_tokens
from sfconnector.models import Org
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.client.querying import COUNT_ONLY
from sfconnector.salesforce.redaction import redact_path
from sfconnector.texts import gettext_noop as _

MOST_ROWS = {"plan": 10_000, "preview": 20_000}
"""Rows of a query, child rows included; without a bound a page at a time is held."""
PAGE = {"preview": 200}
"""Rows of a page: Salesforce gives no fewer. Else its own."""
SHOWN = {"preview": 5}
"""Rows of a page that are shown; the others are not even cleaned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a query, without what may not be seen."""

    rows: list[dict[str, Any]] = field(repr=False)
    total: int
    """Rows of the whole query, as the org says."""
    counts: bool = False
    """The query is ``SELECT COUNT()``: it has no rows, ``total`` is its answer."""


def rows(
    org: Org,
    query: str,
    *,
    by: Actor,
    purpose: str,
    all_rows: bool = False,
    through: Client | None = None,
) -> Generator[Page]:
    """Yield the pages of a query that somebody worded; a page is asked for when wanted.

    Raises Forbidden for a person without the right; InvalidRequest for what is no
    query, names a masked field, or answers more rows than its purpose may hold;
    Corrupt for pages without an end; what the client raises.
    """
    text = query.strip()
    trail = Trail(org, purpose, {"soql": redact_path(f"?{text}")[1:]})
    masks = catalog.masks_of(org)
    with trail.refusals(by):
        permits.check(by, purpose)
        check_is_query(text)
        Names(org, masks).check_query(text)
    count, counts = 0, bool(COUNT_ONLY.match(text))
    with (
        trail.failures(by),
        _client(org, purpose, by=by, through=through) as client,
    ):
        pages = client.query(
            text,
            all_rows=all_rows,
            batch_size=PAGE.get(purpose),
            most_rows=MOST_ROWS.get(purpose),
        )
        try:
            for page in pages:
                count += len(page.records)
                wanted = page.records[: SHOWN.get(purpose)]
                shown = without_tokens(masks.clean(wanted))
                yield Page(rows=shown, total=page.total_size, counts=counts)
        except GeneratorExit:  # whoever asked has seen enough
            trail.append("ok", by=by, rows=count)
            raise
    trail.append("ok", by=by, rows=count)


def check_is_query(text: str) -> None:
    """Raise InvalidRequest for what does not begin with SELECT."""
    if text[:6].upper() != "SELECT":
        raise InvalidRequest(
            _("This is not a query."), remedy=_("Write one that begins with SELECT.")
        )

"""Failures without a code of Salesforce's: the line, its edge, and plain statuses.

The codes that stand here in lower case are ours; a status row has none.
"""

from __future__ import annotations

from sfconnector.exceptions import (
    Corrupt,
    InvalidRequest,
    LimitReached,
    NotFound,
    SFConnectorError,
    Transient,
)
from sfconnector.salesforce.failures.cases import Case, Setup, Who

ANSWER_LOST = "answer_lost"
"""Code of a Transient: the request may have been carried out; no answer came."""
NOT_SENT = "not_sent"
"""Code of a Transient: the request never left, so nothing has happened."""
WEB_PAGE = "web_page"
"""Code of an answer that is a web page where data was asked for."""

_UNREACHABLE = (
    "Salesforce cannot be reached",
    "No connection came about: the name, the network, a firewall or a proxy.",
    "Look whether this server may reach the org's address on port 443.",
)
_LOST = (
    "The answer got lost",
    "The connection broke or stayed silent before the answer was complete.",
    "It is tried again by itself; look at proxies and time-outs if it lasts.",
)
_PAGE = (
    "Salesforce answered with a web page",
    "A maintenance page, a proxy's page, or the page of an org that has moved.",
    "It is tried again by itself; see status.salesforce.com if it lasts.",
)
_NO_ORG = (
    "The org is not there",
    "The org has expired, was deleted, or has another address now.",
    "Log in to the org with a browser; correct its login address, then reconnect.",
)
_TOO_LONG = (
    "The request's address is too long",
    "Address and headers together may have 16,384 bytes.",
    "Choose fewer fields, shorten the filter, or read by Bulk.",
)
_NO_ROUTE = (
    "Salesforce's edge has no way to the org",
    "The org is being moved, or its address has changed a moment ago.",
    "It is tried again by itself; test the connection if it lasts.",
)
_BUSY = (
    "Too many requests",
    "Salesforce asks to slow down.",
    "It is tried again by itself.",
)
_AWAY = (
    "Salesforce is not available",
    "The instance is overloaded or under maintenance.",
    "It is tried again by itself; see status.salesforce.com if it lasts.",
)


def _row(
    kind: type[SFConnectorError],
    words: tuple[str, str, str],
    who: Who = Who.TIME,
    *,
    code: str = "",
    status: int | None = None,
    pause_s: int | None = None,
) -> Case:
    title, cause, remedy = words
    return Case(
        kind=kind,
        code=code,
        status=status,
        title=title,
        cause=cause,
        remedy=remedy,
        who=who,
        setup=Setup.NONE,
        pause_s=pause_s,
    )


EDGE_CASES: tuple[Case, ...] = (
    _row(Transient, _UNREACHABLE, Who.APP_ADMIN, code=NOT_SENT),
    _row(Transient, _LOST, code=ANSWER_LOST),
    _row(NotFound, _NO_ORG, Who.ORG_ADMIN, code=WEB_PAGE, status=404),
    _row(Corrupt, _PAGE, code=WEB_PAGE),
    _row(InvalidRequest, _TOO_LONG, Who.PERSON, status=414),
    _row(InvalidRequest, _TOO_LONG, Who.PERSON, status=431),
    _row(Transient, _NO_ROUTE, status=420),
    _row(Transient, _NO_ROUTE, status=406),
    _row(LimitReached, _BUSY, status=429, pause_s=60),
    *(_row(Transient, _AWAY, status=status) for status in (500, 502, 503, 504)),
)

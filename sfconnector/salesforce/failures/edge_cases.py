"""Failures without a code of Salesforce's: the line, its edge, and plain statuses.

The codes that stand here in lower case are ours; a status row has none.
"""

from __future__ import annotations

from sfconnector.exceptions import (
    Corrupt,
    InvalidRequest,
    LimitReached,
    NotFound,
    Transient,
)
from sfconnector.salesforce.failures.cases import Case, Who, row
from sfconnector.texts import gettext_noop as _

ANSWER_LOST = "answer_lost"
"""Code of a Transient: the request may have been carried out; no answer came."""
NOT_SENT = "not_sent"
"""Code of a Transient: the request never left, so nothing has happened."""
NO_END = "pages_without_end"
"""Code of a Corrupt: the pages of a query or job lead in a circle, or nowhere."""
WEB_PAGE = "web_page"
"""Code of an answer that is a web page where data was asked for."""

_UNREACHABLE = (
    _("Salesforce cannot be reached"),
    _("No connection came about: the name, the network, a firewall or a proxy."),
    _("Look whether this server may reach the org's address and port."),
)
_LOST = (
    _("The answer got lost"),
    _("The connection broke or stayed silent before the answer was complete."),
    _("It is tried again by itself; look at proxies and time-outs if it lasts."),
)
_PAGE = (
    _("Salesforce answered with a web page"),
    _("A maintenance page, a proxy's page, or the page of an org that has moved."),
    _("It is tried again by itself; see status.salesforce.com if it lasts."),
)
_CIRCLE = (
    _("The pages of the answer have no end"),
    _("A page leads back to one that was read, or beyond all that was announced."),
    _("Look for a proxy that repeats answers, then start the run again."),
)
_NO_ORG = (
    _("The org is not there"),
    _("The org has expired, was deleted, or has another address now."),
    _("Log in to the org with a browser; correct its login address, then reconnect."),
)
_TOO_LONG = (
    _("The request's address is too long"),
    _("Address and headers together may have 16,384 bytes."),
    _("Choose fewer fields, shorten the filter, or read by Bulk."),
)
_NO_ROUTE = (
    _("Salesforce's edge has no way to the org"),
    _("The org is being moved, or its address has changed a moment ago."),
    _("It is tried again by itself; test the connection if it lasts."),
)
_BUSY = (
    _("Too many requests"),
    _("Salesforce asks to slow down."),
    _("It is tried again by itself."),
)
_AWAY = (
    _("Salesforce is not available"),
    _("The instance is overloaded or under maintenance."),
    _("It is tried again by itself; see status.salesforce.com if it lasts."),
)

EDGE_CASES: tuple[Case, ...] = (
    row(Transient, NOT_SENT, _UNREACHABLE, Who.APP_ADMIN),
    row(Transient, ANSWER_LOST, _LOST),
    row(NotFound, WEB_PAGE, _NO_ORG, Who.ORG_ADMIN, status=404),
    row(Corrupt, WEB_PAGE, _PAGE),
    row(Corrupt, NO_END, _CIRCLE, Who.APP_ADMIN),
    row(InvalidRequest, "", _TOO_LONG, Who.PERSON, status=414),
    row(InvalidRequest, "", _TOO_LONG, Who.PERSON, status=431),
    row(Transient, "", _NO_ROUTE, status=420),
    row(Transient, "", _NO_ROUTE, status=406),
    row(LimitReached, "", _BUSY, status=429, pause_s=60),
    *(row(Transient, "", _AWAY, status=status) for status in (500, 502, 503, 504)),
)

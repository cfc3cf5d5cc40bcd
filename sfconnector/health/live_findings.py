"""What only the org itself can say: does it answer, who is connected, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sfconnector import orgs
from sfconnector.exceptions import SFConnectorError, Transient
from sfconnector.health.findings import (
    REFUSED,
    UNREACHABLE,
    Finding,
    green,
    red,
    yellow,
)
from sfconnector.health.probes import keep_limits
from sfconnector.models import Org
from sfconnector.salesforce.client import Client
from sfconnector.texts import gettext_noop as _

_SKEW_SEEN_S = 60
_SKEW_HARMFUL_S = 170
"""A JWT lives three minutes: beyond that every assertion is too old or too new."""


def examine_live(org: Org) -> Iterator[Finding]:
    """Ask a connected org; a refusal becomes a finding with its remedy."""
    with orgs.client_for(org, purpose="health", patient=False) as client:
        try:
            keep_limits(org, client.limits())
        except SFConnectorError as error:
            code = UNREACHABLE if isinstance(error, Transient) else REFUSED
            yield refusal(org, error, code=code)
            return
        yield green(REFUSED, _("The API answers"), org=org)
        yield from _user(org, client)
        yield _clock(org, client)


def refusal(org: Org, error: SFConnectorError, *, code: str) -> Finding:
    """Turn a refusal into a finding: cause, remedy, and the page of Setup."""
    told = orgs.explain(error, org=org)
    return red(
        code,
        told.title,
        org=org,
        text=told.cause,
        remedy=f"{told.remedy} ({told.who})" if told.who else told.remedy,
        link=told.setup_url,
    )


def _user(org: Org, client: Client) -> Iterator[Finding]:
    try:
        who = client.identity()
    except SFConnectorError:
        text = _("Userinfo is refused, so the user's state is unknown.")
        remedy = _("Add the scope openid to the app and reconnect, to see it here.")
        yield yellow("user", _("User not readable"), org=org, text=text, remedy=remedy)
        return
    if who.active is False:
        text = _("{user} was deactivated.").format(user=who.username)
        remedy = _("Activate the user in Setup, or reconnect as another one.")
        yield red("user", _("User is inactive"), org=org, text=text, remedy=remedy)
    else:
        yield green("user", _("User is active"), org=org, text=who.username)


def _clock(org: Org, client: Client) -> Finding:
    skew = round((datetime.now(UTC) - client.server_now()).total_seconds())
    if abs(skew) <= _SKEW_SEEN_S:
        return green("clock", _("The clocks agree"), org=org)
    text = _("This server's clock differs from Salesforce's by {skew} seconds.").format(
        skew=skew
    )
    is_harmful = abs(skew) > _SKEW_HARMFUL_S and org.grant_type.needs_exact_clock
    make = red if is_harmful else yellow
    return make(
        "clock",
        _("The clocks differ"),
        org=org,
        text=text,
        remedy=_("Synchronise this server's clock (NTP)."),
    )

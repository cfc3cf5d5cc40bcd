"""Sends one hand-written call through the gateway, which decides everything."""

from __future__ import annotations

from sfconnector import gateway
from sfconnector.audit import NOBODY, Actor
from sfconnector.gateway import Reply, Request
from sfconnector.models import Org


def send(
    org: Org,
    *,
    request: Request,
    by: Actor = NOBODY,
    may_write: bool = False,
    confirmed_alias: str = "",
) -> Reply:
    """Send a call to an org as its connected user; return what came, refusals too.

    Raises what ``gateway.ask`` raises: Forbidden for a write without ``may_write``, and
    for one to an org that is not known to be a sandbox unless ``confirmed_alias`` is
    its alias; InvalidRequest and HostRefused for a call that makes no sense or names a
    masked field; what the client raises when no answer came.
    """
    return gateway.ask(
        org,
        gateway.check(request, origin=org.instance_url),
        by=by,
        purpose="explorer",
        may_write=may_write,
        confirmed_alias=confirmed_alias,
    )


def asks_alias(org: Org, request: Request) -> bool:
    """Tell whether the org's alias must be typed before this call is sent."""
    return org.is_sandbox is not True and gateway.is_write(request)

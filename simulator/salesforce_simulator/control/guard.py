"""Who may use the control address: programs on this computer, never a web page.

A page from anywhere can send requests to a loopback port of the person who looks at it.
Three signs give it away, and each is enough to refuse: a ``Host`` that is a name of the
page's own (one that resolves to 127.0.0.1), an ``Origin`` that is not ours, and a
content type that a browser sends across origins without asking first.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from salesforce_simulator.wire.messages import Request

_OWN_SITES = {"", "none", "same-origin"}
"""Values of ``Sec-Fetch-Site``: no browser, typed by a person, our own page."""


def objection(request: Request, *, hosts: Collection[str]) -> tuple[int, str] | None:
    """Say why a request is refused, as a status and a sentence; None when it is not.

    ``hosts`` are the names, besides loopback, under which the org was told to serve.
    """
    host = _name(request.host)
    if not _is_loopback(host) and host not in hosts:
        return 403, "The control address is for loopback, or the host given at start."
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != request.origin.lower():
        return 403, "The control address takes no request from a web page."
    if request.headers.get("sec-fetch-site", "") not in _OWN_SITES:
        return 403, "The control address takes no request from a web page."
    kind = request.headers.get("content-type", "")
    if (request.body or kind) and kind.partition(";")[0].strip() != "application/json":
        return 415, "Send JSON, with the header Content-Type: application/json."
    return None


def _name(host: str) -> str:
    """The name or address in a ``Host`` header, "" when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""How connections are made: pools, no cookies, one origin per token."""

from __future__ import annotations

import http.cookiejar
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from sfconnector.exceptions import HostRefused
from sfconnector.salesforce.hosts import HostPolicy, is_loopback
from sfconnector.salesforce.transport.deadline import TimedAdapter
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _


class BearerAuth(requests.auth.AuthBase):
    """Puts the token on, for one origin only; without a token it puts on nothing.

    Given as ``auth`` in both cases, so that a .netrc of the host never takes part.
    """

    def __init__(self, token: Secret | None, *, origin: str) -> None:
        self._token = token
        self._origin = origin

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(r.url or "")
        if f"{parts.scheme}://{parts.netloc}" != self._origin:
            message = _("The request was about to leave the org's own address.")
            raise HostRefused(message)
        if self._token is not None:
            r.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return r


class DirectAdapter(TimedAdapter):
    """Reaches a listed loopback address without the proxies of the environment."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature is requests'
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002 - the signature is requests'
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - left out on purpose
    ) -> requests.Response:
        """Send without proxies."""
        # requests has put the environment's proxies into ``proxies`` by now.
        return super().send(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert
        )


def new_session(hosts: HostPolicy, *, user_agent: str) -> requests.Session:
    """Make the pools of one client; proxies and CA bundle stay the host's."""
    session = requests.Session()
    session.headers.update({
        "User-Agent": user_agent,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
    })  # fmt: skip
    # No cookie is kept: a session id in one would be a second way to be logged in.
    policy = http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
    session.cookies.set_policy(policy)
    session.mount("https://", TimedAdapter(pool_maxsize=10))
    session.mount("http://", TimedAdapter(pool_maxsize=10))
    for place in _direct_places(hosts):
        session.mount(place, DirectAdapter(pool_maxsize=10))
    return session


def _direct_places(hosts: HostPolicy) -> list[str]:
    """Give the address prefixes of the listed loopback hosts."""
    names = [name.strip().lower() for name in hosts.extra]
    loopback = [
        one for one in names if is_loopback(urlsplit(f"//{one}").hostname or "")
    ]
    return [
        f"{scheme}://{name}{end}"
        for name in loopback
        for scheme in ("http", "https")
        for end in ("/", ":")
    ]

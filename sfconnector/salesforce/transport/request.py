"""One request as a value: where to, what with, how long, how much."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sfconnector.exceptions import HostRefused, SFConnectorError
from sfconnector.salesforce import failures
from sfconnector.salesforce.hosts import check_path
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

MEGABYTE = 1024 * 1024
Judge = Callable[..., SFConnectorError | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, for the whole exchange."""

    connect_s: float = 5.0
    read_s: float = 120.0
    total_s: float = 660.0
    """A REST call may run for ten minutes [REST API Developer Guide, limits]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to be sent to an origin's path below /services/."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: bytes | None = field(default=None, repr=False)
    form: Mapping[str, str | Secret] | None = field(default=None, repr=False)
    timeouts: Timeouts | None = None
    maximum_bytes: int = 64 * MEGABYTE
    judge: Judge = failures.rest_error
    repeatable: bool = False
    """Whether it may be sent again although its method writes."""

    def may_repeat(self) -> bool:
        """Tell whether sending it twice does no harm."""
        return self.repeatable or self.method.upper() in {"GET", "HEAD"}

    def target(self) -> str:
        """Give path and query, checked; SOQL's ``+`` goes out as %2B."""
        path = check_path(self.path)
        if not self.params:
            return path
        return f"{path}{'&' if '?' in path else '?'}{urlencode(self.params)}"

    def payload(self) -> tuple[bytes | None, dict[str, str]]:
        """Give the body and the headers that belong to it."""
        headers = {name: _header(name, text) for name, text in self.headers.items()}
        if self.form is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            return urlencode(_revealed(self.form)).encode(), headers
        if self.json is not None:
            headers.setdefault("Content-Type", "application/json; charset=UTF-8")
            return jsonlib.dumps(self.json, allow_nan=False).encode(), headers
        return self.body, headers


def _revealed(form: Mapping[str, str | Secret]) -> dict[str, str]:
    return {
        name: one.reveal() if isinstance(one, Secret) else one
        for name, one in form.items()
    }


def _header(name: str, text: str) -> str:
    if not (name + text).isprintable():
        message = _(
            "The header {name!r:.60} holds a character that is not allowed."
        ).format(name=name)
        raise HostRefused(message, remedy=_("Remove line breaks from the header."))
    return text

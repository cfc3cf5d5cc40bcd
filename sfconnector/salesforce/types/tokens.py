"""Frozen dataclasses of sessions, tokens and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sfconnector.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one call needs: a token and the org it is for."""

    access_token: Secret
    instance_url: str


class SessionLike(Protocol):
    """Anything that carries an access token and the instance it belongs to."""

    @property
    def access_token(self) -> Secret: ...

    @property
    def instance_url(self) -> str: ...


class TokenSource(Protocol):
    """Where a client gets its token, and asks for a new one when that has expired."""

    def current(self) -> SessionLike:
        """Give the token to use now."""

    def renew(self, stale: SessionLike) -> SessionLike:
        """Give a token other than ``stale``, which Salesforce said has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """What the token endpoint granted."""

    access_token: Secret
    refresh_token: Secret | None
    """None when the answer held none: a stored one stays valid then."""
    instance_url: str
    """Origin of the org's API, checked against the allow-list, no trailing slash."""
    identity_url: str
    org_id: str
    """18 characters, or "" when the answer named no identity."""
    user_id: str
    issued_at: datetime | None
    scopes: tuple[str, ...]
    """Granted scopes; empty when the answer does not tell."""
    token_type: str
    signature_ok: bool | None
    """Whether the HMAC signature matches; None when it could not be checked."""
    raw_keys: tuple[str, ...]
    """Names of all keys of the answer, for diagnosis; never their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The connected user, as userinfo tells."""

    user_id: str
    org_id: str
    username: str
    display_name: str
    email: str
    user_type: str
    active: bool | None
    locale: str
    language: str
    timezone: str
    integration_user: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """What Salesforce knows about a token."""

    active: bool
    scopes: tuple[str, ...] = ()
    username: str = ""
    expires_at: datetime | None = None

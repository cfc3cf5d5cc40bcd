"""The connected apps that the pretend org knows, with their policies."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

DEFAULT_SCOPES = ("api", "refresh_token", "id", "openid", "profile", "email", "web")


@dataclass(eq=False)
class ConnectedApp:
    """One connected app (or external client app) and its policies.

    An app without ``redirect_uris`` takes any redirect URI, so that the command
    line needs none; give it one and matching is exact.
    """

    consumer_key: str
    consumer_secret: str = field(repr=False)
    name: str = "Simulated app"
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    require_secret: bool = True
    require_pkce: bool = False
    authenticate_revoke: bool = False
    """Take a revocation only with the app's own key and secret."""
    rotate_refresh_tokens: bool = False
    client_credentials_user: str | None = None
    """Username of the *Run As* user; None switches the flow off."""
    public_key: str | None = None
    """PEM certificate or public key that JWT assertions are signed for."""
    preapproved: bool = True
    """False: a user must have approved the app before a JWT is taken."""
    refresh_idle_seconds: float | None = None
    """A refresh token unused for so long is dead; None: good until revoked."""
    jwt_tokens: bool = False
    """Issue access tokens in JWT form (``token_format`` is ``jwt``)."""
    max_approvals: int = 5
    """Live refresh tokens per user; one more revokes the oldest."""

    def takes_redirect(self, uri: str) -> bool:
        """Whether ``uri`` is a registered callback, character by character."""
        return bool(uri) and (not self.redirect_uris or uri in self.redirect_uris)

    def has_secret(self, secret: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.consumer_secret.encode(), secret.encode())


class ConnectedApps:
    """All apps of one org by consumer key."""

    def __init__(self) -> None:
        self._apps: dict[str, ConnectedApp] = {}

    def add(
        self, *, consumer_key: str = "", consumer_secret: str = "", **policies: object
    ) -> ConnectedApp:
        """Add an app with a new key and secret unless given.

        ``policies`` are the fields of `ConnectedApp`.
        """
        app = ConnectedApp(
            consumer_key or "3MVG9" + secrets.token_urlsafe(60),
            consumer_secret or secrets.token_hex(32).upper(),
            **policies,  # type: ignore[arg-type]  # the fields of ConnectedApp
        )
        self._apps[app.consumer_key] = app
        return app

    def get(self, consumer_key: str) -> ConnectedApp | None:
        """The app with this consumer key, or None."""
        return self._apps.get(consumer_key)

    @property
    def default(self) -> ConnectedApp:
        """The first app: the one that the ready line names."""
        return next(iter(self))

    def clear(self) -> None:
        """Forget every app."""
        self._apps.clear()

    def __iter__(self) -> Iterator[ConnectedApp]:
        return iter(list(self._apps.values()))

"""What every grant type tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise

from sfconnector.exceptions import ConfigurationError
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _


class App(Protocol):
    """What a grant type reads of a connected app."""

    consumer_secret_enc: str
    private_key_enc: str

    @property
    def private_key(self) -> Secret | None:
        """Open the key that signs JWTs."""


class Flow:
    """One grant type: what it needs, whether a person logs in, how tokens come."""

    name: ClassVar[str]
    """The value of ``Org.flow`` (never renamed)."""
    label: ClassVar[Promise]
    needs_person: ClassVar[bool] = False
    """Somebody logs in at Salesforce, and the tokens come back with the browser."""
    keeps_refresh_token: ClassVar[bool] = False
    """A refresh token renews the session; otherwise ``mint`` gets a new one."""
    needs_exact_clock: ClassVar[bool] = False
    """Salesforce refuses what this server dates wrongly."""
    scopes: ClassVar[frozenset[str]] = frozenset({"api"})
    """Scopes without which the connection is of no use."""
    needs: ClassVar[Mapping[str, Promise]] = {}
    """Columns of the org or its app that must be filled, with what to say if not."""

    @property
    def option(self) -> str:
        """Return the name on the command line."""
        return self.name.replace("_", "-")

    def lacks(self, *, username: str, app: App | None) -> dict[str, Promise]:
        """Tell what an org still lacks: field of its form (or its app) → what to say.

        Without an app nothing is said about the app's secrets.
        """
        filled = {"username": username}
        if app is not None:
            filled["consumer_secret"] = app.consumer_secret_enc
            filled["private_key"] = app.private_key_enc
        return {
            "username" if column == "username" else "app": text
            for column, text in self.needs.items()
            if column in filled and not filled[column]
        }

    def mint(self, org: Any, client: Any) -> Any:
        """Get a token without a person; ``client`` is an ``OAuthClient``.

        Return its ``TokenAnswer``. Raise ConfigurationError when something is missing
        and what the client raises.
        """
        message = _("{org} is connected by a person who logs in.").format(org=org)
        raise ConfigurationError(message, remedy=_("Press Connect in the admin."))

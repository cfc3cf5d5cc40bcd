"""Grant types: one object each that knows how an org gets its tokens.

To add one, write a module beside these and put its object into ``ALL``. What asks the
token endpoint itself is a method of ``salesforce.oauth.OAuthClient``.
"""

from __future__ import annotations

from django.utils.functional import Promise

from sfconnector.exceptions import ConfigurationError
from sfconnector.grant_types.base import Flow
from sfconnector.grant_types.client_credentials import CLIENT_CREDENTIALS
from sfconnector.grant_types.jwt_bearer import JWT_BEARER
from sfconnector.grant_types.web_server import WEB_SERVER
from sfconnector.texts import gettext_noop as _

__all__ = [
    "ALL",
    "CLIENT_CREDENTIALS",
    "DEFAULT",
    "JWT_BEARER",
    "WEB_SERVER",
    "Flow",
    "choices",
    "of",
    "with_refresh_token",
    "without_person",
]

ALL: tuple[Flow, ...] = (WEB_SERVER, JWT_BEARER, CLIENT_CREDENTIALS)
"""In the order in which people choose among them."""
DEFAULT = WEB_SERVER.name


def choices() -> list[tuple[str, str | Promise]]:
    """Give the choices of the column ``Org.flow``."""
    return [(flow.name, flow.label) for flow in ALL]


def of(name: str) -> Flow:
    """Find a grant type by its name; raise ConfigurationError for an unknown one."""
    for flow in ALL:
        if flow.name == name:
            return flow
    message = _("There is no grant type {name!r}.").format(name=name)
    names = ", ".join(flow.name for flow in ALL)
    raise ConfigurationError(
        message, remedy=_("Choose one of {names}.").format(names=names)
    )


def with_refresh_token() -> list[str]:
    """Name the grant types whose sessions a refresh token renews."""
    return [flow.name for flow in ALL if flow.keeps_refresh_token]


def without_person() -> list[Flow]:
    """Give the grant types that connect without anybody logging in."""
    return [flow for flow in ALL if not flow.needs_person]

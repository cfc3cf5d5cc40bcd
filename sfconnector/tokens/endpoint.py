"""The token endpoint of an org, as the org's row and its app describe it."""

from __future__ import annotations

import math

from sfconnector import conf
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Org
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.oauth import OAuthClient
from sfconnector.salesforce.transport import CallHook
from sfconnector.salesforce.types import TokenAnswer

_LONGEST_CALL_S = 20.0
_SHARE_OF_LEASE = 0.7


def hosts() -> HostPolicy:
    """Give the hosts that may be contacted, by the settings as they are now."""
    return HostPolicy(conf.current().extra_hosts)


def oauth_client(
    org: Org,
    *,
    login_url: str = "",
    on_call: CallHook | None = None,
    within_lease: bool = False,
) -> OAuthClient:
    """Make the OAuth client of an org; ``within_lease`` its calls end before one does.

    Raise HostRefused for a login URL that is not Salesforce's, SecretUnreadable when
    the consumer secret does not open.
    """
    lease = conf.current().refresh_lease_seconds if within_lease else math.inf
    return OAuthClient(
        login_url or org.login_url,
        org.app.consumer_key,
        org.app.consumer_secret,
        hosts=hosts(),
        on_call=on_call,
        timeout=min(_LONGEST_CALL_S, lease * _SHARE_OF_LEASE),
    )


def mint(org: Org, *, on_call: CallHook | None = None) -> TokenAnswer:
    """Get a token without a person: JWT bearer or client credentials.

    Raise ConfigurationError when the app lacks what the flow needs.
    """
    client = oauth_client(org, on_call=on_call)
    if org.flow == Org.Flow.CLIENT_CREDENTIALS:
        return client.client_credentials()
    if org.flow != Org.Flow.JWT:
        message = f"{org} is connected by a person who logs in."
        raise ConfigurationError(message, remedy="Press Connect in the admin.")
    private_key = org.app.private_key
    if private_key is None or not org.username:
        message = f"JWT bearer for {org} needs a private key and a user name."
        remedy = "Give the app a private key and the org its Salesforce user name."
        raise ConfigurationError(message, remedy=remedy)
    return client.jwt_bearer(username=org.username, private_key=private_key)

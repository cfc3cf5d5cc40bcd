"""The token endpoint of an org, as the org's row and its app describe it."""

from __future__ import annotations

import math

from sfconnector import conf
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
    """Get a token without a person, by the org's grant type.

    Raise ConfigurationError when the app lacks what it needs, or a person is needed.
    """
    client = oauth_client(org, on_call=on_call)
    answer: TokenAnswer = org.grant_type.mint(org, client)
    return answer

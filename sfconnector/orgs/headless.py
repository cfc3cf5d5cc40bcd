"""Connects an org without a person: JWT bearer or client credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfconnector import audit, calls
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.orgs.settling import settle
from sfconnector.tokens import endpoint
from sfconnector.tokens.lease import refuse_open_transaction

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


def connect_headless(
    org: Org,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    replace_identity: bool = False,
    client_address: str | None = None,
) -> Org:
    """Get a token by the org's flow, keep it and read the org's facts.

    Raise ConfigurationError when the flow lacks something, Forbidden when the app or
    its user is not admitted, IdentityChanged when another org or user answers.
    """
    refuse_open_transaction()
    recorder = calls.recorder(org, purpose="connect", user=user)
    try:
        answer = endpoint.mint(org, on_call=recorder)
        settle(org, answer, replace_identity=replace_identity)
    except SFConnectorError as error:
        audit.append(
            "oauth.connect",
            user=user,
            org=org,
            outcome="failed",
            client_address=client_address,
            detail={"flow": org.flow, "code": error.code, "error": str(error)},
        )
        raise
    audit.append(
        "oauth.connect",
        user=user,
        org=org,
        client_address=client_address,
        detail={"flow": org.flow, "user": org.connected_username},
    )
    return org

"""Who asks: the connected app that a token request names, and its proof."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.oauth.errors import refuse
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request


def named_client(org: OrgState, request: Request) -> tuple[ConnectedApp, str]:
    """The app that the request names and the secret it sent, if any.

    Client id and secret may come in the body or by HTTP Basic.
    Raises `RefusalError` for an unknown client id.
    """
    key, secret = (
        request.form.get("client_id", ""),
        request.form.get("client_secret", ""),
    )
    kind, _, coded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        key, secret = _basic(coded)
    app = org.apps.get(key)
    if app is None:
        raise refuse("invalid_client_id")
    return app, secret


def authenticated_client(
    org: OrgState, request: Request, *, need_secret: bool = True
) -> ConnectedApp:
    """The app, once its secret (or its signed assertion) is proven.

    A secret that is sent although none is needed is checked all the same.
    Raises `RefusalError`.
    """
    if request.form.get("client_assertion"):
        from salesforce_simulator.oauth.assertions import client_of_assertion

        return client_of_assertion(org, request)
    app, secret = named_client(org, request)
    if secret:
        if not app.has_secret(secret):
            raise refuse("invalid_client")
    elif need_secret and app.require_secret:
        raise refuse("invalid_client")
    return app


def _basic(coded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, ValueError):
        raise refuse("invalid_client") from None
    key, _, secret = text.partition(":")
    return unquote(key), unquote(secret)

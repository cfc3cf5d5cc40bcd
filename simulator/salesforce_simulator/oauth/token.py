"""``/services/oauth2/token``: codes, refresh tokens and machine grants."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

from salesforce_simulator.grants import Code, RefreshError
from salesforce_simulator.oauth.assertions import jwt_bearer
from salesforce_simulator.oauth.clients import authenticated_client, named_client
from salesforce_simulator.oauth.errors import RefusalError, refuse
from salesforce_simulator.oauth.issuing import REFRESH_SCOPES, grant_tokens
from salesforce_simulator.refusals import oauth
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request, Response


def token(org: OrgState, request: Request) -> Response:
    """Answer a token request of any grant type."""
    flow = _FLOWS.get(request.form.get("grant_type", ""))
    if request.method != "POST" or flow is None:
        raise refuse("unsupported_grant_type")
    return flow(org, request)


def _authorization_code(org: OrgState, request: Request) -> Response:
    app = authenticated_client(org, request)
    code = _take_code(org, request)
    if code.app is not app:
        raise refuse("invalid_code")
    if request.form.get("redirect_uri") != code.redirect_uri:
        raise refuse("redirect_uri_mismatch")
    _check_verifier(code, verifier=request.form.get("code_verifier", ""))
    approval = refresh_token = None
    if REFRESH_SCOPES & set(code.scopes):
        approval = org.grants.approve(app, code.user, scopes=code.scopes)
        refresh_token = approval.refresh_token
    return grant_tokens(
        org,
        request,
        app=app,
        user=code.user,
        scopes=code.scopes,
        approval=approval,
        refresh_token=refresh_token,
        nonce=code.nonce,
    )


def _take_code(org: OrgState, request: Request) -> Code:
    try:
        code = org.grants.take_code(request.form.get("code", ""))
    except LookupError:
        raise refuse("invalid_code") from None
    if code is None:
        raise refuse("expired_code")
    return code


def _check_verifier(code: Code, *, verifier: str) -> None:
    """PKCE S256 (RFC 7636): missing and wrong verifiers are told apart.

    A verifier for a code that was asked for without a challenge is refused as well
    (RFC 9700, 2.1.1): somebody took the challenge out of the log-in's address.
    """
    if not code.challenge:
        if verifier:
            raise refuse("verifier_mismatch")
        return
    if not verifier:
        raise refuse("invalid_verifier")
    digest = hashlib.sha256(verifier.encode()).digest()
    found = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(found, code.challenge):
        raise refuse("verifier_mismatch")


def _refresh_token(org: OrgState, request: Request) -> Response:
    app = authenticated_client(org, request)
    try:
        approval, successor = org.grants.refresh(
            request.form.get("refresh_token", ""), app=app
        )
    except RefreshError as error:
        raise RefusalError(oauth("invalid_grant", str(error))) from None
    return grant_tokens(
        org,
        request,
        app=app,
        user=approval.user,
        scopes=approval.scopes,
        approval=approval,
        refresh_token=successor,
    )


def _client_credentials(org: OrgState, request: Request) -> Response:
    if org.is_login_host(request.host):
        named_client(org, request)
        raise refuse("wrong_domain")
    app = authenticated_client(org, request)
    user = org.users.get(app.client_credentials_user or "")
    if user is None or not user.active:
        raise refuse("no_client_credentials_user")
    scopes = tuple(scope for scope in app.scopes if scope not in REFRESH_SCOPES)
    return grant_tokens(org, request, app=app, user=user, scopes=scopes)


def _password(org: OrgState, request: Request) -> Response:
    app = authenticated_client(org, request)
    user = org.users.get(request.form.get("username", ""))
    if user is None or request.form.get("password") != user.password:
        raise refuse("authentication_failure")
    scopes = tuple(scope for scope in app.scopes if scope not in REFRESH_SCOPES)
    return grant_tokens(org, request, app=app, user=user, scopes=scopes)


_FLOWS: dict[str, Callable[[OrgState, Request], Response]] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": jwt_bearer,
    "password": _password,
}

"""Signed assertions: the JWT bearer flow and ``private_key_jwt`` clients."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.oauth import jwts
from salesforce_simulator.oauth.errors import refuse
from salesforce_simulator.oauth.issuing import grant_tokens
from salesforce_simulator.state import OrgState
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import Request, Response

AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
_SKEW = 30.0
"""A token may be over for so many seconds, as clocks differ. How far ``exp`` lies ahead
does not matter: the documentation asks for three minutes, but the Salesforce CLI sends
milliseconds, which lie millennia ahead, and orgs take them."""


def jwt_bearer(org: OrgState, request: Request) -> Response:
    """``grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer``."""
    jwt = _read(request.form.get("assertion", ""))
    app = _app_of(org, jwt, claim="iss")
    _check_claims(org, request, claims=jwt.claims)
    user = org.users.get(str(jwt.claims.get("sub", "")))
    if user is None:
        raise refuse("user_not_approved")
    _check_user(org, app=app, user=user)
    _check_jti(org, claims=jwt.claims)
    scopes = tuple(scope for scope in app.scopes if scope != "refresh_token")
    return grant_tokens(org, request, app=app, user=user, scopes=scopes)


def client_of_assertion(org: OrgState, request: Request) -> ConnectedApp:
    """The app that proves itself by ``client_assertion``. Raises `RefusalError`."""
    kind = request.form.get("client_assertion_type", "")
    if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
        raise refuse("invalid_client")
    jwt = _read(request.form["client_assertion"])
    app = _app_of(org, jwt, claim="sub")
    _check_claims(org, request, claims=jwt.claims)
    return app


def _read(text: str) -> jwts.Jwt:
    try:
        return jwts.read_jwt(text)
    except jwts.TokenFormatError:
        raise refuse("invalid_assertion") from None


def _app_of(org: OrgState, jwt: jwts.Jwt, *, claim: str) -> ConnectedApp:
    app = org.apps.get(str(jwt.claims.get(claim, "")))
    if app is None:
        raise refuse("invalid_client_id")
    if not app.public_key:
        raise refuse("oauth_flow_disabled")
    if not jwts.verifies(jwt, key=jwts.read_public_key(app.public_key)):
        raise refuse("invalid_assertion")
    return app


def _check_claims(org: OrgState, request: Request, *, claims: dict[str, Any]) -> None:
    audience = claims.get("aud")
    asked = audience if isinstance(audience, list) else [audience]
    known = {*AUDIENCES, request.origin, org.base_url}
    known |= {f"{host}/services/oauth2/token" for host in known}
    if not known & {str(one).rstrip("/") for one in asked}:
        raise refuse("audience")
    expires, now = claims.get("exp"), org.clock.time()
    if not isinstance(expires, int | float):
        raise refuse("invalid_assertion")
    if expires < now - _SKEW:
        raise refuse("invalid_assertion")


def _check_user(org: OrgState, *, app: ConnectedApp, user: User) -> None:
    if not user.active:
        raise refuse("inactive_user_grant")
    if not app.preapproved and not org.grants.approvals(app=app, user=user):
        raise refuse("user_not_approved")


def _check_jti(org: OrgState, *, claims: dict[str, Any]) -> None:
    jti = claims.get("jti")
    if jti is None:
        return
    if jti in org.seen_jtis:
        raise refuse("bad_jti")
    org.seen_jtis.add(str(jti))

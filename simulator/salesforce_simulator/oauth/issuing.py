"""The token endpoint's answer: tokens, identity URL, signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.grants import Approval, Session
from salesforce_simulator.oauth import jwts
from salesforce_simulator.state import OrgState
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import Request, Response

REFRESH_SCOPES = frozenset({"refresh_token", "offline_access"})


def signature(secret: str, *, identity: str, issued_at: str) -> str:
    """base64 of HMAC-SHA256 over ``id`` followed by ``issued_at``."""
    digest = hmac.new(secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


def grant_tokens(  # noqa: PLR0913 - all but the first two are keyword-only
    org: OrgState,
    request: Request,
    *,
    app: ConnectedApp,
    user: User,
    scopes: tuple[str, ...],
    approval: Approval | None = None,
    refresh_token: str | None = None,
    nonce: str = "",
) -> Response:
    """Open a session and answer with its token. There is no ``expires_in``."""
    session = org.grants.open_session(
        app,
        user,
        scopes=scopes,
        approval=approval,
        token=_jwt_token(org, app=app, user=user) if app.jwt_tokens else "",
    )
    identity = org.identity_url(user, request)
    issued_at = str(int(org.clock.time() * 1000))
    body: dict[str, Any] = {"access_token": session.token}
    if refresh_token:
        body["refresh_token"] = refresh_token
    body |= {
        "signature": signature(
            app.consumer_secret, identity=identity, issued_at=issued_at
        ),
        "scope": " ".join(scopes),
    }
    if "openid" in scopes and approval is not None:
        body["id_token"] = _id_token(org, request, session=session, nonce=nonce)
    if app.jwt_tokens:
        body["token_format"] = "jwt"  # noqa: S105 - a format, no secret
        body["api_instance_url"] = org.instance_url(request)
    body |= {
        "instance_url": org.instance_url(request),
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    return formatted(request, body)


def formatted(request: Request, body: dict[str, Any]) -> Response:
    """The answer as JSON, or as ``format=urlencoded|xml`` asked."""
    headers = {
        "Cache-Control": "no-cache, no-store",
        "Pragma": "no-cache",
        "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
        "Set-Cookie": "BrowserId=c2ltdWxhdGVk; path=/; SameSite=Lax",
    }
    form = request.form.get("format", "")
    accept = request.headers.get("accept", "")
    if form == "urlencoded" or "x-www-form-urlencoded" in accept:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return Response(200, body=urlencode(body).encode(), headers=headers)
    if form == "xml" or accept.startswith("application/xml"):
        inner = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in body.items())
        text = f'<?xml version="1.0" encoding="UTF-8"?><OAuth>{inner}</OAuth>'
        headers["Content-Type"] = "application/xml"
        return Response(200, body=text.encode(), headers=headers)
    return Response(200, value=body, headers=headers)


def _jwt_token(org: OrgState, *, app: ConnectedApp, user: User) -> str:
    now = int(org.clock.time())
    return jwts.sign_jwt(
        {
            "sub": f"uid:{user.id}",
            "iss": org.base_url,
            "client_id": app.consumer_key,
            "iat": now,
            "nbf": now,
            "exp": now + int(org.grants.session_seconds),
            "jti": org.next_number(),
        }
    )


def _id_token(org: OrgState, request: Request, *, session: Session, nonce: str) -> str:
    now = int(org.clock.time())
    digest = hashlib.sha256(session.token.encode()).digest()[:16]
    claims = {
        "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "sub": org.identity_url(session.user, request),
        "aud": session.app.consumer_key,
        "iss": request.origin,
        "exp": now + 120,
        "iat": now,
    }
    if nonce:
        claims["nonce"] = nonce
    return jwts.sign_jwt(json.loads(json.dumps(claims)))

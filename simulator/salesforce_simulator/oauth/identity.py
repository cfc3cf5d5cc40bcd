"""Who a token belongs to: userinfo, identity, introspection, revocation, discovery."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from salesforce_simulator.apps import DEFAULT_SCOPES
from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.grants import Approval, Session
from salesforce_simulator.ids import same
from salesforce_simulator.oauth import jwts
from salesforce_simulator.oauth.clients import authenticated_client
from salesforce_simulator.oauth.errors import refuse
from salesforce_simulator.state import OrgState
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import Request, Response, plain

_SOAP = {"enterprise": "c", "metadata": "m", "partner": "u", "tooling_soap": "T"}
_DATA = {
    "rest": "",
    "sobjects": "sobjects/",
    "search": "search/",
    "query": "query/",
    "recent": "recent/",
    "tooling_rest": "tooling/",
    "feeds": "chatter/feeds",
    "groups": "chatter/groups",
    "users": "chatter/users",
    "feed_items": "chatter/feed-items",
    "feed_elements": "chatter/feed-elements",
}
_ORDER = (
    "enterprise",
    "metadata",
    "partner",
    "rest",
    "sobjects",
    "search",
    "query",
    "recent",
    "tooling_soap",
    "tooling_rest",
    "profile",
    "feeds",
    "groups",
    "users",
    "feed_items",
    "feed_elements",
    "custom_domain",
)


def userinfo(org: OrgState, request: Request) -> Response:
    """``GET /services/oauth2/userinfo``; a dead token gets 403 and one word."""
    session, problem = _session(org, request)
    if session is None:
        return problem
    user, base = session.user, org.instance_url(request)
    body = {
        "sub": org.identity_url(user, request),
        "user_id": user.id,
        "organization_id": org.org_id,
        "preferred_username": user.username,
        "nickname": f"User{user.id[-8:-3]}",
        "name": user.name,
        "email": user.email,
        "email_verified": True,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "zoneinfo": user.timezone,
        "photos": _photos(base),
        "profile": f"{base}/{user.id}",
        "picture": _photos(base)["picture"],
        "address": {},
        "is_salesforce_integration_user": user.integration,
        "urls": _urls(org, base=base, user=user),
        "active": user.active,
        "user_type": "STANDARD",
        "language": user.language,
        "locale": user.language,
        "utcOffset": user.utc_offset,
        "updated_at": f"{org.created:%Y-%m-%dT%H:%M:%SZ}",
    }
    return Response(200, value=body, headers={"Cache-Control": "no-cache, no-store"})


def identity(org: OrgState, request: Request) -> Response:
    """``GET /id/<organization id>/<user id>``."""
    session, problem = _session(org, request)
    if session is None:
        return problem
    if len(request.segments) != 3 or not same(request.segments[1], org.org_id):
        return plain("Wrong_Org", status=403)
    user = org.users.get(request.segments[2])
    if user is None:
        return plain("Bad_Id", status=404)
    if not user.active:
        return plain("Inactive", status=404)
    return Response(200, value=_identity(org, request, user=user, session=session))


def _identity(
    org: OrgState, request: Request, *, user: User, session: Session
) -> dict[str, Any]:
    base = org.instance_url(request)
    body: dict[str, Any] = {
        "id": org.identity_url(user, request),
        "asserted_user": user is session.user,
        "user_id": user.id,
        "organization_id": org.org_id,
        "username": user.username,
        "nick_name": f"User{user.id[-8:-3]}",
        "display_name": user.name,
        "email": user.email,
        "email_verified": True,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "timezone": user.timezone,
        "photos": _photos(base),
    }
    body |= dict.fromkeys(f"addr_{p}" for p in ("street", "city", "state", "country"))
    body |= {
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(org, base=base, user=user),
        "active": user.active,
        "user_type": "STANDARD",
        "language": user.language,
        "locale": user.language,
        "utcOffset": user.utc_offset,
        "last_modified_date": wire_datetime(org.created),
        "is_app_installed": True,
    }
    return body


def introspect(org: OrgState, request: Request) -> Response:
    """``POST /services/oauth2/introspect``; ``exp`` and ``iat`` are in seconds."""
    app = authenticated_client(org, request)
    found = org.grants.peek(request.form.get("token", ""))
    if found is None or found.app is not app:
        return Response(200, value={"active": False})
    life = org.grants.session_seconds if isinstance(found, Session) else 30 * 86_400
    body = {
        "active": True,
        "scope": " ".join(found.scopes),
        "client_id": found.app.consumer_key,
        "username": found.user.username,
        "sub": org.identity_url(found.user, request),
        "token_type": (
            "refresh_token" if isinstance(found, Approval) else "access_token"
        ),
        "exp": int(found.last_used + life),
        "iat": int(found.created),
        "nbf": int(found.created),
    }
    return Response(200, value=body)


def revoke(org: OrgState, request: Request) -> Response:
    """``POST /services/oauth2/revoke`` for either kind of token.

    The 400 body is form-encoded, unlike that of the token endpoint. An app may ask
    for its own key and secret as well (RFC 7009, 2.1).
    """
    token = request.form.get("token") or request.query.get("token", "")
    held = org.grants.peek(token)
    if held is not None and held.app.authenticate_revoke:
        app = authenticated_client(org, request)
        if app is not held.app:
            raise refuse("invalid_client")
    if org.grants.revoke(token):
        return Response(200)
    error = {"error": "invalid_token", "error_description": "invalid token: expired"}
    return Response(
        400,
        body=urlencode(error).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def discovery(org: OrgState, request: Request) -> Response:
    """``GET /.well-known/openid-configuration``."""
    del org
    base = f"{request.origin}/services/oauth2"
    body = {
        "issuer": request.origin,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "revocation_endpoint": f"{base}/revoke",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{request.origin}/id/keys",
        "introspection_endpoint": f"{base}/introspect",
        "scopes_supported": [*DEFAULT_SCOPES, "offline_access", "full", "chatter_api"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "display_values_supported": ["page", "popup", "touch"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "client_secret_basic",
            "private_key_jwt",
        ],
    }
    return Response(200, value=body)


def keys(org: OrgState, request: Request) -> Response:
    """``GET /id/keys``: the key that ID tokens are signed with."""
    del org, request
    return Response(200, value=jwts.jwks())


def _session(
    org: OrgState, request: Request
) -> tuple[Session, Response] | tuple[None, Response]:
    token = org.bearer(request)
    if not token:
        return None, plain("Missing_OAuth_Token", status=403)
    session = org.grants.session(token)
    if session is None:
        return None, plain("Bad_OAuth_Token", status=403)
    return session, Response()


def _photos(base: str) -> dict[str, str]:
    return {
        "picture": f"{base}/profilephoto/005/F",
        "thumbnail": f"{base}/profilephoto/005/T",
    }


def _urls(org: OrgState, *, base: str, user: User) -> dict[str, str]:
    """The ``urls`` object. ``{version}`` is literal; SOAP URLs end with 15 letters."""
    short = org.org_id[:15]
    urls = {
        name: f"{base}/services/Soap/{letter}/{{version}}/{short}"
        for name, letter in _SOAP.items()
    }
    for name, path in _DATA.items():
        urls[name] = f"{base}/services/data/v{{version}}/{path}"
    urls |= {"profile": f"{base}/{user.id}", "custom_domain": base}
    return {name: urls[name] for name in _ORDER}

"""``/services/oauth2/authorize``: the page where a user allows or denies."""

from __future__ import annotations

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.pages.consent import consent_page, refusal_page
from salesforce_simulator.refusals import APPROVAL_ERROR, AUTHORIZE
from salesforce_simulator.state import OrgState
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import Request, Response, redirect

_REDIRECT = {
    False: ("redirect_uri_missing", "redirect_uri is missing"),
    True: ("redirect_uri_mismatch", "redirect_uri must match configuration"),
}
_ALLOW = frozenset({"allow", "1", "true", "yes"})


def authorize(org: OrgState, request: Request) -> Response:
    """Show the page, or act on its *Allow* and *Deny* buttons."""
    asked = {**request.query, **(request.form if request.method == "POST" else {})}
    app = org.apps.get(asked.get("client_id", ""))
    if app is None:
        return refusal_page("invalid_client_id", "client identifier invalid")
    uri = asked.get("redirect_uri", "")
    if not app.takes_redirect(uri):
        error, description = _REDIRECT[bool(uri)]
        return refusal_page(error, description)
    problem = _problem(app, asked)
    if problem:
        return _send_back(asked, problem)
    if asked.get("immediate") == "true":
        return _without_page(org, app, asked)
    if request.method != "POST":
        return _show(org, app, asked)
    return _decide(org, app, asked)


def refuse(org: OrgState, request: Request, name: str) -> Response:
    """A refusal of `refusals`: back to the redirect URI, or on a page."""
    asked = {**request.query, **(request.form if request.method == "POST" else {})}
    app = org.apps.get(asked.get("client_id", ""))
    safe = app is not None and app.takes_redirect(asked.get("redirect_uri", ""))
    if name == APPROVAL_ERROR or not safe:
        return refusal_page(
            "OAUTH_APPROVAL_ERROR_GENERIC",
            "An unexpected error has occurred during authentication. Please try again.",
        )
    return _send_back(asked, name)


def _problem(app: ConnectedApp, asked: dict[str, str]) -> str | None:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if app.require_pkce and not asked.get("code_challenge"):
        return "missing_challenge"
    if asked.get("code_challenge_method", "S256") != "S256":
        return "bad_challenge_method"
    return None


def _show(
    org: OrgState, app: ConnectedApp, asked: dict[str, str], *, message: str = ""
) -> Response:
    return consent_page(
        org_name=org.name,
        sandbox=org.is_sandbox,
        app=app,
        users=list(org.users),
        asked=asked,
        message=message,
    )


def _decide(org: OrgState, app: ConnectedApp, asked: dict[str, str]) -> Response:
    if "deny" in asked or asked.get("action") == "deny":
        return _send_back(asked, "access_denied")
    pressed = "allow" in asked or asked.get("action", "").lower() in _ALLOW
    if not pressed:
        return _show(org, app, asked)
    user = _log_in(org, asked)
    if user is None:
        return _show(org, app, asked, message=_LOGIN_FAILED)
    return _give_code(org, app, asked, user=user)


_LOGIN_FAILED = (
    "Please check your username and password. If you still can't log in, "
    "contact your Salesforce administrator."
)


def _log_in(org: OrgState, asked: dict[str, str]) -> User | None:
    """Who logs in. A form without a password counts as a browser already logged in."""
    name = asked.get("username") or asked.get("login_hint") or org.users.default.id
    user = org.users.get(name)
    if user is None or not user.active:
        return None
    given = asked.get("password")
    if given is None and not org.require_login:
        return user
    return user if given == user.password else None


def _without_page(org: OrgState, app: ConnectedApp, asked: dict[str, str]) -> Response:
    user = org.users.get(asked.get("login_hint") or org.users.default.id)
    if user is None or not org.grants.approvals(app=app, user=user):
        return _send_back(asked, "immediate_unsuccessful")
    return _give_code(org, app, asked, user=user)


def _give_code(
    org: OrgState, app: ConnectedApp, asked: dict[str, str], *, user: User
) -> Response:
    scopes = tuple(asked.get("scope", "").split()) or app.scopes
    known = {*app.scopes, "offline_access" if "refresh_token" in app.scopes else ""}
    if not set(scopes) <= known:
        return _send_back(asked, "invalid_scope")
    code = org.grants.issue_code(
        app=app,
        user=user,
        scopes=scopes,
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
        nonce=asked.get("nonce", ""),
    )
    params = {"code": code.value}
    if "state" in asked:
        params["state"] = asked["state"]
    return redirect(asked["redirect_uri"], params=params)


def _send_back(asked: dict[str, str], problem: str) -> Response:
    error, description = AUTHORIZE[problem]
    params = {"error": error, "error_description": description}
    if "state" in asked:
        params["state"] = asked["state"]
    return redirect(asked["redirect_uri"], params=params)

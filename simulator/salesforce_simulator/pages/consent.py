"""The log-in and consent page, and the page for requests that cannot be served."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.pages.layout import CLOUD, document
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import Response, html

SCOPE_LABELS = {
    "api": "Manage user data via APIs",
    "refresh_token": "Perform requests at any time",
    "offline_access": "Perform requests at any time",
    "id": "Access the identity URL service",
    "openid": "Access unique user identifiers",
    "profile": "Access your profile",
    "email": "Access your e-mail address",
    "web": "Manage user data via Web browsers",
    "full": "Full access",
}
_PASSED_ON = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
    "display",
)


def consent_page(
    *,
    org_name: str,
    sandbox: bool,
    app: ConnectedApp,
    users: list[User],
    asked: dict[str, str],
    message: str = "",
) -> Response:
    """Who logs in, what the app may do, *Allow* and *Deny*."""
    chip = "sandbox" if sandbox else ""
    body = f"""
<div class="narrow"><div class="card">{CLOUD}
<p style="text-align:center;margin:0 0 1rem"><strong>{escape(org_name)}</strong>
<span class="chip {chip}">{"Sandbox" if sandbox else "Production"}</span></p>
{f'<p class="problem" role="alert">{escape(message)}</p>' if message else ""}
<form method="post" action="/services/oauth2/authorize">
{_hidden(asked)}
<label for="username">Username</label>
<select id="username" name="username">{_options(users, asked)}</select>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off"
 value="{"" if message else escape(_password(users, asked), quote=True)}">
<h2 style="margin:1.5rem 0 .25rem">Allow access?</h2>
<p style="margin:0"><strong>{escape(app.name)}</strong> is asking to:</p>
<ul class="plain">{_scopes(app, asked)}</ul>
<div class="buttons">
<button type="submit" name="action" value="allow" class="main">Allow</button>
<button type="submit" name="action" value="deny">Deny</button></div>
</form></div>
<p class="note" style="text-align:center">A simulated Salesforce org.
Nothing here leaves this computer.</p></div>"""
    return html(document(f"Allow access? | {org_name}", body))


def refusal_page(error: str, description: str) -> Response:
    """The page that Salesforce shows instead of redirecting (status 400)."""
    text = f"error={error}&error_description={quote(description)}"
    body = f"""
<div class="narrow"><div class="card">{CLOUD}
<h2>We can't authorize you because of an OAuth error.</h2>
<p>For more information, contact your Salesforce administrator.</p>
<p class="problem code" role="alert">{escape(text, quote=False)}</p>
<p class="note">{escape(description)}</p>
</div></div>"""
    return html(document("OAuth Error", body), status=400)


def _hidden(asked: dict[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
        for name in _PASSED_ON
        if name in asked
    )


def _chosen(users: list[User], asked: dict[str, str]) -> User:
    wanted = asked.get("username") or asked.get("login_hint") or ""
    return next((user for user in users if user.username == wanted), users[0])


def _password(users: list[User], asked: dict[str, str]) -> str:
    chosen = _chosen(users, asked)
    same = all(user.password == chosen.password for user in users)
    return chosen.password if same else ""


def _options(users: list[User], asked: dict[str, str]) -> str:
    chosen = _chosen(users, asked)
    return "".join(
        f'<option value="{escape(user.username)}"'
        f"{' selected' if user is chosen else ''}>"
        f"{escape(user.username)}</option>"
        for user in users
        if user.active
    )


def _scopes(app: ConnectedApp, asked: dict[str, str]) -> str:
    names = asked.get("scope", "").split() or app.scopes
    labels = dict.fromkeys(SCOPE_LABELS.get(name, name) for name in names)
    return "".join(f"<li>{escape(label)}</li>" for label in labels)

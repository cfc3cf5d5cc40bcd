"""What a person does at the log-in of a pretend org, and the grant that comes of it."""

from __future__ import annotations

import html
import http.client
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from sfconnector.salesforce import (
    HostPolicy,
    OAuthClient,
    Session,
    TokenAnswer,
    failures,
)
from sfconnector.salesforce.oauth import challenge_of, new_state, new_verifier
from sfconnector.secret import Secret

HOSTS = HostPolicy(("127.0.0.1",))
CALLBACK = "http://127.0.0.1:8000/sfconnector/callback/"


class Grant:
    """A token source that holds a grant and renews it by its refresh token."""

    def __init__(self, oauth: OAuthClient, answer: TokenAnswer) -> None:
        self.oauth = oauth
        self.answer = answer
        self.renewals = 0

    def current(self) -> Session:
        return Session(
            access_token=self.answer.access_token,
            instance_url=self.answer.instance_url,
        )

    def renew(self, stale: Any) -> Session:
        self.renewals += 1
        old = self.answer.refresh_token
        self.answer = (
            self.oauth.refresh(old) if old else self.oauth.client_credentials()
        )
        return self.current()


def consent(url: str, *, action: str = "allow") -> dict[str, str]:
    """Answer the org's own page; give what it sends to the callback."""
    parts = urlsplit(url)
    page = fetch(parts.netloc, f"{parts.path}?{parts.query}")[0].decode()
    fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields = {name: html.unescape(text) for name, text in fields.items()}
    _, location = fetch(parts.netloc, parts.path, form=fields | {"action": action})
    found = parse_qs(urlsplit(location).query)
    return {name: texts[0] for name, texts in found.items()}


def fetch(
    netloc: str, path: str, *, form: dict[str, str] | None = None
) -> tuple[bytes, str]:
    """Get a page, or post a form to it; give the body and the Location header."""
    connection = http.client.HTTPConnection(netloc, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    body = urlencode(form) if form else None
    connection.request("POST" if form else "GET", path, body=body, headers=kind)
    answer = connection.getresponse()
    found = answer.read(), answer.headers.get("Location", "")
    connection.close()
    return found


def log_in(oauth: OAuthClient, *, action: str = "allow") -> TokenAnswer:
    """Go through the web server flow with PKCE."""
    verifier, state = new_verifier(), new_state()
    url = oauth.authorize_url(
        redirect_uri=CALLBACK,
        scopes=("api", "refresh_token", "openid"),
        state=state,
        code_challenge=challenge_of(verifier),
    )
    back = consent(url, action=action)
    assert back["state"] == state.reveal()
    if "error" in back:
        raise failures.callback_error(back["error"], back["error_description"])
    return oauth.exchange_code(
        Secret(back["code"]), redirect_uri=CALLBACK, verifier=verifier
    )

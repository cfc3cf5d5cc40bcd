"""A plain HTTP visitor of the pretend org, written for its tests alone."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from salesforce_simulator import SalesforceOrg

CALLBACK = "http://127.0.0.1:8000/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)
V = "/services/data/v66.0"


class Visitor:
    """Speaks to one org; ``tokens`` holds the last token answer."""

    def __init__(self, org: SalesforceOrg) -> None:
        self.org = org
        self.http = requests.Session()
        self.http.headers["Accept-Encoding"] = "identity"
        self.tokens: dict[str, Any] = {}

    def asked(self, **changes: Any) -> dict[str, str]:
        params = {
            "response_type": "code",
            "client_id": self.org.consumer_key,
            "redirect_uri": CALLBACK,
            "state": "state+with/odd=signs",
            **changes,
        }
        return {name: value for name, value in params.items() if value is not None}

    def authorize(self, action: str = "allow", **changes: Any) -> requests.Response:
        """Press a button of the authorize page."""
        return self.http.post(
            self.org.base_url + "/services/oauth2/authorize",
            data={**self.asked(**changes), "action": action},
            allow_redirects=False,
            timeout=10,
        )

    def code(self, **changes: Any) -> str:
        answer = self.authorize(**changes)
        assert answer.status_code == 302, answer.text
        return callback_params(answer)["code"]

    def token(self, **form: Any) -> requests.Response:
        form.setdefault("client_id", self.org.consumer_key)
        form.setdefault("client_secret", self.org.consumer_secret)
        form = {name: value for name, value in form.items() if value is not None}
        return self.http.post(
            self.org.base_url + "/services/oauth2/token", data=form, timeout=10
        )

    def exchange(self, code: str, **form: Any) -> requests.Response:
        form.setdefault("redirect_uri", CALLBACK)
        return self.token(grant_type="authorization_code", code=code, **form)

    def log_in(self, **changes: Any) -> dict[str, Any]:
        """The whole web-server flow; the access token is used from now on."""
        answer = self.exchange(self.code(**changes))
        assert answer.status_code == 200, answer.text
        return self.use(answer.json())

    def enter(self) -> Visitor:
        """Log in by client credentials."""
        answer = self.token(grant_type="client_credentials")
        assert answer.status_code == 200, answer.text
        self.use(answer.json())
        return self

    def use(self, tokens: dict[str, Any]) -> dict[str, Any]:
        self.tokens = tokens
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return tokens

    def refresh(self, refresh_token: str = "") -> requests.Response:
        return self.token(
            grant_type="refresh_token",
            refresh_token=refresh_token or self.tokens["refresh_token"],
        )

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        if not path.startswith(("/services", "/id", "/__", "/.well")):
            path = V + path
        return self.http.request(
            method, self.org.base_url + path, timeout=10, allow_redirects=False, **more
        )

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.call("POST", path, json=body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.call("PATCH", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> requests.Response:
        return self.call("DELETE", path, **more)

    def query(self, soql: str, **more: Any) -> Any:
        answer = self.get("/query", params={"q": soql}, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def callback_params(answer: requests.Response) -> dict[str, str]:
    """The parameters that a redirect carries back."""
    query = urlsplit(answer.headers["Location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def oauth_error(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert sorted(body) == ["error", "error_description"]
    return answer.status_code, body["error"], body["error_description"]


def rest_error(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    assert isinstance(body, list), body
    assert {"message", "errorCode"} <= set(body[0]), body
    return answer.status_code, body[0]["errorCode"]

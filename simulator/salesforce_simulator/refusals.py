"""Salesforce's refusals by name, so that a test can ask for one.

Wordings that Salesforce documents or that were observed are used as they are;
where only the code is known, the wording is believed (see ``docs/simulator.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salesforce_simulator import data
from salesforce_simulator.wire.messages import Response

MAINTENANCE_PAGE = data.text("maintenance.html")


@dataclass(frozen=True)
class Refusal:
    """One refusal: its HTTP status and its body (object, array or text)."""

    status: int
    body: Any = b""
    content_type: str = ""

    def response(self) -> Response:
        """A fresh response."""
        if isinstance(self.body, bytes):
            headers = {"Content-Type": self.content_type} if self.content_type else {}
            return Response(self.status, body=self.body, headers=headers)
        return Response(self.status, value=self.body)


def oauth(error: str, description: str, *, status: int = 400) -> Refusal:
    """An OAuth error: an object with two keys."""
    return Refusal(status, {"error": error, "error_description": description})


def _refusal(told: dict[str, Any]) -> Refusal:
    """The refusal that an entry of ``data/refusals.json`` tells."""
    status = told.get("status", 400)
    if "error" in told:
        return oauth(told["error"], told["error_description"], status=status)
    if "errorCode" in told:
        body = {"message": told["message"], "errorCode": told["errorCode"]}
        return Refusal(status, [body])
    text = data.text(told["file"]) if "file" in told else told.get("text", "")
    return Refusal(status, text.encode(), told.get("content_type", ""))


_TABLE = data.read("refusals")
TOKEN = {name: _refusal(told) for name, told in _TABLE["token"].items()}
REST = {name: _refusal(told) for name, told in _TABLE["rest"].items()}
AUTHORIZE: dict[str, tuple[str, str]] = {
    name: (told["error"], told["error_description"])
    for name, told in _TABLE["authorize"].items()
}
"""Errors that the authorize page sends back to the redirect URI."""

APPROVAL_ERROR = "approval_error"
"""The approval failure that ends on Salesforce's own page, without a redirect."""


def find(name: str) -> Response | None:
    """The response for ``token.inactive_user``, ``rest.gone`` or a bare name.

    None for ``authorize.…``, whose answer depends on the request.
    Raises KeyError with the known names.
    """
    table, _, bare = name.rpartition(".")
    if table == "authorize" and bare in {*AUTHORIZE, APPROVAL_ERROR}:
        return None
    tables = {"token": [TOKEN], "rest": [REST], "": [REST, TOKEN]}
    for known in tables.get(table, []):
        if bare in known:
            return known[bare].response()
    names = ", ".join(sorted({*TOKEN, *REST, *(f"authorize.{n}" for n in AUTHORIZE)}))
    raise KeyError(f"No refusal is called {name!r}. Known: {names}.")

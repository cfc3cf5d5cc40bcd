"""Salesforce's refusals by name, so that a test can ask for one.

Wordings that Salesforce documents or that were observed are used as they are;
where only the code is known, the wording is believed (see ``docs/simulator.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfconnector.simulator.wire.messages import HTML_TYPE, Response

MAINTENANCE_PAGE = (
    "\n\n<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>"
    "<h1>We are down for maintenance.</h1>"
    "<p>Sorry for the inconvenience. We'll be back shortly.</p></body></html>\n"
)


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


def rest(status: int, code: str, message: str) -> Refusal:
    """A REST error: an array with one object."""
    return Refusal(status, [{"message": message, "errorCode": code}])


def page(status: int, text: str) -> Refusal:
    """An HTML answer."""
    return Refusal(status, text.encode(), HTML_TYPE)


TOKEN: dict[str, Refusal] = {
    "expired_token": oauth("invalid_grant", "expired access/refresh token"),
    "token_validity_expired": oauth("invalid_grant", "token validity expired"),
    "expired_code": oauth("invalid_grant", "expired authorization code"),
    "invalid_code": oauth("invalid_grant", "invalid authorization code"),
    "invalid_verifier": oauth("invalid_grant", "invalid code verifier"),
    "verifier_mismatch": oauth("invalid_request", "invalid code verifier"),
    "inactive_user": oauth("inactive_user", "user is inactive"),
    "inactive_user_grant": oauth("invalid_grant", "inactive user"),
    "inactive_org": oauth("inactive_org", "organization is inactive"),
    "ip_restricted": oauth("invalid_grant", "ip restricted"),
    "login_hours": oauth("invalid_grant", "invalid login hours"),
    "authentication_failure": oauth("invalid_grant", "authentication failure"),
    "activation_secret": oauth("invalid_grant", "activation secret invalid"),
    "login_rate_exceeded": oauth("invalid_grant", "login rate exceeded"),
    "rate_limit_exceeded": oauth("rate_limit_exceeded", "login rate exceeded"),
    "invalid_client_id": oauth("invalid_client_id", "client identifier invalid"),
    "invalid_client": oauth("invalid_client", "invalid client credentials"),
    "invalid_client_401": oauth(
        "invalid_client", "invalid client credentials", status=401
    ),
    "app_blocked": oauth("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
    "app_not_found": oauth(
        "app_not_found", "External client app is not installed in this org"
    ),
    "app_not_installed": oauth("invalid_client", "app must be installed into org"),
    "invalid_app_access": oauth(
        "invalid_app_access", "user is not admin approved to access this app"
    ),
    "user_not_approved": oauth("invalid_grant", "user hasn't approved this consumer"),
    "audience": oauth("invalid_grant", "Audience validation failed"),
    "invalid_assertion": oauth("invalid_grant", "invalid assertion"),
    "bad_jti": oauth("bad_jti_claim", "jti was already used"),
    "wrong_domain": oauth("invalid_grant", "request not supported on this domain"),
    "no_client_credentials_user": oauth(
        "invalid_grant", "no client credentials user enabled"
    ),
    "redirect_uri_mismatch": oauth(
        "redirect_uri_mismatch", "redirect_uri must match configuration"
    ),
    "redirect_uri_missing": oauth("redirect_uri_missing", "redirect_uri is missing"),
    "unsupported_grant_type": oauth(
        "unsupported_grant_type", "grant type not supported"
    ),
    "oauth_flow_disabled": oauth("oauth_flow_disabled", "flow is disabled"),
    "invalid_scope": oauth(
        "invalid_scope", "requested scope is invalid, unknown, or malformed"
    ),
    "server_error": oauth("server_error", "unexpected error", status=500),
    "service_unavailable": oauth(
        "service_unavailable", "the service is unavailable", status=503
    ),
    "system_down": oauth("system_down", "the system is down", status=503),
    "unknown_error": oauth("unknown_error", "retry your request"),
    "token_request_limit": rest(
        403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."
    ),
    "unsupported_token_type": oauth(
        "unsupported_token_type", "this token type is not supported"
    ),
    "invalid_token": oauth("invalid_token", "invalid token"),
}

AUTHORIZE: dict[str, tuple[str, str]] = {
    "access_denied": ("access_denied", "end-user denied authorization"),
    "app_blocked": ("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
    "app_not_installed": ("invalid_client", "app must be installed into org"),
    "invalid_scope": (
        "invalid_scope",
        "requested scope is invalid, unknown, or malformed",
    ),
    "immediate_unsuccessful": ("immediate_unsuccessful", "user must log in"),
    "missing_challenge": ("invalid_request", "missing required code challenge"),
    "bad_challenge_method": ("invalid_request", "invalid code challenge method"),
    "unsupported_response_type": (
        "unsupported_response_type",
        "response type not supported",
    ),
    "server_error": ("server_error", "unexpected error"),
    "login_error": ("login_error", "login failed"),
}
"""Errors that the authorize page sends back to the redirect URI."""

APPROVAL_ERROR = "approval_error"
"""The approval failure that ends on Salesforce's own page, without a redirect."""

_CONCURRENT = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."

REST: dict[str, Refusal] = {
    "session_expired": rest(401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "session_not_for_rest": rest(
        401,
        "INVALID_SESSION_ID",
        "This session is not valid for use with the REST API",
    ),
    "missing_header": rest(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    "expired_password": rest(
        401,
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "The users password has expired, you must call SetPassword before "
        "attempting any other API operations",
    ),
    "request_limit": rest(
        403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."
    ),
    "concurrent_limit": rest(403, "REQUEST_LIMIT_EXCEEDED", _CONCURRENT),
    "long_transactions": rest(
        403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."
    ),
    "api_disabled_for_org": rest(
        403,
        "API_DISABLED_FOR_ORG",
        "The REST API is not enabled for this Organization.",
    ),
    "api_disabled_for_user": rest(
        403, "API_CURRENTLY_DISABLED", "API is currently disabled for this user"
    ),
    "insufficient_access": rest(
        403,
        "INSUFFICIENT_ACCESS",
        "insufficient access rights on cross-reference id",
    ),
    "not_enabled": rest(
        403, "FUNCTIONALITY_NOT_ENABLED", "This feature is not enabled"
    ),
    "read_only": rest(
        503,
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "The organization is in read-only mode for maintenance.",
    ),
    "query_timeout": rest(
        400, "QUERY_TIMEOUT", "Your query request was running for too long."
    ),
    "invalid_locator": rest(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    "operation_too_large": rest(400, "OPERATION_TOO_LARGE", "operation too large"),
    "query_too_complicated": rest(
        400, "QUERY_TOO_COMPLICATED", "Query is either selecting too many fields"
    ),
    "lock_row": rest(
        400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"
    ),
    "replication_date": rest(
        400, "INVALID_REPLICATION_DATE", "startDate before org replication date"
    ),
    "exceeded_id_limit": rest(400, "EXCEEDED_ID_LIMIT", "too many ids"),
    "invalid_type": rest(
        400, "INVALID_TYPE", "sObject type is not supported in this org."
    ),
    "not_found": rest(404, "NOT_FOUND", "The requested resource does not exist"),
    "gone": rest(410, "GONE", "The requested API version is retired and unavailable."),
    "uri_too_long": Refusal(414),
    "headers_too_long": Refusal(431),
    "no_route": Refusal(420),
    "not_acceptable": Refusal(406),
    "too_many_requests": Refusal(429),
    "server_error": rest(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
    "server_unavailable": rest(503, "SERVER_UNAVAILABLE", "Server too busy"),
    "bad_gateway": page(502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "maintenance": page(503, MAINTENANCE_PAGE),
    "maintenance_with_200": page(200, MAINTENANCE_PAGE),
    "not_json": Refusal(200, b'{"totalSize":', "application/json;charset=UTF-8"),
    "empty": Refusal(200, b"", "application/json;charset=UTF-8"),
    "bad_oauth_token": page(403, "Bad_OAuth_Token"),
    "missing_oauth_token": page(403, "Missing_OAuth_Token"),
    "wrong_org": page(403, "Wrong_Org"),
}


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

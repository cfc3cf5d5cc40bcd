"""Each known refusal has its class, its words and its remedy; unknown ones fail closed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector import exceptions
from sfconnector.exceptions import (
    ConfigurationError,
    Conflict,
    ConsentRequired,
    Corrupt,
    Forbidden,
    InvalidRequest,
    LimitReached,
    NotFound,
    SalesforceError,
    SFConnectorError,
    Transient,
    Unauthorized,
)
from sfconnector.salesforce import failures
from sfconnector.salesforce.failures.edge_cases import EDGE_CASES
from sfconnector.salesforce.failures.oauth_cases import OAUTH_CASES
from sfconnector.salesforce.failures.rest_cases import REST_CASES

NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
JSON = {"content-type": "application/json;charset=UTF-8", "x-sfdc-request-id": "r-1"}
HTML = {"content-type": "text/html;charset=UTF-8"}


def rest(status: int, code: str, message: str = "", **more: Any) -> SFConnectorError:
    body = json.dumps([{"errorCode": code, "message": message, **more}]).encode()
    error = failures.rest_error(status, headers=JSON, content=body, now=NOW)
    assert error is not None
    return error


def oauth(code: str, description: str = "", status: int = 400) -> SFConnectorError:
    body = json.dumps({"error": code, "error_description": description}).encode()
    error = failures.oauth_error(status, headers=JSON, content=body, now=NOW)
    assert error is not None
    return error


REST = [
    (401, "INVALID_SESSION_ID", "Session expired or invalid", Unauthorized),
    (401, "INVALID_SESSION_ID", "One of the following scopes is required: x",
     Unauthorized),
    (401, "INVALID_SESSION_ID",
     "This session is not valid for use with the REST API", Forbidden),
    (401, "INVALID_SESSION_ID", "Connected app is not attached to Agent", Forbidden),
    (401, "INVALID_SESSION_ID", "something new", Unauthorized),
    (401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", Unauthorized),
    (401, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "", Forbidden),
    (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", LimitReached),
    (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.",
     LimitReached),
    (403, "API_DISABLED_FOR_ORG", "", Forbidden),
    (403, "API_CURRENTLY_DISABLED", "", Forbidden),
    (403, "INSUFFICIENT_ACCESS", "", Forbidden),
    (403, "FUNCTIONALITY_NOT_ENABLED", "", Forbidden),
    (403, "TXN_SECURITY_NO_ACCESS", "", Forbidden),
    (400, "MALFORMED_QUERY", "unexpected token: 'x'", InvalidRequest),
    (400, "INVALID_FIELD", "No such column", InvalidRequest),
    (400, "INVALID_TYPE", "", InvalidRequest),
    (400, "INVALID_QUERY_LOCATOR", "invalid query locator", Conflict),
    (400, "QUERY_TIMEOUT", "", InvalidRequest),
    (400, "OPERATION_TOO_LARGE", "", InvalidRequest),
    (400, "INVALID_REPLICATION_DATE", "", InvalidRequest),
    (400, "EXCEEDED_ID_LIMIT", "", InvalidRequest),
    (400, "UNABLE_TO_LOCK_ROW", "", Transient),
    (400, "REQUIRED_FIELD_MISSING", "", InvalidRequest),
    (400, "MALFORMED_ID", "", InvalidRequest),
    (400, "INVALIDENTITY", "not supported by the Bulk API", InvalidRequest),
    (400, "LIMIT_EXCEEDED", "", LimitReached),
    (404, "NOT_FOUND", "", NotFound),
    (404, "ENTITY_IS_DELETED", "", NotFound),
    (405, "METHOD_NOT_ALLOWED", "", InvalidRequest),
    (410, "GONE", "", InvalidRequest),
    (409, "INVALIDJOBSTATE", "", Conflict),
    (503, "SERVER_UNAVAILABLE", "Server too busy", Transient),
    (500, "UNKNOWN_EXCEPTION", "", Transient),
    (400, "ORG_IN_READ_ONLY_MODE", "", Forbidden),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "message", "kind"), REST)
def test_a_known_refusal_of_the_api_has_its_class_and_remedy(
    status: int, code: str, message: str, kind: type[SFConnectorError]
) -> None:
    error = rest(status, code, message)
    assert type(error) is kind
    assert (error.status, error.code, error.request_id) == (status, code, "r-1")
    assert str(error) == (f"{code}: {message}" if message else code)
    assert failures.explain(error).remedy == error.remedy


OAUTH = [
    ("invalid_grant", "expired access/refresh token", ConsentRequired),
    ("invalid_grant", "expired authorization code", ConsentRequired),
    ("invalid_grant", "invalid authorization code", ConsentRequired),
    ("invalid_grant", "inactive user", ConsentRequired),
    ("invalid_grant", "token validity expired", ConsentRequired),
    ("invalid_grant", "authentication failure - Invalid Password", ConsentRequired),
    ("invalid_grant", "activation secret invalid", ConsentRequired),
    ("invalid_grant", "invalid code verifier", ConsentRequired),
    ("invalid_grant", "request not supported on this domain", ConfigurationError),
    ("invalid_grant", "no client credentials user enabled", Forbidden),
    ("invalid_grant", "user hasn't approved this consumer", Forbidden),
    ("invalid_grant", "ip restricted", Forbidden),
    ("invalid_grant", "invalid login hours", Forbidden),
    ("invalid_grant", "Audience validation failed", ConfigurationError),
    ("invalid_grant", "login rate exceeded", LimitReached),
    ("invalid_grant", "invalid assertion", ConfigurationError),
    ("invalid_client_id", "client identifier invalid", ConfigurationError),
    ("invalid_client", "invalid client credentials", ConfigurationError),
    ("invalid_client", "app must be installed into org", Forbidden),
    ("app_not_found", "External client app is not installed in this org",
     ConfigurationError),
    ("invalid_app_access", "user is not admin approved", Forbidden),
    ("redirect_uri_mismatch", "", ConfigurationError),
    ("invalid_scope", "", ConfigurationError),
    ("unsupported_grant_type", "", ConfigurationError),
    ("oauth_flow_disabled", "", ConfigurationError),
    ("access_denied", "end-user denied authorization", ConsentRequired),
    ("OAUTH_APP_BLOCKED", "this app is blocked by admin", Forbidden),
    ("OAUTH_APPROVAL_ERROR_GENERIC", "", Forbidden),
    ("inactive_org", "", ConsentRequired),
    ("rate_limit_exceeded", "", LimitReached),
    ("invalid_request", "missing required code challenge", InvalidRequest),
    ("invalid_request", "invalid code verifier", ConsentRequired),
    ("server_error", "", Transient),
    ("unknown_error", "", Transient),
    ("invalid_token", "", ConsentRequired),
]  # fmt: skip


@pytest.mark.parametrize(("code", "description", "kind"), OAUTH)
def test_a_known_refusal_of_the_login_has_its_class(
    code: str, description: str, kind: type[SFConnectorError]
) -> None:
    error = oauth(code, description)
    assert type(error) is kind
    assert type(failures.callback_error(code, description)) is kind
    assert failures.explain(error).title


@pytest.mark.parametrize(
    "case",
    OAUTH_CASES + REST_CASES + EDGE_CASES,
    ids=lambda case: f"{case.code or case.status}-{case.text[:12]}",
)
def test_every_row_of_the_tables_can_be_reached_and_speaks_in_sentences(
    case: Any,
) -> None:
    [table] = [one for one in (REST_CASES, OAUTH_CASES, EDGE_CASES) if case in one]
    first = next(
        row
        for row in table
        if row.fits(status=case.status, code=case.code, message=case.text)
    )
    assert first is case
    assert case.cause.endswith(".")
    assert case.remedy.endswith(".")
    assert not case.title.endswith(".")
    assert case.setup == "" or case.setup.startswith("/lightning/setup/")


@pytest.mark.parametrize(
    "error",
    [
        failures.no_answer("x", code=failures.NOT_SENT),
        failures.no_answer("x", code=failures.ANSWER_LOST),
        failures.web_page(200, headers={}),
        failures.web_page(404, headers={}),
        failures.web_page(503, headers={}),
    ],
    ids=["not sent", "lost", "page", "no org", "maintenance"],
)
def test_an_error_of_the_line_carries_the_remedy_of_its_row(
    error: SFConnectorError,
) -> None:
    [fitting, *_] = [
        case
        for case in EDGE_CASES
        if case.fits(status=error.status, code=error.code, message=str(error))
    ]
    assert error.remedy == fitting.remedy == failures.explain(error).remedy


@pytest.mark.parametrize(
    ("message", "expired"),
    [
        ("Session expired or invalid", True),
        ("This session is not valid for use with the REST API", False),
        ("Connected app is not attached to Agent", False),
        ("One of the following scopes is required: api", False),
        ("something new", False),
    ],
)
def test_only_expiry_is_answered_by_a_renewal(message: str, expired: bool) -> None:
    assert failures.means_expiry(rest(401, "INVALID_SESSION_ID", message)) is expired


def test_a_dead_token_at_userinfo_is_one_word_with_403() -> None:
    error = failures.oauth_error(403, headers=HTML, content=b"Bad_OAuth_Token")
    assert isinstance(error, ConsentRequired)
    assert failures.means_expiry(error)
    assert not failures.means_expiry(oauth("invalid_grant", "x"))


@given(
    st.sampled_from([400, 401, 403, 404, 405, 409, 412, 415]),
    st.from_regex(r"\A[A-Z][A-Z_]{5,30}\Z"),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60),
)
def test_an_unknown_code_fails_closed_and_is_shown_as_it_came(
    status: int, code: str, message: str
) -> None:
    if any(row.code == code for row in OAUTH_CASES + REST_CASES):
        return
    error = rest(status, code, message)
    assert not error.retry
    assert error.code == code
    assert str(error).startswith(code)
    shown = failures.explain(error)
    assert shown.cause == f"{error} (request id r-1)"
    assert not failures.means_expiry(error)


@given(
    st.integers(300, 599), st.binary(max_size=300), st.sampled_from([JSON, HTML, {}])
)
def test_no_body_breaks_the_reading_of_a_refusal(
    status: int, content: bytes, headers: dict[str, str]
) -> None:
    for judge in (failures.rest_error, failures.oauth_error):
        error = judge(status, headers=headers, content=content, now=NOW)
        if status == 304:
            assert error is None
            continue
        assert error is not None
        assert error.retry == (isinstance(error, Transient | LimitReached | Corrupt))
        assert status >= 500 or status in {406, 420, 429} or not error.retry


@pytest.mark.parametrize("status", [500, 502, 503, 420, 406])
def test_an_empty_body_of_the_edge_is_transient(status: int) -> None:
    error = failures.rest_error(status, headers={}, content=b"", now=NOW)
    assert isinstance(error, Transient)


@pytest.mark.parametrize(
    ("status", "kind"), [(200, Corrupt), (503, Transient), (404, NotFound)]
)
def test_a_web_page_is_named_as_such(status: int, kind: type[Exception]) -> None:
    page = b"<html><body>We are down for maintenance</body></html>"
    error = failures.data_error(status, headers=HTML, content=page, now=NOW)
    assert isinstance(error, kind)
    assert str(error).startswith("Salesforce answered with a web page")


def test_a_success_that_carries_an_error_array_is_an_error() -> None:
    body = b'[{"errorCode":"NOT_FOUND","message":"The requested resource"}]'
    assert isinstance(
        failures.rest_error(200, headers=JSON, content=body, now=NOW), NotFound
    )
    saved = b'[{"id":"001","success":true,"errors":[]}]'
    assert failures.rest_error(200, headers=JSON, content=saved, now=NOW) is None


def test_the_token_endpoint_may_answer_as_the_api_does() -> None:
    body = b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit"}]'
    error = failures.oauth_error(403, headers=JSON, content=body, now=NOW)
    assert isinstance(error, LimitReached)


def test_revoke_refuses_in_urlencoded_words() -> None:
    error = failures.oauth_error(
        400,
        headers={"content-type": "application/x-www-form-urlencoded"},
        content=b"error=unsupported_token_type&error_description=this+token",
        now=NOW,
    )
    assert isinstance(error, InvalidRequest)
    assert str(error) == "unsupported_token_type: this token"


def test_several_records_for_one_external_id_are_a_conflict() -> None:
    body = b'["/services/data/v66.0/sobjects/A__c/1", "/services/data/x"]'
    error = failures.rest_error(300, headers=JSON, content=body, now=NOW)
    assert isinstance(error, Conflict)
    assert str(error) == "Salesforce answered HTTP 300: several records match."


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_error(status: int) -> None:
    error = failures.rest_error(
        status, headers={"location": "https://evil.example"}, content=b"", now=NOW
    )
    assert isinstance(error, InvalidRequest)
    assert "redirects are not followed" in str(error)


def test_limits_say_when_to_come_back() -> None:
    def wait(message: str, **headers: str) -> timedelta:
        body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": message}]
        error = failures.rest_error(
            403, headers=headers, content=json.dumps(body).encode(), now=NOW
        )
        assert isinstance(error, SalesforceError)
        assert error.retry_at is not None
        return error.retry_at - NOW

    assert wait("TotalRequests Limit exceeded.") == timedelta(minutes=15)
    assert wait("ConcurrentRequests Limit exceeded.") == timedelta(minutes=1)
    assert wait("TotalRequests", **{"retry-after": "40"}) == timedelta(seconds=40)


def test_fields_that_are_wrong_are_named() -> None:
    error = rest(400, "REQUIRED_FIELD_MISSING", "x", fields=["LastName"])
    assert isinstance(error, SalesforceError)
    assert error.fields == ("LastName",)


def test_a_refusal_never_repeats_a_token() -> None:
    error = rest(400, "UNKNOWN_CODE", "bad token 00D000000000001!canary.value")
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(exceptions).values()
     if isinstance(kind, type) and issubclass(kind, SFConnectorError)],
)  # fmt: skip
def test_every_error_of_the_tree_can_be_explained(
    kind: type[SFConnectorError],
) -> None:
    shown = failures.explain(kind())
    assert shown.title
    assert shown.remedy == kind.remedy


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (414, "The request's address is too long"),
        (431, "The request's address is too long"),
        (420, "Salesforce's edge has no way to the org"),
        (429, "Too many requests"),
        (503, "Salesforce is not available"),
    ],
)
def test_a_status_alone_is_explained(status: int, title: str) -> None:
    error = failures.rest_error(status, headers={}, content=b"", now=NOW)
    assert error is not None
    assert failures.explain(error).title == title


def test_a_line_that_breaks_is_explained() -> None:
    lost = Transient(code=failures.ANSWER_LOST)
    assert failures.explain(lost).title == "The answer got lost"
    unsent = Transient(code=failures.NOT_SENT)
    assert failures.explain(unsent).title == "Salesforce cannot be reached"

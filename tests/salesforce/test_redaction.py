"""No secret reaches a log line or a stored path."""

from __future__ import annotations

import io
import logging

import pytest

from sfconnector.salesforce import redaction
from sfconnector.salesforce.redaction import redact, redact_path

SECRET = "c4nary5ecret"


@pytest.mark.parametrize(
    "text",
    [
        f"grant_type=x&code={SECRET}&client_secret={SECRET}",
        f"refresh_token={SECRET}",
        f'{{"access_token": "{SECRET}", "id": "x"}}',
        f"{{'refresh_token': '{SECRET}'}}",
        f"Authorization: Bearer {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}'}}",
        f"Authorization: Basic {SECRET}=",
        f"token 00D000000000001!{SECRET}.x",
        f"sid=00D000000000001%21{SECRET}",
        f"5Aep861{SECRET}==",
        f"eyJhbGciOiJSUzI1NiJ9.{SECRET}.{SECRET}",
        f"code_verifier={SECRET}&state={SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    assert SECRET not in redact(text)
    assert "********" in redact(text)


@pytest.mark.parametrize(
    "text",
    ["INVALID_FIELD: No such column 'Code__c'", "errorCode=NOT_FOUND", "the bearer of it",
     "GET /services/data/v66.0/sobjects/Account", "org 00D000000000001AAA"],
)  # fmt: skip
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_a_stored_path_shows_no_text_of_the_query() -> None:
    path = "/services/data/v66.0/query?q=SELECT+Id+WHERE+Email%3D%27a%40b.c%27+LIMIT+1"
    assert redact_path(path) == (
        "/services/data/v66.0/query?q=SELECT+Id+WHERE+Email%3D'?'+LIMIT+1"
    )
    escaped = "/x?q=Name%3D%27O%5C%27Hara%27"
    assert "Hara" not in redact_path(escaped)
    by_email = "/services/data/v66.0/sobjects/Contact/Email/a%40b.example"
    assert redact_path(by_email) == "/services/data/v66.0/sobjects/Contact/Email/?"
    assert len(redact_path("/x?q=" + "a" * 5_000)) == 1_000


@pytest.mark.parametrize(
    "name",
    ["requests_oauthlib.oauth2_session", "oauthlib", "urllib3.connectionpool",
     "sfconnector.salesforce"],
)  # fmt: skip
def test_the_loggers_of_the_libraries_are_filtered(
    name: str, everything_logged: io.StringIO
) -> None:
    redaction.install()
    logging.getLogger(name).debug("Supplying data %s", {"client_secret": SECRET})
    assert SECRET not in everything_logged.getvalue()
    assert "Supplying data" in everything_logged.getvalue()


def test_the_oauth_libraries_show_no_argument_at_all(
    everything_logged: io.StringIO,
) -> None:
    logging.getLogger("requests_oauthlib.oauth2_session").debug("Body %s", SECRET)
    assert (
        everything_logged.getvalue()
        == "requests_oauthlib.oauth2_session Body ********\n"
    )


def test_installing_twice_adds_one_filter() -> None:
    redaction.install()
    redaction.install()
    filters = logging.getLogger("requests_oauthlib.oauth2_session").filters
    assert sum(isinstance(one, redaction.RedactionFilter) for one in filters) == 1

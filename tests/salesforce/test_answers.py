"""What the headers of an answer say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce import answers
from sfconnector.salesforce.types import LimitInfo

NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)


def test_the_usage_of_the_org_and_of_the_app_are_read() -> None:
    both = "api-usage=18/5000; per-app-api-usage=17/250(appName=sample app)"
    assert answers.limit_info({"sforce-limit-info": both}) == LimitInfo(
        used=18, maximum=5000, app_used=17, app_maximum=250, app_name="sample app"
    )
    assert answers.limit_info({"sforce-limit-info": "api-usage=10018/100000"}) == (
        LimitInfo(used=10018, maximum=100000)
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "per-app-api-usage=1/2(appName=a)"),
        *(f"api-usage={'9' * 4301}/5", f"api-usage=5/{'9' * 30}", "api-usage=²/³"),
    ],
)
def test_no_usage_of_the_org_is_no_usage(text: str) -> None:
    assert answers.limit_info({"sforce-limit-info": text}) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Wed, 06 May 2026 09:01:00 GMT", 60.0),
        ("Wed, 6 May 2026 09:01:00 GMT", 60.0),
        ("Wed, 06 May 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("99999999999", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Wed, 06 May 2026 09:01:00 +99999999999999", None),
        ("\x00", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    text: str, seconds: float | None
) -> None:
    assert answers.retry_after({"retry-after": text}, now=NOW) == seconds


@pytest.mark.parametrize(
    "text",
    ["2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:37.000Z",
     "2026-05-01T07:25:37+00:00", "2026-05-01T09:25:37+02:00"],
)  # fmt: skip
def test_all_spellings_of_a_moment_are_the_same_moment(text: str) -> None:
    assert answers.parse_moment(text) == datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "yesterday", 5])
def test_what_is_no_moment_is_corrupt(value: object) -> None:
    with pytest.raises(Corrupt, match="no date and time"):
        answers.parse_moment(value)


@given(st.text())
def test_no_header_text_breaks_the_reading(text: str) -> None:
    headers = {"retry-after": text, "date": text, "sforce-limit-info": text}
    answers.retry_after(headers, now=NOW)
    answers.limit_info(headers)
    answers.server_date(headers)


def test_the_request_id_is_salesforces_own_when_there_are_two() -> None:
    assert answers.request_id({"x-request-id": "b", "x-sfdc-request-id": "a"}) == "a"
    assert answers.request_id({"x-request-id": "b"}) == "b"
    assert answers.request_id({}) == ""

"""Which addresses the explorer takes, how it writes them, and which of them write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector import explorer
from sfconnector.exceptions import HostRefused, InvalidRequest
from sfconnector.gateway.addresses import checked_path
from sfconnector.salesforce.hosts import check_path

ORIGIN = "https://acme.my.salesforce.com"
DATA = "/services/data/v66.0"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", "no path"),
        ("   ", "no path"),
        ("https://evil.example/services/data/", "another host"),
        ("http://127.0.0.1:1/services/data/", "another host"),
        ("//evil.example/services/data/", "another host"),
        ("\\\\evil.example\\services\\data", "another host"),
        (f"{ORIGIN}.evil.example/services/data/", "another host"),
        (f"{ORIGIN}@evil.example/services/data/", "another host"),
        ("@evil.example/services/data/", "below /services/"),
        (".evil.example/services/data/", "below /services/"),
        ("services/data/", "below /services/"),
        ("/", "below /services/"),
        ("/setup/secur/RemoteAccess", "below /services/"),
        ("/secur/frontdoor.jsp?sid=x", "below /services/"),
        ("/services/data//evil", "“//”"),
        ("/services/data/\\evil", "“\\”"),
        ("/services/data@evil.example/", "“@”"),
        ("/services/data/;evil", "“;”"),
        ("/services/data/#evil", "“#”"),
        ("/services/data/a b", "“ ”"),
        ("/services/data/\r\nHost: evil", "control character"),
        ("/services/data/\tx", "control character"),
        ("/services/data/\x00", "control character"),
        ("/services/data/\u2028x", "control character"),
        ("/services/data/\u202ex", "control character"),
        ("/services/data/../oauth2/token", "hides steps"),
        ("/services/data/..%2f..%2foauth2/token", "hides steps"),
        ("/services/data/%2e%2e/oauth2/token", "hides steps"),
        ("/services/data/%5c%5cevil", "hides steps"),
        ("/services/data/%0d%0aHost:evil", "hides steps"),
        ("/services/data/%252e%252e/", "hides steps"),
        ("/services/data/%zz", "hides steps"),
        ("/services/oauth2/token", "REST resources only"),
        ("/services/oauth2/singleaccess", "REST resources only"),
        ("/services/Soap/u/66.0", "REST resources only"),
        ("/services/async/66.0/job", "REST resources only"),
        ("/services/datax/", "REST resources only"),
        (f"{DATA}/query?q={'x' * 17_000}", "characters"),
    ],
)
def test_an_address_that_does_not_fit_is_named(path: str, told: str) -> None:
    with pytest.raises((HostRefused, InvalidRequest)) as refusal:
        checked_path(path, origin=ORIGIN)
    assert told in str(refusal.value)
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (f"{ORIGIN}{DATA}/limits", f"{DATA}/limits"),
        ("/services/data", "/services/data"),
        (" /services/apexrest/mine/1 ", "/services/apexrest/mine/1"),
        (f"{DATA}/query?q=SELECT Id", f"{DATA}/query?q=SELECT%20Id"),
        (f"{DATA}/query?q=a LIKE 'b%'", f"{DATA}/query?q=a%20LIKE%20%27b%25%27"),
        (f"{DATA}/query?q='x\\'y'", f"{DATA}/query?q='x%5C'y'"),
        (f"{DATA}/query?q=SELECT+Id", f"{DATA}/query?q=SELECT+Id"),
        (f"{DATA}/search?q=FIND%20x", f"{DATA}/search?q=FIND%20x"),
        (f"{DATA}/query?q=Größe", f"{DATA}/query?q=Gr%C3%B6%C3%9Fe"),
        (
            f"{DATA}/sobjects/Contact/Email__c/a%40b.example",
            f"{DATA}/sobjects/Contact/Email__c/a%40b.example",
        ),
    ],
)
def test_an_address_is_sent_as_it_is_meant(typed: str, sent: str) -> None:
    assert checked_path(typed, origin=ORIGIN) == sent


@given(st.text(max_size=60))
def test_whatever_is_typed_as_a_query_goes_out_safe_and_stays(text: str) -> None:
    try:
        sent = checked_path(f"{DATA}/query?q={text}x")
    except InvalidRequest:
        assert not text.isprintable()
        return
    assert check_path(sent) == sent
    assert checked_path(sent) == sent
    assert checked_path(explorer.readable(sent)) == sent


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{DATA}/composite"),
        ("POST", f"{DATA}/parameterizedSearch"),
        ("PATCH", f"{DATA}/sobjects/Account/1"),
        ("PUT", f"{DATA}/jobs/ingest/1/batches"),
        ("delete", f"{DATA}/sobjects/Account/1"),
        ("GET", f"{DATA}/sobjects/Account/1?_HttpMethod=DELETE"),
        ("GET", f"{DATA}/sobjects/Account/1?a=b&_httpmethod"),
        ("GET", f"{DATA}/sobjects/Account/1?%5fHttpMethod=PATCH"),
        ("GET", f"{DATA}/tooling/executeAnonymous/?anonymousBody=x"),
        ("HEAD", f"{DATA}/tooling/%65xecuteanonymous/?anonymousBody=x"),
    ],
)
def test_what_may_change_something_counts_as_a_write(method: str, path: str) -> None:
    assert explorer.is_write(explorer.Request(method=method, path=path))


@pytest.mark.parametrize("method", ["GET", "head"])
def test_a_plain_read_is_none(method: str) -> None:
    assert not explorer.is_write(
        explorer.Request(method=method, path=f"{DATA}/query?q=SELECT Id")
    )

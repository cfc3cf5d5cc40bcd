"""One call to a pretend org: checked before, shown after, written down without bodies."""

from __future__ import annotations

import json

import pytest

from sfconnector import explorer
from sfconnector.exceptions import Forbidden, HostRefused, InvalidRequest
from sfconnector.models import ApiCall, AuditEvent, Org, SObject

SEED = "/services/data/v39.0/sobjects/account"


def read(org: Org, path: str, **more: object) -> explorer.Reply:
    request = explorer.Request(path=path, **more)
    return explorer.send(org, request=request)


def write(org: Org, body: str, **more: object) -> explorer.Reply:
    request = explorer.Request(method="POST", path=SEED, body=body)
    return explorer.send(org, request=request, **more)


def test_the_seed_walk_reads_and_creates_an_account(connected_org: Org) -> None:
    SObject.objects.create(org=connected_org, name="Account")
    assert read(connected_org, SEED).body["objectDescribe"]["name"] == "Account"
    made = write(
        connected_org,
        json.dumps({"Name": "From the explorer"}),
        may_write=True,
        confirmed_alias=connected_org.alias,
    )
    assert made.status == 201
    found = read(
        connected_org, f"/services/data/v66.0/sobjects/Account/{made.body['id']}"
    )
    assert found.body["Name"] == "From the explorer"


def test_soql_may_be_typed_into_the_path_as_it_reads(connected_org: Org) -> None:
    path = "/services/data/v66.0/query?q=SELECT Id FROM Account WHERE Name LIKE '%a%'"
    assert "records" in read(connected_org, path).body


def test_a_refusal_is_a_reply_with_a_remedy(connected_org: Org) -> None:
    reply = read(connected_org, "/services/data/v66.0/sobjects/Nope")
    assert reply.status == 404
    assert reply.error
    assert reply.remedy


def test_an_answer_tells_size_time_and_api_use(connected_org: Org) -> None:
    reply = read(connected_org, "/services/data/v66.0/limits")
    assert reply.byte_count > 100
    assert reply.api_maximum
    assert reply.is_json


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/services/data/",
        "//evil.example/services/data/",
        "/services/data/../oauth2/token",
        "/services/data/v66.0/..%2f..%2foauth2/token",
        "/services/data/\r\nHost: evil",
        "/other",
    ],
)
def test_a_path_that_leaves_the_org_is_refused(path: str) -> None:
    with pytest.raises((HostRefused, InvalidRequest)):
        explorer.check(explorer.Request(path=path))


@pytest.mark.parametrize("path", ["/services/oauth2/token", "/services/Soap/u/66.0"])
def test_the_addresses_that_answer_with_tokens_are_refused(path: str) -> None:
    with pytest.raises(InvalidRequest, match="REST resources only"):
        explorer.check(explorer.Request(path=path))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Host": "evil.example"},
        {"Cookie": "sid=1"},
        {"Accept": "a\r\nAuthorization: b"},
        {"X-Evil\r\nAuthorization": "b"},
        {"Content-Length": "5"},
    ],
)
def test_headers_are_of_a_short_list_and_of_one_line(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        explorer.check(explorer.Request(path=SEED, headers=headers))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"method": "TRACE"}, "not a method"),
        ({"method": "GET", "body": "{}"}, "takes no body"),
        ({"method": "POST", "body": "{'a': 1}"}, "not JSON"),
        ({"method": "POST", "body": '"' + "x" * 1024 * 1024 + '"'}, "larger than 1 MB"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    given: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        explorer.check(explorer.Request(path=SEED, **given))


def test_a_body_that_is_not_json_may_be_sent_as_something_else() -> None:
    csv = {"Content-Type": "text/csv"}
    explorer.check(explorer.Request(method="PUT", path=SEED, headers=csv, body="Id\n1"))


def test_a_write_needs_the_permission(connected_org: Org) -> None:
    with pytest.raises(Forbidden, match="POST writes"):
        write(connected_org, "{}", confirmed_alias=connected_org.alias)


@pytest.mark.parametrize("is_sandbox", [False, None])
def test_a_write_to_production_needs_the_alias(
    connected_org: Org, is_sandbox: bool | None
) -> None:
    connected_org.is_sandbox = is_sandbox
    before = ApiCall.objects.count()
    with pytest.raises(Forbidden) as refusal:
        write(connected_org, "{}", may_write=True, confirmed_alias="other")
    assert refusal.value.code == "confirm"
    assert ApiCall.objects.count() == before


def test_a_write_to_a_sandbox_asks_for_no_alias(connected_org: Org) -> None:
    connected_org.is_sandbox = True
    assert write(connected_org, '{"Name": "x"}', may_write=True).status == 201


def test_the_trail_has_the_call_without_its_body(connected_org: Org) -> None:
    connected_org.is_sandbox = True
    write(connected_org, '{"Name": "body-canary"}', may_write=True)
    event = AuditEvent.objects.get(action="explorer.send")
    assert event.detail["method"] == "POST"
    assert event.detail["status"] == 201
    assert "body-canary" not in json.dumps(event.detail)
    assert ApiCall.objects.filter(purpose="explorer", method="POST").exists()


def test_every_method_arrives_as_it_is(connected_org: Org) -> None:
    connected_org.is_sandbox = True
    made = write(connected_org, '{"Name": "x"}', may_write=True).body["id"]
    path = f"/services/data/v66.0/sobjects/Account/{made}"
    for method, body, status in (
        ("PATCH", '{"Name": "y"}', 204),
        ("HEAD", "", 200),
        ("DELETE", "", 204),
        ("GET", "", 404),
    ):
        request = explorer.Request(method=method, path=path, body=body)
        reply = explorer.send(connected_org, request=request, may_write=True)
        assert reply.status == status, method
        if status != 404:
            assert reply.body is None

"""A client renews an expired token once, and nothing else makes it do so."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from sfconnector.exceptions import (
    Forbidden,
    HostRefused,
    InvalidRequest,
    Unauthorized,
)
from sfconnector.salesforce import Client, HostPolicy
from sfconnector.salesforce.transport import Request
from tests.salesforce.conftest import (
    EXPIRED,
    TOKEN,
    Stage,
    Tokens,
    answer,
    refusal,
)

DATA = "/services/data/v66.0"


def test_an_expired_token_is_renewed_once_and_the_request_replayed(
    client: Client, stage: Stage, tokens: Tokens
) -> None:
    stage.puts(EXPIRED, answer(200, {"a": 1}))
    assert client.request("GET", f"{DATA}/limits").json(dict) == {"a": 1}
    assert len(tokens.renewed) == 1
    assert tokens.renewed[0].access_token.reveal() == TOKEN
    sent = [seen.headers["authorization"] for seen in stage.seen]
    assert sent == [f"Bearer {TOKEN}", f"Bearer {TOKEN}1"]


def test_a_write_is_replayed_too_because_it_was_not_carried_out(
    client: Client, stage: Stage
) -> None:
    stage.puts(EXPIRED, answer(201, {"id": "001", "success": True, "errors": []}))
    assert client.create("Account", {"Name": "x"}).created is True
    assert [seen.body for seen in stage.seen] == [b'{"Name": "x"}'] * 2


def test_a_renewal_that_does_not_help_is_not_repeated(
    client: Client, stage: Stage, tokens: Tokens
) -> None:
    stage.puts(EXPIRED)
    with pytest.raises(Unauthorized):
        client.request("GET", f"{DATA}/limits")
    assert (len(tokens.renewed), len(stage.seen)) == (1, 2)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("This session is not valid for use with the REST API", Forbidden),
        ("Connected app is not attached to Agent", Forbidden),
        ("One of the following scopes is required: api", Unauthorized),
    ],
)
def test_a_policy_is_never_answered_by_a_renewal(
    message: str, kind: type[Exception], client: Client, stage: Stage, tokens: Tokens
) -> None:
    stage.puts(refusal(401, "INVALID_SESSION_ID", message))
    with pytest.raises(kind):
        client.request("GET", f"{DATA}/limits")
    assert (tokens.renewed, len(stage.seen)) == ([], 1)


def test_the_instance_may_change_with_a_renewal(
    client: Client, stage: Stage, stage_elsewhere: Stage, tokens: Tokens
) -> None:
    stage.puts(EXPIRED)
    stage_elsewhere.puts(answer(200, {"moved": True}))
    client.hosts = HostPolicy((stage.netloc, stage_elsewhere.netloc))
    tokens.renew = lambda stale: _move(tokens, stage_elsewhere)
    assert client.request("GET", f"{DATA}/limits").json(dict) == {"moved": True}


def _move(tokens: Tokens, stage: Stage):
    tokens.instance_url = stage.origin
    return tokens.current()


def test_an_instance_that_is_not_salesforces_gets_no_token(
    client: Client, stage_elsewhere: Stage, tokens: Tokens
) -> None:
    stage_elsewhere.puts(answer(200, {}))
    tokens.instance_url = stage_elsewhere.origin
    with pytest.raises(HostRefused):
        client.versions()
    assert stage_elsewhere.seen == []


def test_an_address_of_another_host_gets_no_token(
    client: Client, stage: Stage, stage_elsewhere: Stage
) -> None:
    page = {"totalSize": 2, "done": False, "records": [{"Id": "1"}]}
    page["nextRecordsUrl"] = f"{stage_elsewhere.origin}{DATA}/query/0r8-1"
    stage.puts(answer(200, page))
    stage_elsewhere.puts(answer(200, {}))
    with pytest.raises(HostRefused):
        list(client.query("SELECT Id FROM Account"))
    assert stage_elsewhere.seen == []


def test_an_absolute_address_of_the_own_org_is_followed(
    client: Client, stage: Stage
) -> None:
    stage.puts(answer(200, {"totalSize": 0, "done": True, "records": []}))
    assert client.query_more(f"{stage.origin}{DATA}/query/0r8-1").done


def test_without_check_a_refusal_is_given_back_to_be_shown(
    client: Client, stage: Stage
) -> None:
    stage.puts(refusal(400, "INVALID_FIELD", "No such column"))
    got = client.request("GET", f"{DATA}/query", check=False)
    assert got.status == 400
    assert isinstance(got.error, InvalidRequest)
    assert b"No such column" in got.content


def test_the_clock_is_the_orgs_own(client: Client, stage: Stage) -> None:
    stage.puts(answer(200, [], headers={"Date": "Wed, 06 May 2026 09:00:00 GMT"}))
    began = datetime(2026, 5, 6, 9, tzinfo=UTC)
    assert timedelta(0) <= client.server_now() - began < timedelta(seconds=5)
    time.sleep(0.02)
    assert client.server_now() - began >= timedelta(seconds=0.02)
    assert len(stage.seen) == 1


def test_a_stream_renews_an_expired_token(
    client: Client, stage: Stage, tokens: Tokens
) -> None:
    stage.puts(EXPIRED, answer(200, b"a,b\n", kind="text/csv"))
    request = Request(method="GET", path=f"{DATA}/jobs/query/750/results")
    with client.stream(request) as stream:
        assert b"".join(stream.pieces) == b"a,b\n"
    assert len(tokens.renewed) == 1


@pytest.mark.parametrize("version", ["66", "v66.0", "0.0", "66.0/../x", "", "latest"])
def test_a_version_has_a_form(version: str, tokens: Tokens) -> None:
    with pytest.raises(InvalidRequest, match="not an API version"):
        Client(tokens, api_version=version)


@pytest.mark.parametrize("name", ["", "a/b", "../x", "Account.Name", "a b", "x?y"])
def test_an_object_name_cannot_change_the_path(name: str, client: Client) -> None:
    with pytest.raises(InvalidRequest):
        client.describe(name)

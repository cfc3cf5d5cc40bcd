"""The switchboard: every way of spoiling an answer."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests
from visitor import V, Visitor, callback_params, oauth_error, rest_error

from salesforce_simulator import refusals

QUERY = {"q": "SELECT Id, Name FROM Account LIMIT 100"}


def raw(org, path, token, **headers):
    """What really came over the socket, whole or not."""
    url = urlsplit(org.base_url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    connection.request(
        "GET", path, headers={"Authorization": f"Bearer {token}", **headers}
    )
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    connection.close()
    return answer, body


def test_a_fault_is_on_until_it_is_taken_away(client):
    fault = client.org.faults.add(
        "/limits",
        status=503,
        body=[{"message": "m", "errorCode": "SERVER_UNAVAILABLE"}],
    )
    for _ in range(3):
        assert rest_error(client.get("/limits")) == (503, "SERVER_UNAVAILABLE")
    assert client.get("/recent").status_code == 200
    assert client.org.faults.remove(fault.number)
    assert client.get("/limits").status_code == 200
    assert (fault.seen, fault.fired) == (3, 3)


@pytest.mark.parametrize(
    ("which", "statuses"),
    [
        ({"nth": 2}, [200, 500, 200, 200]),
        ({"nth": [1, 3]}, [500, 200, 500, 200]),
        ({"times": 2}, [500, 500, 200, 200]),
        ({"method": "POST"}, [200, 200, 200, 200]),
        ({"user": "nobody"}, [200, 200, 200, 200]),
        ({"contains": "sObjects=Lead"}, [200, 200, 200, 500]),
    ],
)
def test_a_fault_strikes_the_requests_it_is_for(client, which, statuses):
    client.org.faults.add("/limits*", status=500, **which)
    paths = ["/limits", "/limits", "/limits", "/limits/recordCount?sObjects=Lead"]
    assert [client.get(path).status_code for path in paths] == statuses


def test_a_fault_may_be_for_one_user(client):
    client.org.users.add("bob@acme.example")
    bob = Visitor(client.org)
    bob.log_in(username="bob@acme.example")
    client.org.faults.add("/limits", status=500, user="bob@acme.example")
    assert (client.get("/limits").status_code, bob.get("/limits").status_code) == (
        200,
        500,
    )


def test_a_fault_may_be_for_one_grant_type(visitor):
    visitor.log_in()
    visitor.org.faults.add(
        "/services/oauth2/token", grant_type="refresh_token", refuse="inactive_user"
    )
    assert oauth_error(visitor.refresh())[1] == "inactive_user"
    assert visitor.token(grant_type="client_credentials").status_code == 200


@pytest.mark.parametrize("name", sorted(refusals.TOKEN))
def test_every_token_refusal_can_be_asked_for(visitor, name):
    visitor.org.faults.add("/services/oauth2/token", refuse=f"token.{name}")
    answer = visitor.token(grant_type="client_credentials")
    assert answer.status_code == refusals.TOKEN[name].status
    assert answer.json() == refusals.TOKEN[name].body


@pytest.mark.parametrize("name", sorted(refusals.REST))
def test_every_rest_refusal_can_be_asked_for(client, name):
    client.org.faults.add("/query*", refuse=f"rest.{name}")
    answer = client.get("/query", params=QUERY)
    refusal = refusals.REST[name]
    assert answer.status_code == refusal.status
    if isinstance(refusal.body, bytes):
        assert answer.content == refusal.body
    else:
        assert answer.json() == refusal.body


@pytest.mark.parametrize("name", sorted(refusals.AUTHORIZE))
def test_every_authorize_refusal_can_be_asked_for(visitor, name):
    visitor.org.faults.add("/services/oauth2/authorize", refuse=f"authorize.{name}")
    params = callback_params(visitor.authorize())
    assert (params["error"], params["error_description"]) == refusals.AUTHORIZE[name]
    assert params["state"] == "state+with/odd=signs"


def test_an_approval_can_end_on_a_page(visitor):
    visitor.org.faults.add(
        "/services/oauth2/authorize", refuse="authorize.approval_error"
    )
    answer = visitor.authorize()
    assert answer.status_code == 400
    assert "OAUTH_APPROVAL_ERROR_GENERIC" in answer.text


def test_an_unknown_refusal_or_part_is_named_at_once(client):
    with pytest.raises(ValueError, match="No refusal is called 'nope'"):
        client.org.faults.add("/limits", refuse="nope")
    with pytest.raises(ValueError, match="Unknown part of a fault: statuss"):
        client.org.faults.add("/limits", statuss=500)


def test_headers_can_be_added(client):
    client.org.faults.add("/limits", status=429, headers={"Retry-After": "7"})
    answer = client.get("/limits")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_an_answer_can_wait(client):
    client.org.faults.add("/limits", delay=0.3, nth=1)
    started = time.monotonic()
    assert client.get("/limits").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_an_answer_can_drip(client):
    client.org.faults.add("/limits/recordCount", drip=100)
    started = time.monotonic()
    answer = client.get("/limits/recordCount?sObjects=Lead")
    assert time.monotonic() - started >= len(answer.content) / 100 * 0.9
    assert answer.json()["sObjects"][0]["name"] == "Lead"


@pytest.mark.parametrize("keep_length", [True, False])
def test_an_answer_can_be_cut_with_and_without_its_length(client, keep_length):
    whole = client.get("/limits").content
    client.org.faults.add("/limits", cut=100, keep_length=keep_length)
    answer, body = raw(client.org, V + "/limits", client.tokens["access_token"])
    assert body[:90] == whole[:90]
    assert len(body) == 100
    announced = answer.headers.get("Content-Length")
    assert (announced is not None) is keep_length
    if announced:
        assert int(announced) > 100


def test_a_share_of_an_answer_can_be_cut(client):
    client.org.faults.add("/query", cut=0.5, keep_length=False)
    answer = client.get("/query", params=QUERY)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_gzip_can_stop_early_under_a_right_length(client):
    client.org.faults.add("/query", gzip="truncated")
    token = client.tokens["access_token"]
    path = V + "/query?q=SELECT+Id+FROM+Account"
    answer, body = raw(client.org, path, token, **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(body)
    with pytest.raises(EOFError):
        gzip.decompress(body)
    reader = zlib.decompressobj(31)
    assert reader.decompress(body).startswith(b'{"totalSize"')
    assert not reader.eof


def test_a_connection_can_be_reset(client):
    client.org.faults.add("/limits", reset=True, times=1)
    with pytest.raises(requests.ConnectionError):
        client.get("/limits")
    assert client.get("/limits").status_code == 200


@pytest.mark.parametrize("status", [200, 503])
def test_a_web_page_can_come_with_any_status(client, status):
    client.org.faults.add("/query", page=True, status=status)
    answer = client.get("/query", params=QUERY)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"
    assert "down for maintenance" in answer.text


def test_a_200_need_not_be_json(client):
    client.org.faults.add(
        "/query", body='{"totalSize": NaN, "totalSize": 1', status=200
    )
    answer = client.get("/query", params=QUERY)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_part_of_an_answer_can_be_replaced(client):
    client.org.faults.add("/query", replace=['"totalSize":100', '"totalSize":"x"'])
    assert client.query(QUERY["q"])["totalSize"] == "x"


def test_part_of_a_compressed_answer_can_be_replaced(client):
    client.org.faults.add("/query", replace=['"done":true', '"done":null'])
    headers = {"Accept-Encoding": "gzip"}
    for _ in range(2):
        answer = client.get("/query", params=QUERY, headers=headers)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.json()["done"] is None


def test_an_answer_can_lead_elsewhere(client):
    client.org.faults.add(
        "/limits", status=307, headers={"Location": "http://127.0.0.1:1/"}
    )
    answer = client.get("/limits")
    assert answer.headers["Location"] == "http://127.0.0.1:1/"


def test_tokens_can_die_at_the_nth_request(client):
    client.org.faults.add("/limits", nth=2, action="expire_sessions")
    statuses = [client.get("/limits").status_code for _ in range(3)]
    assert statuses == [200, 401, 401]


def test_locators_can_die_on_the_third_page(client):
    client.org.page_size = 40
    client.org.faults.add("/query/*", nth=2, action="kill_locators")
    page = client.query("SELECT Id FROM Account")
    second = client.get(page["nextRecordsUrl"])
    assert second.status_code == 200
    third = client.get(second.json()["nextRecordsUrl"])
    assert rest_error(third) == (400, "INVALID_QUERY_LOCATOR")


def test_the_limit_can_be_reached_at_the_nth_request(client):
    client.org.faults.add("/query", nth=2, action="exhaust_limit")
    assert client.get("/query", params=QUERY).status_code == 200
    answer = client.get("/query", params=QUERY)
    assert rest_error(answer) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_the_schema_can_change_between_two_pages(client):
    client.org.page_size = 40
    client.org.faults.add(
        "/query/*",
        nth=1,
        action="remove_field",
        arguments={"sobject": "Account", "field": "Phone"},
    )
    soql = "SELECT Id, Phone FROM Account"
    url = client.query(soql)["nextRecordsUrl"]
    assert client.get(url).status_code == 200
    assert rest_error(client.get("/query", params={"q": soql})) == (
        400,
        "INVALID_FIELD",
    )


def test_rows_can_change_between_two_pages(client):
    key = client.query("SELECT Id FROM Account LIMIT 1")["records"][0]["Id"]
    client.org.faults.add(
        "/limits",
        nth=1,
        action="update",
        arguments={"sobject": "Account", "id": key, "values": {"Name": "Moved"}},
    )
    client.get("/limits")
    assert client.get(f"/sobjects/Account/{key}").json()["Name"] == "Moved"


def test_a_commit_can_show_late(client):
    client.org.faults.add(
        "/limits",
        nth=1,
        action="insert",
        arguments={
            "sobject": "Account",
            "values": {"Name": "Late"},
            "age_seconds": 300,
        },
    )
    soql = "SELECT Id, SystemModstamp FROM Account WHERE Name = 'Late'"
    assert client.query(soql)["records"] == []
    client.get("/limits")
    (row,) = client.query(soql)["records"]
    stamp = datetime.strptime(row["SystemModstamp"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert 299 <= (client.org.clock.now() - stamp).total_seconds() < 330


def test_the_date_header_follows_the_orgs_clock(client):
    client.org.clock.offset = -600
    date = parsedate_to_datetime(client.get("/limits").headers["Date"])
    assert 590 <= (datetime.now(UTC) - date).total_seconds() <= 630


def test_an_answer_can_be_lost_after_its_effect(visitor):
    """The client that hears nothing has lost its refresh token."""
    visitor.org.app.rotate_refresh_tokens = True
    old = visitor.log_in()["refresh_token"]
    visitor.org.faults.add(
        "/services/oauth2/token", refuse="service_unavailable", after=True, times=1
    )
    assert visitor.refresh(old).status_code == 503
    assert oauth_error(visitor.refresh(old))[2] == "expired access/refresh token"
    assert visitor.org.refresh_reuses == 1


def test_hooks_see_an_answer_before_and_after_it_leaves(client):
    seen = []
    client.org.before_send.append(lambda q, a: seen.append(("before", q.path)))
    client.org.after_send.append(lambda q, a: seen.append(("after", a.status)))
    client.get("/limits")
    deadline = time.monotonic() + 2
    while len(seen) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert seen == [("before", V + "/limits"), ("after", 200)]


def test_a_client_can_be_killed_at_the_moment_of_its_answer(visitor):
    """As tests of a crash between the token answer and its commit need it."""
    visitor.org.app.rotate_refresh_tokens = True
    old = visitor.log_in()["refresh_token"]
    script = (
        "import sys, urllib.request, urllib.parse\n"
        "url, form = sys.argv[1], sys.stdin.read().encode()\n"
        "urllib.request.urlopen(url, form).read()\n"
        "print('committed')\n"
    )
    url = visitor.org.base_url + "/services/oauth2/token"
    process = subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def kill(request, response):
        if response.status == 200:
            os.kill(process.pid, signal.SIGKILL)

    visitor.org.faults.add("/services/oauth2/token", hook=kill)
    form = (
        f"grant_type=refresh_token&refresh_token={old.replace('=', '%3D')}"
        f"&client_id={visitor.org.consumer_key}"
        f"&client_secret={visitor.org.consumer_secret}"
    )
    out, _ = process.communicate(form, timeout=20)
    assert process.returncode == -signal.SIGKILL
    assert out == ""
    visitor.org.faults.clear()
    assert visitor.refresh(old).status_code == 400


def test_a_bug_of_the_simulator_says_so_and_the_server_lives_on(client, caplog):
    nobody = {"user": "nobody"}
    client.org.faults.add("/limits", action="hide", arguments=nobody, times=1)
    answer = client.get("/limits")
    assert answer.status_code == 500
    error = answer.json()[0]
    assert error["errorCode"] == "SIMULATOR_ERROR"
    assert "The simulator has a bug: ActionError" in error["message"]
    assert client.get("/limits").status_code == 200
    assert "The simulator failed on" in caplog.text


def test_an_org_can_be_read_only(client):
    client.org.read_only = True
    assert client.get("/limits").status_code == 200
    answer = client.post("/sobjects/Account", {"Name": "x"})
    assert rest_error(answer) == (503, "INSUFFICIENT_ACCESS_OR_READONLY")
    answer = client.post("/composite/sobjects", {"records": []})
    assert answer.status_code == 503

"""``/__simulator__/``: faults, actions, log, users, apps and reset over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import requests
from visitor import V


def board(client, method, path, body=None):
    return client.call(method, f"/__simulator__/{path}", json=body)


def test_faults_are_added_listed_and_removed(client):
    added = board(client, "POST", "faults", {"path": "/limits", "status": 500})
    number = added.json()[0]["number"]
    assert client.get("/limits").status_code == 500
    listed = board(client, "GET", "faults").json()
    assert (listed[0]["number"], listed[0]["fired"]) == (number, 1)
    assert board(client, "DELETE", f"faults/{number}").status_code == 204
    assert board(client, "DELETE", f"faults/{number}").status_code == 404
    assert client.get("/limits").status_code == 200


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"nope": 1}, "nope"),
        ({"refuse": "nope"}, "nope"),
        ({"hook": "x"}, "hook"),
        ("text", "JSON object"),
        ([1], "JSON object"),
        ({"path": 1}, "path"),
        ({"cut": "x"}, "cut"),
        ({"status": "503"}, "status"),
        ({"delay": -1}, "delay"),
        ({"nth": "3"}, "nth"),
        ({"replace": "ab"}, "replace"),
        ({"headers": []}, "headers"),
        ({"gzip": "x"}, "truncated"),
        ({"action": "nope"}, "expire_sessions"),
    ],
)
def test_a_fault_that_cannot_be_followed_is_refused(client, body, word):
    answer = board(client, "POST", "faults", body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    assert len(client.org.faults) == 0


def test_actions_happen_at_once(client):
    answer = board(client, "POST", "actions/expire_sessions")
    assert answer.json() == {"result": 1}
    assert client.get("/limits").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("actions/nope", {}),
        ("actions/hide", {"wrong": 1}),
        ("actions/expire_sessions", {"user": "nobody"}),
        ("actions/remove_field", {"sobject": "Account", "field": "Nope"}),
    ],
)
def test_an_action_that_cannot_be_done_says_why(client, path, body):
    answer = board(client, "POST", path, body)
    assert answer.status_code == 400
    assert "action" in answer.json()["error"]


def test_everything_that_is_not_there_says_what_is(client):
    answer = board(client, "GET", "nothing")
    assert answer.status_code == 404
    assert "faults" in answer.json()["error"]


def test_the_status_tells_what_happened(client):
    client.get("/limits")
    body = board(client, "GET", "").json()
    assert body["org_id"] == client.org.org_id
    assert body["counts"][f"GET {V}/limits"] == 1
    assert body["records"]["Account"] > 0


def test_the_log_shows_requests_with_secrets_shortened(visitor):
    tokens = visitor.log_in()
    visitor.refresh()
    visitor.get("/limits")
    text = board(visitor, "GET", "requests").text
    for secret in (
        tokens["access_token"],
        tokens["refresh_token"],
        visitor.org.consumer_secret,
    ):
        assert secret not in text
        assert secret[10:40] not in text
    entries = json.loads(text)
    assert entries[-1]["path"] == V + "/limits"
    assert entries[-1]["username"] == visitor.org.user.username
    refreshed = entries[-2]["form"]
    assert refreshed["grant_type"] == "refresh_token"
    assert refreshed["refresh_token"] == "5Aep…(81)"
    assert board(visitor, "DELETE", "requests").status_code == 204
    assert board(visitor, "GET", "requests").json() == []


def test_counts_leave_ids_out(client):
    key = client.post("/sobjects/Account", {"Name": "x"}).json()["id"]
    client.get(f"/sobjects/Account/{key}")
    counts = board(client, "GET", "counts").json()
    assert counts[f"GET {V}/sobjects/Account/{{id}}"] == 1
    assert client.org.requests.count("/sobjects/Account*", method="POST") == 1


def test_users_and_apps_can_be_added(client):
    users = board(client, "POST", "users", {"username": "eve@acme.example"})
    assert users.json()[-1]["username"] == "eve@acme.example"
    app = board(client, "POST", "apps", {"name": "Second", "require_pkce": True}).json()
    assert client.org.apps.get(app["consumer_key"]).require_pkce


def test_refusals_are_listed(client):
    body = board(client, "GET", "refusals").json()
    assert "expired_token" in body["token"]
    assert "request_limit" in body["rest"]


def test_reset_brings_everything_back(client):
    org = client.org
    before = client.query("SELECT Id, Name FROM Account")
    client.post("/sobjects/Account", {"Name": "Extra"})
    org.faults.add("/query", status=500)
    org.limits.exhaust()
    org.clock.advance(100)
    assert board(client, "POST", "reset").status_code == 204
    assert client.get("/limits").status_code == 401
    client.enter()
    assert client.query("SELECT Id, Name FROM Account") == before
    assert org.user.id == client.tokens["id"][-18:]


def test_reset_can_keep_grants(client):
    board(client, "POST", "reset", {"grants": False, "records": False})
    assert client.get("/limits").status_code == 200


def outside(org, method="POST", path="reset", body=b"{}", **headers):
    """Ask as something else than our own visitor does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{org.base_url}/__simulator__/{path}"
    return requests.request(method, url, data=body, headers=named, timeout=10)


JSON = "application/json"
FOREIGN = "http://evil.example"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": JSON, "Origin": FOREIGN}, 403),
        ({"Content_Type": JSON, "Origin": "null"}, 403),
        ({"Content_Type": JSON, "Origin": "http://127.0.0.1"}, 403),
        ({"Content_Type": JSON, "Host": "evil.example"}, 403),
        ({"Content_Type": JSON, "Host": "127.0.0.1.evil.example"}, 403),
        ({"Content_Type": JSON, "Host": "[::1"}, 403),
        ({"Content_Type": JSON, "Host": ""}, 403),
        ({"Content_Type": JSON, "Sec_Fetch_Site": "cross-site"}, 403),
        ({"Content_Type": JSON, "Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/jsonp"}, 415),
        ({}, 415),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "reset"),
        ("POST", "actions/expire_sessions"),
        ("DELETE", "faults"),
        ("POST", "faults"),
        ("POST", "users"),
        ("POST", "apps"),
        ("DELETE", "requests"),
        ("GET", "requests"),
        ("GET", ""),
    ],
)
def test_a_web_page_has_no_say(client, method, path, headers, status):
    org = client.org
    org.faults.add("/limits", status=500)
    before = (len(org.requests), len(list(org.users)), len(list(org.apps)))
    answer = outside(org, method, path, **headers)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert len(org.faults) == 1
    assert org.grants.sessions()
    assert before == (len(org.requests), len(list(org.users)), len(list(org.apps)))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost:9001"},
        {"Host": "[::1]:9001"},
        {"Host": "127.3.2.1"},
        {"Host": "box.example:9001"},
        {"Host": "localhost:9001", "Origin": "http://localhost:9001"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Content_Type": "application/json; charset=utf-8"},
    ],
)
def test_a_program_on_this_computer_has(client, headers):
    client.org.control_hosts = {"box.example"}
    answer = outside(client.org, **{"Content_Type": JSON, **headers})
    assert answer.status_code == 204


def test_no_action_signals_a_process(client):
    asleep = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with asleep:
        body = {"pid": asleep.pid, "name": "SIGKILL"}
        answer = board(client, "POST", "actions/signal_process", body)
        assert answer.status_code == 400
        fault = {"path": "/limits", "action": "signal_process", "arguments": body}
        assert board(client, "POST", "faults", fault).status_code == 400
        client.get("/limits")
        assert asleep.poll() is None

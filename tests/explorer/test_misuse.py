"""Misuse of the explorer: nothing reaches the org, and the trail tells who tried."""

from __future__ import annotations

import json

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector import explorer
from sfconnector.audit import Actor
from sfconnector.exceptions import Corrupt, Forbidden, HostRefused, InvalidRequest
from sfconnector.models import ApiCall, AuditEvent, Org
from tests.connections import person

DATA = "/services/data/v66.0"
ACCOUNT = f"{DATA}/sobjects/Account"
COMPOSITE = json.dumps(
    {
        "compositeRequest": [
            {
                "method": "POST",
                "url": ACCOUNT,
                "referenceId": "a",
                "body": {"Name": "x"},
            }
        ]
    }
)
WRITES = [
    explorer.Request(method="POST", path=ACCOUNT, body='{"Name": "x"}'),
    explorer.Request(method="PATCH", path=f"{ACCOUNT}/1", body="{}"),
    explorer.Request(method="PUT", path=f"{DATA}/jobs/ingest/1/batches", body="{}"),
    explorer.Request(method="DELETE", path=f"{ACCOUNT}/1"),
    explorer.Request(method="POST", path=f"{DATA}/composite", body=COMPOSITE),
    explorer.Request(path=f"{ACCOUNT}/1?_HttpMethod=DELETE"),
    explorer.Request(path=f"{DATA}/tooling/executeAnonymous/?anonymousBody=x"),
]
NONSENSE = [
    explorer.Request(path="https://evil.example/services/data/"),
    explorer.Request(path="//evil.example/services/data/"),
    explorer.Request(path="/services/data/\\evil"),
    explorer.Request(path="/services/data/\r\nHost: evil"),
    explorer.Request(path="/services/oauth2/token"),
    explorer.Request(method="TRACE", path=ACCOUNT),
    explorer.Request(method="GET\r\nX: y", path=ACCOUNT),
    explorer.Request(path=ACCOUNT, headers={"X": "a\r\nAuthorization: b"}),
    explorer.Request(path=ACCOUNT, headers={"Accept": "a\r\nAuthorization: b"}),
    explorer.Request(path=ACCOUNT, headers={"Accept\r\nAuthorization": "b"}),
    explorer.Request(path=ACCOUNT, headers={"Authorization": "Bearer x"}),
    explorer.Request(path=ACCOUNT, headers={"Host": "evil.example"}),
    explorer.Request(path=ACCOUNT, headers={"Accept": "ü"}),
    explorer.Request(method="POST", path=ACCOUNT, body="{"),
    explorer.Request(method="POST", path=ACCOUNT, body='{"a": "\ud800"}'),
    explorer.Request(method="POST", path=ACCOUNT, body="[" * 100_000),
    explorer.Request(method="POST", path=ACCOUNT, body=f'"{"x" * 1024 * 1024}"'),
    explorer.Request(path=f"{ACCOUNT}?t=00D5g000000AAAA!AQ.something.secret"),
]


def received(simulated: SalesforceOrg) -> int:
    return len([one for one in simulated.requests if "oauth2" not in one.path])


@pytest.fixture
def production(connected_org: Org) -> Org:
    connected_org.is_sandbox = False
    return connected_org


@pytest.mark.parametrize("request_", NONSENSE, ids=lambda one: one.path[:30])
def test_nonsense_never_leaves(
    production: Org, salesforce_org: SalesforceOrg, request_: explorer.Request
) -> None:
    before = received(salesforce_org)
    with pytest.raises((HostRefused, InvalidRequest)) as refusal:
        explorer.send(
            production,
            request=request_,
            may_write=True,
            confirmed_alias=production.alias,
        )
    assert refusal.value.remedy
    assert received(salesforce_org) == before


@pytest.mark.parametrize("request_", WRITES, ids=lambda one: f"{one.method} {one.path}")
def test_a_write_needs_permission_and_alias(
    production: Org, salesforce_org: SalesforceOrg, request_: explorer.Request
) -> None:
    before = received(salesforce_org)
    ada = person()
    with pytest.raises(Forbidden, match="writes"):
        explorer.send(
            production,
            request=request_,
            by=Actor(ada),
            confirmed_alias=production.alias,
        )
    with pytest.raises(Forbidden) as refusal:
        explorer.send(production, request=request_, by=Actor(ada), may_write=True)
    assert refusal.value.code == "confirm"
    assert received(salesforce_org) == before
    tried = AuditEvent.objects.get(outcome="refused")
    assert (tried.user_name, tried.detail["method"]) == ("ada", request_.method)
    explorer.send(
        production,
        request=request_,
        by=Actor(ada),
        may_write=True,
        confirmed_alias=production.alias,
    )
    assert received(salesforce_org) == before + 1


def test_an_answer_beyond_five_megabytes_is_not_shown(
    production: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add("/limits", body=json.dumps("x" * (5 * 1024 * 1024)))
    request = explorer.Request(path=f"{DATA}/limits")
    with pytest.raises(Corrupt, match="larger than"):
        explorer.send(production, request=request)
    assert AuditEvent.objects.get(action="explorer.send").outcome == "failed"


def test_every_call_is_in_the_trail_and_in_the_log_without_texts(
    production: Org,
) -> None:
    query = f"{DATA}/query?q=SELECT Id FROM Account WHERE Name = 'canary-text'"
    explorer.send(production, request=explorer.Request(path=query), by=Actor(person()))
    event = AuditEvent.objects.get(action="explorer.send")
    line = ApiCall.objects.get(purpose="explorer")
    assert event.detail["status"] == line.status == 200
    assert event.detail["ms"] >= 0
    assert "query?q=SELECT" in event.detail["path"]
    assert "canary-text" not in json.dumps(event.detail) + line.path
    assert line.user_id == event.user_id == person().pk

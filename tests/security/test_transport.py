"""Plain http and other people's hosts are never spoken to by accident (S16, S33)."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest
import requests

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, orgs
from sfconnector.models import Org
from sfconnector.salesforce.transport.session import BearerAuth
from sfconnector.secret import Secret
from sfconnector.testing.orgs import OrgFactory, org_process
from tests.connections import connect, reachable


def call(org: Org, path: str = "/services/data") -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.request("GET", path)


def test_s33_the_switch_for_plain_http_is_never_set(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(org)
    salesforce_org.expire_sessions()
    call(org)
    orgs.disconnect(org)
    assert "OAUTHLIB_INSECURE_TRANSPORT" not in os.environ


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/services/data",
        "@evil.example/services/data",
        "https://evil.example/services/data",
        "/services/../../evil",
        "/services/data\\@evil.example",
        "/services/data\r\nHost: evil.example",
    ],
)
def test_s16_a_path_cannot_leave_the_org(
    org: Org, salesforce_org: SalesforceOrg, path: str
) -> None:
    connect(org)
    salesforce_org.requests.clear()
    with pytest.raises(exceptions.SFConnectorError):
        call(org, path)
    assert len(salesforce_org.requests) == 0


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://acme.my.salesforce.com.evil.example",
        "https://acme.my.salesforce.com:8443",
        "http://acme.my.salesforce.com",
    ],
)
def test_s16_a_token_is_put_on_for_its_own_origin_alone(origin: str) -> None:
    auth = BearerAuth(Secret("a token"), origin="https://acme.my.salesforce.com")
    request = requests.Request("GET", f"{origin}/services/data").prepare()
    with pytest.raises(exceptions.HostRefused):
        auth(request)
    assert "Authorization" not in request.headers


def test_s16_a_redirect_to_another_host_takes_no_token_along(
    org: Org, salesforce_org: SalesforceOrg, salesforce_orgs: OrgFactory
) -> None:
    evil = salesforce_orgs("Evil")
    with reachable(salesforce_org, evil):
        connect(org)
        for status in (302, 307):
            salesforce_org.faults.add(
                path="/limits",
                times=1,
                status=status,
                body="",
                headers={"Location": f"{evil.base_url}/services/data"},
            )
            with pytest.raises(exceptions.SFConnectorError):
                call(org, "/services/data/v66.0/limits")
    assert len(evil.requests) == 0


def test_s16_the_code_is_not_posted_on_to_where_the_token_endpoint_points(
    org: Org, salesforce_org: SalesforceOrg, salesforce_orgs: OrgFactory
) -> None:
    evil = salesforce_orgs("Evil")
    salesforce_org.faults.add(
        path="/services/oauth2/token",
        status=307,
        body="",
        headers={"Location": f"{evil.base_url}/services/oauth2/token"},
    )
    with (
        reachable(salesforce_org, evil),
        pytest.raises(exceptions.SFConnectorError),
    ):
        connect(org)
    assert len(evil.requests) == 0


def test_s32_the_simulator_listens_on_loopback_unless_told_otherwise() -> None:
    with org_process() as line:
        assert urlsplit(line["base_url"]).hostname == "127.0.0.1"

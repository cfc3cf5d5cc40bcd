"""Settings that say how an org is called and connected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs, tokens
from sfconnector.exceptions import HostRefused
from sfconnector.models import ConnectedApp, Credential, Org
from tests.connections import connect, org_of, settings_with


@pytest.fixture
def connected(org: Org) -> Org:
    connect(org)
    org.refresh_from_db()
    return org


def changed(**values: Any) -> override_settings:
    return override_settings(SFCONNECTOR=settings_with(**values))


@pytest.mark.django_db
def test_hosts_beyond_salesforces_are_those_of_the_settings(
    salesforce_org: SalesforceOrg,
) -> None:
    with changed(EXTRA_HOSTS=[salesforce_org.base_url.partition("//")[2]]):
        org = org_of(salesforce_org)
    with (
        changed(EXTRA_HOSTS=["127.0.0.1:1"]),
        pytest.raises(HostRefused, match="EXTRA_HOSTS"),
    ):
        org_of(salesforce_org, alias="other", app=org.app)


@pytest.mark.parametrize("version", ["60.0", "58.0"])
def test_orgs_are_called_in_the_version_of_the_settings(
    connected: Org, salesforce_org: SalesforceOrg, version: str
) -> None:
    with changed(API_VERSION=version):
        assert orgs.client_for(connected, purpose="test").limits()
    assert salesforce_org.requests[-1].path == f"/services/data/v{version}/limits"


@pytest.mark.django_db
def test_a_new_app_asks_for_the_scopes_of_the_settings() -> None:
    with changed(SCOPES=["full", "refresh_token"]):
        assert ConnectedApp().scopes == "full refresh_token"
        with changed(SCOPES=["api"]):
            assert ConnectedApp.objects.create(consumer_key="k").scope_list == ("api",)


def test_a_connection_is_waited_for_as_long_as_the_settings_say(
    connected: Org,
) -> None:
    with changed(CONNECT_TIMEOUT=1.5, READ_TIMEOUT=7, TOTAL_TIMEOUT=9):
        client = orgs.client_for(connected, purpose="test")
    told = client._transport.timeouts
    assert (told.connect_s, told.read_s, told.total_s) == (1.5, 7, 9)


def test_a_token_that_is_idle_for_the_days_of_the_settings_is_used(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    idle = timezone.now() - timedelta(days=4)
    Credential.objects.update(refreshed_at=idle, issued_at=idle)
    with changed(KEEP_ALIVE_DAYS=5):
        assert tokens.keep_alive() == []
    with changed(KEEP_ALIVE_DAYS=3):
        assert [one.outcome for one in tokens.keep_alive()] == ["refreshed"]

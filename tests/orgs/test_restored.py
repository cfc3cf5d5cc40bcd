"""A restored backup never sends a refresh token that was replaced since."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, health, orgs, transactions
from sfconnector.models import AuditEvent, Credential, Org
from tests.connections import connect, org_of, person

TOKEN = "/services/oauth2/token"
ASKED = "/services/oauth2/introspect"


@pytest.fixture
def connected(org: Org, salesforce_org: SalesforceOrg) -> Org:
    """An org that is connected and keeps its refresh token."""
    salesforce_org.app.rotate_refresh_tokens = False
    connect(org)
    org.refresh_from_db()
    return org


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.limits()


def restored(org: Org, since: Callable[[], None]) -> None:
    """Put the tokens back to what they were before something happened."""
    row = Credential.objects.get(org=org)
    before = {name: getattr(row, name) for name in columns(row)}
    since()
    Credential.objects.filter(org=org).update(**before)


def columns(row: Credential) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields if field.name != "id"]


def renewed(org: Org, simulated: SalesforceOrg) -> Callable[[], None]:
    def renew() -> None:
        simulated.expire_sessions()
        call(org)

    return renew


def said(*words: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("sf_orgs", *words, "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def test_a_replaced_token_is_not_sent_again_and_a_person_decides(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.rotate_refresh_tokens = True
    restored(connected, renewed(connected, salesforce_org))
    assert said("--restored", "all")[0]["status"] == "unknown"
    salesforce_org.expire_sessions()
    salesforce_org.requests.clear()
    with pytest.raises(exceptions.ConsentRequired, match="backup"):
        call(connected)
    assert salesforce_org.requests.count(TOKEN) == 0
    assert salesforce_org.refresh_reuses == 0
    connected.refresh_from_db()
    assert connected.status == Org.Status.NEEDS_RECONNECT
    assert "Reconnect the org" in connected.status_text
    connect(connected)
    call(connected)
    assert orgs.undecided() == []


def test_a_token_that_still_lives_is_used_without_a_person(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    restored(connected, renewed(connected, salesforce_org))
    said("--restored", "acme")
    salesforce_org.expire_sessions()
    salesforce_org.requests.clear()
    health.look_after_connections()
    assert salesforce_org.requests.count(ASKED) == 1
    assert salesforce_org.requests.count(TOKEN) == 1
    connected.refresh_from_db()
    assert connected.is_connected
    assert orgs.undecided() == []
    assert AuditEvent.objects.filter(action="restore.confirmed").count() == 1


def test_an_org_that_cannot_be_asked_waits(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    said("--restored", "all")
    salesforce_org.expire_sessions()
    salesforce_org.requests.clear()
    salesforce_org.faults.add(path=ASKED, status=503)
    with pytest.raises(exceptions.Transient):
        call(connected)
    assert salesforce_org.requests.count(TOKEN) == 0
    connected.refresh_from_db()
    assert connected.status == Org.Status.UNKNOWN
    assert orgs.undecided() == [connected]


def test_a_living_session_goes_on_and_the_doctor_says_what_comes(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    said("--restored", "all")
    salesforce_org.requests.clear()
    health.look_after_connections()
    connected.refresh_from_db()
    assert connected.is_connected
    [found] = [one for one in health.doctor(connected) if one.code == "restored"]
    assert found.level == "yellow"
    assert salesforce_org.requests.count(ASKED) == 0


def test_what_the_database_tells_disturbs_nobody_before_a_renewal(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    if not transactions.database_mark():
        pytest.skip("this database tells nothing")
    Credential.objects.update(database="of another cluster")
    for _ in range(2):
        health.look_after_connections()
    connected.refresh_from_db()
    assert connected.is_connected
    assert AuditEvent.objects.filter(action="restore.noticed").count() == 1
    salesforce_org.expire_sessions()
    salesforce_org.requests.clear()
    call(connected)
    assert salesforce_org.requests.count(ASKED) == 1
    assert orgs.undecided() == []


def test_a_person_adopts_on_the_page(
    connected: Org, salesforce_org: SalesforceOrg, client: Client
) -> None:
    said("--restored", "all")
    client.force_login(person())
    url = reverse("admin:sfconnector_org_adopt", args=[connected.pk])
    page = client.get(reverse("admin:sfconnector_org_change", args=[connected.pk]))
    assert url in page.content.decode()
    client.post(url)
    connected.refresh_from_db()
    assert connected.is_connected
    salesforce_org.expire_sessions()
    salesforce_org.requests.clear()
    call(connected)
    assert salesforce_org.requests.count(ASKED) == 0
    assert AuditEvent.objects.filter(action="restore.adopted").count() == 1


def test_an_org_without_a_refresh_token_is_not_held(
    salesforce_org: SalesforceOrg, org: Org
) -> None:
    robot = org_of(
        salesforce_org, alias="robot", app=org.app, flow="client_credentials"
    )
    orgs.connect_headless(robot)
    assert not orgs.hold_restored(robot)
    salesforce_org.expire_sessions()
    call(robot)

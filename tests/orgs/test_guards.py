"""Identity, copies, approvals: connections are not lost by mistake."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import override_settings
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, health, orgs, tokens
from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, Credential, Org, SyncPlan
from sfconnector.testing.orgs import OrgFactory
from tests.connections import (
    NONCE,
    browser_of,
    connect,
    finish,
    org_of,
    person,
    press,
    reachable,
    settings_with,
)

TOKEN = "/services/oauth2/token"
ELSEWHERE = {"DEPLOYMENT": "the staging copy"}


@pytest.fixture
def connected(org: Org, salesforce_org: SalesforceOrg) -> Org:
    """An org that is connected and has a plan that has come some way."""
    connect(org)
    org.refresh_from_db()
    SyncPlan.objects.create(
        org=org,
        sobject="Account",
        cursor_field="SystemModstamp",
        cursor_value="2026-11-01T00:00:00Z",
    )
    salesforce_org.requests.clear()
    return org


@pytest.fixture
def other_id(salesforce_org: SalesforceOrg) -> str:
    """Let Salesforce answer for another org from now on."""
    salesforce_org.org_id = "00D900000000001EAA"
    return salesforce_org.org_id


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.limits()


def kept(org: Org) -> tuple[Any, ...]:
    row = Credential.objects.get(org=org)
    return row.access_token, row.refresh_token, row.generation


def test_s07_another_org_is_refused_and_the_old_tokens_are_untouched(
    connected: Org, salesforce_org: SalesforceOrg, other_id: str
) -> None:
    before = kept(connected)
    with pytest.raises(exceptions.ConsentRequired, match=other_id) as caught:
        connect(connected)
    assert caught.value.code == "another_org"
    assert "keep" in caught.value.remedy
    assert "archive" in caught.value.remedy
    assert kept(connected) == before
    assert len(salesforce_org.grants.approvals()) == 1, "the stranger was given back"
    call(connected)


def test_s07_another_user_is_refused(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    before = kept(connected)
    other = salesforce_org.users.add("ben@acme.example")
    begun = orgs.begin(connected, by=Actor(person()), session_nonce=NONCE)
    back = press(begun.authorize_url, username=other.username)
    with pytest.raises(exceptions.ConsentRequired) as caught:
        finish(back)
    assert caught.value.code == "another_user"
    assert kept(connected) == before


def test_s07_an_answer_that_another_secret_signed_is_refused(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    before = kept(connected)
    forged = ['"signature":"', '"signature":"x']
    salesforce_org.faults.add(path=TOKEN, replace=forged)
    with pytest.raises(exceptions.ConsentRequired, match="not signed") as caught:
        connect(connected, replace_identity=True)
    assert caught.value.code == "bad_signature"
    assert kept(connected) == before


def test_a_refreshed_sandbox_is_recognised(
    connected: Org, salesforce_org: SalesforceOrg, other_id: str
) -> None:
    Org.objects.update(is_sandbox=True)
    with pytest.raises(exceptions.ConsentRequired, match="sandbox was refreshed"):
        connect(Org.objects.get())


def test_keeping_the_row_reads_everything_anew(connected: Org, other_id: str) -> None:
    done = connect(connected, replace_identity=True)
    assert done.org == connected
    connected.refresh_from_db()
    assert connected.org_id == other_id
    plan = SyncPlan.objects.get()
    assert plan.cursor_value == ""
    assert plan.last_full_at is None
    call(connected)


def test_archiving_sets_the_row_aside_and_a_fresh_one_takes_its_place(
    connected: Org, salesforce_org: SalesforceOrg, other_id: str
) -> None:
    old_id = connected.org_id
    done = connect(connected, archive=True)
    assert done.org != connected
    assert (done.org.alias, done.org.org_id) == ("acme", other_id)
    call(done.org)
    old = Org.objects.get(pk=connected.pk)
    assert old.org_id == old_id
    assert old.alias.startswith("acme-archived-")
    assert old.status == Org.Status.DISCONNECTED
    assert SyncPlan.objects.get(org=old).paused_at is not None
    fresh = SyncPlan.objects.get(org=done.org)
    assert (fresh.sobject, fresh.cursor_value, fresh.paused_at) == ("Account", "", None)
    assert len(salesforce_org.grants.approvals()) == 1


def test_s37_the_sixth_approval_is_refused_before_it_ends_another_one(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    for number in range(4):
        connect(org_of(salesforce_org, alias=f"acme-{number}", app=connected.app))
    assert len(salesforce_org.grants.approvals()) == 5
    with pytest.raises(exceptions.ConfigurationError, match="keeps 5") as caught:
        orgs.begin(connected, by=Actor(person()), session_nonce=NONCE)
    assert caught.value.code == "five_approvals"
    orgs.disconnect(connected)
    connect(Org.objects.get(pk=connected.pk))
    for org in Org.objects.all():
        call(org)


def test_s37_a_sixth_row_is_told_that_it_ended_the_oldest(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    for number in range(4):
        connect(org_of(salesforce_org, alias=f"acme-{number}", app=connected.app))
    done = connect(org_of(salesforce_org, alias="sixth", app=connected.app))
    assert any("The oldest has probably ended" in one for one in done.warnings)


def test_a_second_row_for_the_same_salesforce_org_is_told_of_the_first(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    assert not connect(connected).warnings
    second = connect(org_of(salesforce_org, alias="acme-2", app=connected.app))
    assert any("also kept here as “acme”" in one for one in second.warnings)
    page = browser_of(person()).get(
        reverse("admin:sfconnector_org_change", args=[second.org.pk])
    )
    assert "Also kept here as" in page.content.decode()
    robot = org_of(
        salesforce_org, alias="robot", app=connected.app, flow="client_credentials"
    )
    url = reverse("admin:sfconnector_org_connect", args=[robot.pk])
    pressed = browser_of(person()).post(url, follow=True).content.decode()
    assert "is also kept here as “acme”, “acme-2”" in pressed
    connected.refresh_from_db()
    assert orgs.twins(connected, Actor(AnonymousUser())) == []


def test_a_copy_of_the_database_sends_nothing_until_it_is_adopted(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        for _ in range(2):
            with pytest.raises(exceptions.NotConnected, match="another deployment"):
                call(connected)
        tokens.keep_alive()
        assert orgs.undecided() == [connected]
        assert len(salesforce_org.requests) == 0
        connected.refresh_from_db()
        assert connected.status == Org.Status.DETACHED
        assert AuditEvent.objects.filter(action="clone.detected").count() == 1
        orgs.adopt(connected, by=Actor(person()))
        call(connected)
    assert salesforce_org.requests.count(TOKEN) == 1
    assert AuditEvent.objects.get(action="clone.adopted").user == person()


def test_a_person_who_tests_a_copy_sends_nothing_either(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        for status in (Org.Status.CONNECTED, Org.Status.NEEDS_RECONNECT):
            connected.set_status(status)
            with pytest.raises(exceptions.NotConnected, match="another deployment"):
                health.probe(connected, by=Actor(person()))
    assert len(salesforce_org.requests) == 0


def test_a_name_that_was_wrong_for_a_while_leaves_nothing_behind(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    for heal in (lambda: call(connected), tokens.keep_alive):
        with (
            override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)),
            pytest.raises(exceptions.NotConnected),
        ):
            call(connected)
        heal()
        connected.refresh_from_db()
        assert connected.is_connected


def test_a_dead_grant_of_a_sandbox_hints_at_a_refresh(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    Org.objects.update(is_sandbox=True)
    salesforce_org.revoke_grants()
    with pytest.raises(exceptions.ConsentRequired):
        call(connected)
    connected.refresh_from_db()
    assert "Was this sandbox refreshed?" in connected.status_text


def test_a_detached_copy_forgets_the_tokens_and_revokes_nothing(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        orgs.detach(connected)
        with pytest.raises(exceptions.NotConnected):
            call(connected)
    assert Credential.objects.get(org=connected).refresh_token is None
    assert len(salesforce_org.requests) == 0
    assert len(salesforce_org.grants.approvals()) == 1


def test_a_detached_copy_gets_no_token_without_a_person_either(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    robot = org_of(
        salesforce_org,
        alias="robot",
        app=connected.app,
        flow="client_credentials",
    )
    orgs.connect_headless(robot)
    salesforce_org.requests.clear()
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        for _ in range(2):
            with pytest.raises(exceptions.NotConnected):
                call(robot)
        orgs.detach(robot)
        with pytest.raises(exceptions.NotConnected, match="detached"):
            call(robot)
        with pytest.raises(exceptions.NotConnected, match="detached"):
            health.probe(robot, by=Actor(person()))
    assert len(salesforce_org.requests) == 0


def test_disconnecting_in_a_copy_leaves_the_other_deployments_grant_alone(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        ended = orgs.disconnect(connected)
    assert "copy" in ended.warning
    assert len(salesforce_org.requests) == 0
    assert len(salesforce_org.grants.approvals()) == 1


def test_a_copy_that_is_connected_anew_has_a_grant_of_its_own(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    with override_settings(SFCONNECTOR=settings_with(**ELSEWHERE)):
        connect(connected)
        call(connected)
    assert len(salesforce_org.grants.approvals()) == 2


def test_nothing_is_to_be_decided_where_the_tokens_belong(connected: Org) -> None:
    assert orgs.undecided() == []
    with pytest.raises(exceptions.ConfigurationError):
        orgs.adopt(connected)
    with pytest.raises(exceptions.ConfigurationError):
        orgs.detach(connected)


def test_the_fingerprint_follows_the_name_else_the_public_origin() -> None:
    def fingerprint(**values: Any) -> str:
        with override_settings(SFCONNECTOR=settings_with(**values)):
            return tokens.fingerprint()

    first = fingerprint(PUBLIC_URL="https://crm.example.com")
    assert fingerprint(PUBLIC_URL="https://CRM.example.com/") == first
    assert fingerprint(PUBLIC_URL="https://staging.example.com") != first
    named = fingerprint(PUBLIC_URL="https://a.example", DEPLOYMENT="production")
    assert fingerprint(PUBLIC_URL="https://b.example", DEPLOYMENT="production") == named


def test_the_login_host_is_checked_again_when_it_is_used(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    Org.objects.update(my_domain="https://login.salesforce.com.evil.example")
    salesforce_org.expire_sessions()
    with pytest.raises(exceptions.HostRefused):
        call(connected)
    with pytest.raises(exceptions.HostRefused):
        orgs.begin(Org.objects.get(), by=Actor(person()), session_nonce=NONCE)


def test_s16_the_token_goes_to_no_other_host_even_when_the_row_says_so(
    connected: Org, salesforce_orgs: OrgFactory
) -> None:
    evil = salesforce_orgs("Evil")
    Credential.objects.update(instance_url=evil.base_url)
    with reachable(), pytest.raises(exceptions.HostRefused):
        call(connected)
    assert len(evil.requests) == 0

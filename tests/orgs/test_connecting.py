from __future__ import annotations

import pytest
from django.test import override_settings

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, orgs
from sfconnector.audit import Actor
from sfconnector.models import ApiCall, AuditEvent, Credential, OAuthFlow, Org
from tests.connections import (
    NONCE,
    connect,
    finish,
    org_of,
    person,
    press,
    settings_with,
)

TOKEN = "/services/oauth2/token"


def test_a_connected_org_knows_what_salesforce_says_about_it(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    done = connect(org)
    org.refresh_from_db()
    assert org.status == Org.Status.CONNECTED
    assert org.org_id == salesforce_org.org_id
    assert org.org_name == "Acme"
    assert org.is_sandbox is False
    assert org.org_type
    assert org.instance_name
    assert org.instance_url == salesforce_org.base_url
    assert org.connected_username == salesforce_org.user.username
    assert org.user_display_name == salesforce_org.user.name
    assert "66.0" in org.api_versions
    assert "refresh_token" in org.scopes_granted.split()
    assert org.connected_at is not None
    assert not done.reconnected
    flow = OAuthFlow.objects.get()
    assert (flow.outcome, flow.verifier) == ("connected", None)


def test_a_connected_org_can_be_called(org: Org) -> None:
    connect(org)
    with orgs.client_for(org, purpose="test") as client:
        assert client.limits()["DailyApiRequests"].maximum == 100_000
    assert ApiCall.objects.filter(org=org, purpose="test", status=200).count() == 1


@pytest.mark.parametrize(
    ("offered", "called"),
    [([], "66.0"), (["58.0", "66.0", "67.0"], "66.0"), (["9.0", "64.0"], "64.0")],
)
def test_the_newest_version_that_both_sides_know_is_called(
    org: Org, offered: list[str], called: str
) -> None:
    connect(org)
    org.refresh_from_db()
    org.api_versions = offered
    with orgs.client_for(org, purpose="test") as client:
        client.limits()
    path = ApiCall.objects.get(purpose="test").path
    assert path == f"/services/data/v{called}/limits"


def test_denying_leaves_nothing_but_the_attempt(org: Org) -> None:
    begun = orgs.begin(org, by=Actor(person()), session_nonce=NONCE)
    back = press(begun.authorize_url, button="deny")
    with pytest.raises(exceptions.ConsentRequired) as caught:
        finish(back)
    assert "Allow" in caught.value.remedy
    org.refresh_from_db()
    assert org.status == Org.Status.NEW
    assert not Credential.objects.exists()
    assert OAuthFlow.objects.get().outcome == "access_denied"
    line = AuditEvent.objects.get(action="oauth.connect")
    assert (line.outcome, line.org, line.user) == ("refused", org, person())


def test_a_refused_userinfo_never_fails_a_connection(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add(
        path="/services/oauth2/userinfo", refuse="bad_oauth_token"
    )
    connect(org)
    org.refresh_from_db()
    assert org.is_connected
    assert org.connected_username == salesforce_org.user.username


def test_with_the_ids_alone_the_org_is_connected_all_the_same(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add(path="/services/oauth2/userinfo", status=500, body="")
    salesforce_org.faults.add(path="/query*", refuse="insufficient_access")
    connect(org)
    org.refresh_from_db()
    assert org.is_connected
    assert org.org_id == salesforce_org.org_id


def test_the_instance_url_of_another_host_is_refused(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.move_instance("https://evil.example.com")
    with pytest.raises(exceptions.HostRefused):
        connect(org)
    assert not Credential.objects.exists()


def test_a_wrong_consumer_secret_says_so(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.consumer_secret = "another"
    with pytest.raises(exceptions.ConfigurationError, match="invalid_client"):
        connect(org)
    assert not Credential.objects.exists()


def test_an_address_that_is_not_salesforces_cannot_be_logged_in_to(
    salesforce_org: SalesforceOrg, db: None
) -> None:
    with (
        override_settings(SFCONNECTOR=settings_with(EXTRA_HOSTS=[])),
        pytest.raises(exceptions.HostRefused),
    ):
        org_of(salesforce_org, alias="evil")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in turn", "crossed"])
def test_two_orgs_connected_at_once_do_not_mix_their_verifiers(
    org: Org, salesforce_org: SalesforceOrg, order: tuple[int, int]
) -> None:
    other = org_of(salesforce_org, alias="other", app=org.app)
    user = person()
    first = orgs.begin(org, by=Actor(user), session_nonce=NONCE)
    second = orgs.begin(other, by=Actor(user), session_nonce=NONCE)
    for begun in ((first, second)[place] for place in order):
        back = press(begun.authorize_url)
        done = finish(back, user=user)
        assert done.org == begun.flow.org
    assert Org.objects.connected().count() == 2


def test_disconnecting_proves_the_app_where_a_server_asks_for_it(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.authenticate_revoke = True
    connect(org)
    ended = orgs.disconnect(org)
    assert (ended.revoked, ended.warning) == (True, "")
    assert salesforce_org.grants.approvals() == []


def test_a_grant_that_lives_on_because_the_app_was_not_proved_is_told(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.authenticate_revoke = True
    connect(org)
    salesforce_org.app.consumer_secret = "another by now"
    ended = orgs.disconnect(org)
    assert not ended.revoked
    assert "did not revoke" in ended.warning
    assert len(salesforce_org.grants.approvals()) == 1


def test_a_refused_grant_that_could_not_be_given_back_is_told(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(org)
    other = salesforce_org.users.add("ben@acme.example")
    begun = orgs.begin(org, by=Actor(person()), session_nonce=NONCE)
    back = press(begun.authorize_url, username=other.username)
    salesforce_org.faults.add(path="/services/oauth2/revoke", status=500, body="")
    with pytest.raises(exceptions.ConsentRequired) as caught:
        finish(back)
    assert "could not be revoked" in caught.value.remedy


def test_disconnecting_revokes_at_salesforce(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(org)
    ended = orgs.disconnect(org)
    assert ended.revoked
    assert not ended.warning
    assert salesforce_org.grants.approvals() == []
    row = Credential.objects.get(org=org)
    assert row.access_token is None
    assert row.refresh_token is None
    org.refresh_from_db()
    assert org.status == Org.Status.DISCONNECTED
    with (
        pytest.raises(exceptions.NotConnected),
        orgs.client_for(org, purpose="test") as client,
    ):
        client.limits()


def test_a_failed_revocation_is_told_and_the_tokens_are_gone_here(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(org)
    salesforce_org.faults.add(path="/services/oauth2/revoke", status=500, body="")
    ended = orgs.disconnect(org)
    assert not ended.revoked
    assert "Setup" in ended.warning
    assert Credential.objects.get(org=org).refresh_token is None


def test_reconnecting_stores_the_new_grant_before_it_revokes_the_old_one(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(org)
    old = Credential.objects.get(org=org).refresh_token
    seen: list[bool] = []

    def look(request: object, response: object) -> None:
        if getattr(request, "path", "") == "/services/oauth2/revoke":
            seen.append(len(salesforce_org.grants.approvals()) == 1)

    salesforce_org.before_send.append(look)
    done = connect(Org.objects.get(pk=org.pk))
    assert done.reconnected
    assert seen == [True]
    row = Credential.objects.get(org=org)
    assert row.refresh_token != old
    alive = [one.refresh_token for one in salesforce_org.grants.approvals()]
    assert row.refresh_token is not None
    assert alive == [row.refresh_token.reveal()]

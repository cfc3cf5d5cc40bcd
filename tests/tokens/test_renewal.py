"""How tokens are renewed, and what is made of each way in which that fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, orgs, signals, tokens
from sfconnector.models import AuditEvent, Credential, Org
from sfconnector.tokens import lease
from tests.connections import settings_with
from tests.tokens.conftest import TOKEN


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.limits()


def row_of(org: Org) -> Credential:
    return Credential.objects.select_related("org").get(org=org)


def cooled(org: Org) -> None:
    Credential.objects.filter(org=org).update(cooldown_until=None)


def test_an_expired_session_is_renewed_once_and_the_call_replayed(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = row_of(org)
    salesforce_org.expire_sessions()
    call(org)
    after = row_of(org)
    assert salesforce_org.requests.count(TOKEN) == 1
    assert after.access_token != before.access_token
    assert after.generation == before.generation + 1
    assert after.refreshed_at is not None
    assert (after.lease_owner, after.answer_lost_at) == ("", None)


def test_f05_an_answer_without_a_refresh_token_keeps_the_old_one(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = row_of(org).refresh_token
    salesforce_org.expire_sessions()
    call(org)
    assert row_of(org).refresh_token == before
    assert row_of(org).rotations == 0


def test_f02_a_rotated_refresh_token_is_kept_before_it_is_needed(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    for turn in (1, 2, 3):
        salesforce_org.expire_sessions()
        call(rotating)
        assert row_of(rotating).rotations == turn
    assert salesforce_org.refresh_reuses == 0


@pytest.mark.django_db(transaction=True)
def test_f03_new_tokens_are_committed_before_they_are_used(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    seen = []

    def look(request: Any, response: Any) -> None:
        if "/limits" in request.path and response.status == 200:
            used = salesforce_org.bearer(request)
            kept = row_of(rotating).access_token
            seen.append(kept is not None and kept.reveal() == used)
            connections.close_all()

    salesforce_org.before_send.append(look)
    salesforce_org.expire_sessions()
    call(rotating)
    assert seen == [True]


def test_a_session_that_policy_forbids_is_never_answered_by_a_refresh(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add(path="/limits", refuse="session_not_for_rest")
    with pytest.raises(exceptions.SalesforceError) as caught:
        call(org)
    assert "new token won't help" in caught.value.remedy
    assert salesforce_org.requests.count(TOKEN) == 0


def test_f06_a_dead_grant_is_told_once_and_not_asked_again(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    told: list[str] = []
    signals.org_needs_reconnect.connect(
        lambda reason, **_rest: told.append(reason), weak=False, dispatch_uid="test"
    )
    salesforce_org.revoke_grants()
    with pytest.raises(exceptions.ConsentRequired):
        call(org)
    for _ in range(5):
        with pytest.raises(exceptions.ConsentRequired):
            call(org)
    signals.org_needs_reconnect.disconnect(dispatch_uid="test")
    assert salesforce_org.requests.count(TOKEN) == 1
    assert len(told) == 1
    org.refresh_from_db()
    assert org.status == Org.Status.NEEDS_RECONNECT
    assert "Reconnect" in org.status_text
    assert AuditEvent.objects.filter(action="oauth.refresh_failed").count() == 1


def test_f06_a_person_who_tests_a_dead_grant_alarms_nobody_anew(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.revoke_grants()
    for _ in range(3):
        with (
            pytest.raises(exceptions.ConsentRequired),
            orgs.client_for(org, purpose="test", patient=False, insist=True) as client,
        ):
            client.limits()
    assert salesforce_org.requests.count(TOKEN) == 3
    assert AuditEvent.objects.filter(action="oauth.refresh_failed").count() == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"page": True}, exceptions.Transient),
        ({"status": 429, "body": ""}, exceptions.LimitReached),
        ({"refuse": "token.server_error"}, exceptions.Transient),
        ({"refuse": "token.rate_limit_exceeded"}, exceptions.LimitReached),
        ({"refuse": "rest.maintenance_with_200"}, exceptions.SalesforceError),
    ],
)
def test_f07_an_unwell_token_endpoint_does_not_kill_the_grant(
    rotating: Org,
    salesforce_org: SalesforceOrg,
    fault: dict[str, Any],
    error: type[Exception],
) -> None:
    salesforce_org.faults.add(path=TOKEN, times=1, **fault)
    salesforce_org.expire_sessions()
    with pytest.raises(error):
        call(rotating)
    rotating.refresh_from_db()
    assert rotating.status == Org.Status.CONNECTED
    with pytest.raises(exceptions.Transient, match="waits a moment"):
        call(rotating)
    assert salesforce_org.requests.count(TOKEN) == 1, "the cool-down holds"
    cooled(rotating)
    call(rotating)
    assert salesforce_org.refresh_reuses == 0


def test_f07_an_endpoint_that_cannot_be_reached_does_not_kill_the_grant(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    source = tokens.TokenSource(rotating)
    stale = source.current()
    Org.objects.update(my_domain="http://127.0.0.1:1")
    hosts = settings_with(EXTRA_HOSTS=["127.0.0.1:1"])
    with (
        override_settings(SFCONNECTOR=hosts),
        pytest.raises(exceptions.Transient),
    ):
        source.renew(stale)
    row = row_of(rotating)
    assert row.answer_lost_at is None
    assert row.org.status == Org.Status.CONNECTED


def test_a_holder_that_died_before_it_sent_anything_costs_nothing(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    assert lease.claim(row_of(rotating)) is not None
    salesforce_org.expire_sessions()
    Credential.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    call(rotating)
    assert salesforce_org.requests.count(TOKEN) == 1


def test_f04_a_stale_holders_write_changes_nothing(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    stopped = lease.claim(row_of(rotating))
    assert stopped is not None
    Credential.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    salesforce_org.expire_sessions()
    call(rotating)
    assert not stopped.give_up(failure_text="stale")
    assert stopped.mark_sent() is None
    assert row_of(rotating).failure_text == ""


def test_f04_a_lease_that_was_taken_over_is_worth_nothing(org: Org) -> None:
    stopped = lease.claim(row_of(org))
    assert stopped is not None
    Credential.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert lease.claim(row_of(org)) is not None
    assert stopped.mark_sent() is None
    assert not stopped.give_up(failure_text="stale")
    assert row_of(org).answer_lost_at is None


def test_f04_a_lease_is_worth_nothing_once_the_tokens_have_changed(org: Org) -> None:
    before = row_of(org)
    Credential.objects.update(generation=F("generation") + 1)
    assert lease.claim(before) is None
    held = lease.claim(row_of(org))
    assert held is not None
    Credential.objects.update(generation=F("generation") + 1)
    assert held.mark_sent() is None
    assert not held.give_up(failure_text="stale")


def test_a_lease_in_other_hands_is_waited_for(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    assert lease.claim(row_of(org)) is not None
    assert lease.claim(row_of(org)) is None


def test_a_lease_is_taken_for_the_seconds_of_the_settings(org: Org) -> None:
    with override_settings(SFCONNECTOR=settings_with(REFRESH_LEASE_SECONDS=600)):
        assert lease.claim(row_of(org)) is not None
    until = row_of(org).lease_until
    assert until is not None
    assert timedelta(seconds=500) < until - timezone.now() <= timedelta(seconds=601)


def test_after_a_failure_the_endpoint_rests_for_the_seconds_of_the_settings(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    salesforce_org.faults.add(TOKEN, status=503)
    settings = settings_with(REFRESH_COOLDOWN_SECONDS=600)
    with (
        override_settings(SFCONNECTOR=settings),
        pytest.raises(exceptions.Transient),
    ):
        call(org)
    until = row_of(org).cooldown_until
    assert until is not None
    assert timedelta(seconds=500) < until - timezone.now() <= timedelta(seconds=601)


def test_f35_a_lease_is_measured_by_the_databases_clock(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lease.claim(row_of(org)) is not None
    ahead = timezone.now() + timedelta(minutes=10)
    monkeypatch.setattr("django.utils.timezone.now", lambda: ahead)
    assert lease.claim(row_of(org)) is None


def test_an_instance_that_moved_is_followed(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    moved = salesforce_org.base_url.replace("127.0.0.1", "localhost")
    hosts = [salesforce_org.base_url.partition("//")[2], moved.partition("//")[2]]
    with override_settings(SFCONNECTOR=settings_with(EXTRA_HOSTS=hosts)):
        salesforce_org.move_instance(moved)
        salesforce_org.expire_sessions()
        call(org)
    org.refresh_from_db()
    assert org.instance_url == moved


def test_a_refresh_that_speaks_for_another_org_is_not_kept(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    Org.objects.update(org_id="00D000000000001AAA")
    salesforce_org.expire_sessions()
    before = row_of(org).access_token
    with pytest.raises(exceptions.ConsentRequired, match="another org"):
        call(org)
    assert row_of(org).access_token == before

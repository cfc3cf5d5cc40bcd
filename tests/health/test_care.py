"""Probing, keeping alive, deciding the unknown, and the health endpoints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, override_settings
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, health
from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, Credential, Org, SyncPlan, SyncRun
from tests.connections import PROBE, person, settings_with

TOKEN = "/services/oauth2/token"


def aged(days: int) -> None:
    past = timezone.now() - timedelta(days=days)
    Credential.objects.update(issued_at=past, refreshed_at=past)


def test_a_refresh_token_is_used_before_it_dies_of_idleness(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    aged(19)
    assert health.look_after_connections().kept == ()
    aged(21)
    kept = health.look_after_connections().kept
    assert [one.outcome for one in kept] == ["refreshed"]
    assert salesforce_org.requests.count(TOKEN) == 1
    assert health.look_after_connections().kept == ()


def test_a_dead_org_does_not_stop_the_care_for_the_others(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    aged(21)
    salesforce_org.revoke_grants()
    kept = health.look_after_connections().kept
    assert [one.outcome for one in kept] == ["invalid_grant"]
    org.refresh_from_db()
    assert org.status == Org.Status.NEEDS_RECONNECT


def lost_in_good_time(org: Org, salesforce_org: SalesforceOrg) -> None:
    """Lose the answer of a refresh while the old session still lives."""
    aged(21)
    salesforce_org.faults.add(path=TOKEN, times=1, reset=True, after=True)
    health.look_after_connections()
    org.refresh_from_db()
    assert org.status == Org.Status.UNKNOWN
    Credential.objects.update(cooldown_until=None)


def test_an_unknown_org_whose_session_lives_goes_on_with_a_warning(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.rotate_refresh_tokens = True
    Credential.objects.update(rotations=1)
    lost_in_good_time(org, salesforce_org)
    assert health.look_after_connections().decided == ("acme",)
    org.refresh_from_db()
    assert org.is_connected
    warned = [one.code for one in health.doctor(org) if one.level == "yellow"]
    assert "answer_lost" in warned
    assert salesforce_org.refresh_reuses == 0


def test_an_unknown_org_whose_session_has_ended_needs_a_person(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.app.rotate_refresh_tokens = True
    Credential.objects.update(rotations=1)
    lost_in_good_time(org, salesforce_org)
    salesforce_org.expire_sessions()
    health.look_after_connections()
    org.refresh_from_db()
    assert org.status == Org.Status.NEEDS_RECONNECT
    assert salesforce_org.requests.count(TOKEN) == 1
    assert salesforce_org.refresh_reuses == 0


def test_care_is_taken_once_a_minute_by_one_caller(db: None) -> None:
    now = timezone.now()
    assert health.is_care_due(now)
    assert not health.is_care_due(now)
    assert not health.is_care_due(now + timedelta(seconds=30))
    assert health.is_care_due(now + timedelta(seconds=61))


def test_a_test_of_the_connection_puts_a_healed_org_back_to_work(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    fault = salesforce_org.faults.add(path=TOKEN, refuse="ip_restricted")
    salesforce_org.expire_sessions()
    with pytest.raises(exceptions.Forbidden) as caught:
        health.probe(org, by=Actor(person()))
    assert "trusted IP ranges" in caught.value.remedy
    assert org.status == Org.Status.NEEDS_RECONNECT
    salesforce_org.faults.clear()
    assert fault
    health.probe(org, by=Actor(person()))
    org.refresh_from_db()
    assert org.is_connected
    outcomes = AuditEvent.objects.filter(action="org.test", user=person())
    assert sorted(outcomes.values_list("outcome", flat=True)) == ["failed", "ok"]


def test_limits_are_kept_with_their_time(org: Org) -> None:
    health.refresh_limits(org)
    org.refresh_from_db()
    assert org.limits["DailyApiRequests"]["max"] == 100_000
    assert org.limits_at is not None


@pytest.mark.django_db
def test_healthz_answers_without_a_login(client: Client) -> None:
    answer = client.get("/salesforce/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"live": True}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_what_is_missing(client: Client) -> None:
    answer = client.get("/salesforce/readyz", headers=PROBE)
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "never seen"
    health.beat("worker", "worker 1")
    health.beat("tick", "tick")
    assert client.get("/salesforce/readyz", headers=PROBE).status_code == 200
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS="")):
        answer = client.get("/salesforce/readyz", headers=PROBE)
    assert answer.status_code == 503
    assert "encryption key" in answer.json()["checks"]["encryption_key"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", [None, "", "Bearer ", "Bearer x", "the probe's token"]
)
@pytest.mark.parametrize("is_set", [True, False])
def test_readyz_tells_strangers_yes_or_no(
    client: Client, given: str | None, is_set: bool
) -> None:
    headers = {} if given is None else {"Authorization": given}
    values = {} if is_set else {"PROBE_TOKEN": ""}
    with override_settings(SFCONNECTOR=settings_with(**values)):
        answer = client.get("/salesforce/readyz", headers=headers)
    assert (answer.status_code, answer.json()) == (503, {"ready": False})


def test_f33_readyz_tells_how_long_the_oldest_run_has_waited(
    org: Org, client: Client
) -> None:
    plan = SyncPlan.objects.create(org=org, sobject="Account")
    run = SyncRun.objects.create(plan=plan, org=org)
    past = timezone.now() - timedelta(minutes=5)
    SyncRun.objects.filter(pk=run.pk).update(queued_at=past)
    newer = SyncPlan.objects.create(org=org, sobject="Contact")
    SyncRun.objects.create(plan=newer, org=org)
    waited = client.get("/salesforce/readyz", headers=PROBE).json()[
        "oldest_queued_seconds"
    ]
    assert 299 <= waited <= 330


@pytest.mark.django_db(transaction=True)
def test_healthz_lives_without_a_database_and_readyz_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        from django.db import OperationalError

        raise OperationalError("the database is away")

    # Each thread has a connection of its own.
    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    assert client.get("/salesforce/healthz").status_code == 200
    answer = client.get("/salesforce/readyz", headers=PROBE)
    assert answer.status_code == 503
    assert "database" in answer.json()["checks"]["database"]

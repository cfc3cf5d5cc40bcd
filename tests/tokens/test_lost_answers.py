"""A refresh whose answer got lost, came late, or came for an org that had gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, tokens
from sfconnector.models import AuditEvent, Credential, Org
from sfconnector.tokens.lease import claim
from tests.tokens.conftest import TOKEN
from tests.tokens.test_renewal import call, cooled, row_of


@pytest.mark.parametrize(
    "fault",
    [
        {"cut": 5, "after": True},
        {"reset": True, "after": True},
        {"body": "{", "status": 200, "after": True},
        {"body": "[]", "status": 200, "after": True},
    ],
)
def test_f03_a_lost_answer_is_unknown_and_never_sent_again(
    rotating: Org, salesforce_org: SalesforceOrg, fault: dict[str, Any]
) -> None:
    salesforce_org.expire_sessions()
    salesforce_org.faults.add(path=TOKEN, times=1, **fault)
    with pytest.raises(exceptions.SalesforceError) as caught:
        call(rotating)
    assert caught.value.retry
    assert "again by itself" not in caught.value.remedy
    assert "reconnect the org" in caught.value.remedy
    row = row_of(rotating)
    assert row.org.status == Org.Status.UNKNOWN
    assert row.answer_lost_at is not None
    cooled(rotating)
    with pytest.raises(exceptions.ConsentRequired, match="got lost"):
        call(rotating)
    rotating.refresh_from_db()
    assert rotating.status == Org.Status.NEEDS_RECONNECT
    assert salesforce_org.requests.count(TOKEN) == 1
    assert salesforce_org.refresh_reuses == 0


def test_f03_an_org_that_ever_rotated_is_not_asked_a_second_time(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    call(rotating)
    salesforce_org.expire_sessions()
    salesforce_org.faults.add(path=TOKEN, times=1, reset=True, after=True)
    with pytest.raises(exceptions.Transient):
        call(rotating)
    cooled(rotating)
    with pytest.raises(exceptions.ConsentRequired, match="got lost"):
        call(rotating)
    assert salesforce_org.requests.count(TOKEN) == 2
    assert salesforce_org.refresh_reuses == 0


def test_a_lost_answer_of_an_org_that_keeps_refresh_tokens_heals_by_itself(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.expire_sessions()
    call(org)
    salesforce_org.expire_sessions()
    salesforce_org.faults.add(path=TOKEN, times=1, reset=True, after=True)
    with pytest.raises(exceptions.Transient):
        call(org)
    cooled(org)
    call(org)
    row = row_of(org)
    assert row.org.status == Org.Status.CONNECTED
    assert row.answer_lost_at is None
    assert AuditEvent.objects.filter(action="oauth.refresh_repeated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_disconnected_org_does_not_come_back_by_a_late_answer(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    def disconnect(request: Any, response: Any) -> None:
        if request.form.get("grant_type") == "refresh_token":
            tokens.forget(rotating, status=Org.Status.DISCONNECTED)
            connections.close_all()

    salesforce_org.before_send.append(disconnect)
    salesforce_org.expire_sessions()
    with pytest.raises(exceptions.NotConnected):
        call(rotating)
    row = row_of(rotating)
    assert row.access_token is None
    assert row.org.status == Org.Status.DISCONNECTED
    assert salesforce_org.grants.approvals() == [], "nothing lives on unknown to us"


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_rescues_an_org_that_was_given_up(
    rotating: Org, salesforce_org: SalesforceOrg
) -> None:
    def take_over(request: Any, response: Any) -> None:
        if request.form.get("grant_type") == "refresh_token":
            Credential.objects.update(lease_owner="", lease_until=None)
            rotating.set_status(Org.Status.NEEDS_RECONNECT, code="answer_lost")
            connections.close_all()

    salesforce_org.before_send.append(take_over)
    salesforce_org.expire_sessions()
    call(rotating)
    rotating.refresh_from_db()
    assert rotating.status == Org.Status.CONNECTED
    assert salesforce_org.refresh_reuses == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("left", ["lease_owner", "generation"])
def test_f38_of_a_forgotten_grant_neither_lease_nor_generation_lets_an_answer_in(
    org: Org, left: str
) -> None:
    lease = claim(row_of(org))
    assert lease is not None
    mark = lease.mark_sent()
    tokens.forget(org, status=Org.Status.DISCONNECTED)
    values = {"generation": lease.generation, "lease_owner": lease.owner}
    Credential.objects.update(answer_lost_at=mark, **{left: values[left]})
    assert not lease.mine.exists()

"""Removing an org: hidden at once, deleted step by step, never twice at a time."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.utils import timezone

from sfconnector import retention
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    Claim,
    Org,
    Record,
    SField,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.retention import chores, steps
from tests.connections import bare_org


@pytest.fixture
def org(db: None) -> Org:
    return furnished(bare_org(status="connected"))


def furnished(org: Org) -> Org:
    """Give an org one row of each kind."""
    account = SObject.objects.create(org=org, name="Account", total_count=3)
    SField.objects.create(sobject=account, name="Id", type="id")
    plan = SyncPlan.objects.create(org=org, kind="object", sobject="Account")
    run = SyncRun.objects.create(plan=plan, org=org)
    run.log.create(text="Began.")
    now = timezone.now()
    ApiCall.objects.create(org=org, run=run, method="GET", path="/", at=now)
    for number in range(3):
        Record.objects.create(
            org=org, sobject="Account", record_id=str(number), content_hash=1, data={}
        )
    return org


def test_an_org_is_hidden_and_disconnected_at_once(org: Org) -> None:
    retention.request_removal(org)
    assert not Org.objects.present().exists()
    assert Org.objects.get().status == Org.Status.DISCONNECTED
    assert SyncRun.objects.get().state == SyncRun.State.CANCELLED
    assert retention.waiting_removals() == [org.pk]


def test_everything_of_the_org_goes_and_nothing_of_another(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = furnished(Org.objects.create(alias="other", app=org.app))
    retention.request_removal(org)
    monkeypatch.setattr(steps, "STEP", 1)
    assert retention.remove(org.pk)
    assert list(Org.objects.all()) == [other]
    for model in (ApiCall, SyncPlan, SyncRun, SObject):
        assert model.objects.filter(org=other).count() == model.objects.count() == 1
    assert Record.objects.count() == 3
    assert not Claim.objects.exists()


def test_the_trail_stays_and_names_the_org(org: Org) -> None:
    retention.request_removal(org)
    retention.remove(org.pk)
    actions = dict(AuditEvent.objects.values_list("action", "org_alias"))
    assert actions["org.remove"] == "acme"
    event = AuditEvent.objects.get(action="org.removed")
    assert (event.org, event.org_alias) == (None, "acme"), "hidden as the org was"


def test_an_org_that_nobody_asked_to_remove_stays(org: Org) -> None:
    assert not retention.remove(org.pk)
    assert Record.objects.exists()


def test_two_workers_do_not_remove_the_same_org(org: Org) -> None:
    retention.request_removal(org)
    assert chores.take("removal", org.pk)
    assert retention.waiting_removals() == []
    assert not retention.remove(org.pk)


def test_a_removal_whose_worker_died_goes_on(org: Org) -> None:
    retention.request_removal(org)
    assert chores.take("removal", org.pk)
    Claim.objects.update(taken_at=timezone.now() - 2 * chores.SILENT)
    assert retention.waiting_removals() == [org.pk]
    assert retention.remove(org.pk)


def test_a_removal_that_is_stopped_is_taken_up_again(org: Org) -> None:
    retention.request_removal(org)
    assert not retention.remove(org.pk, should_stop=lambda: True)
    assert retention.waiting_removals() == [org.pk]
    assert retention.remove(org.pk)


def test_an_org_with_records_is_not_deleted_past_the_removal(org: Org) -> None:
    for delete in (org.delete, Org.objects.filter(pk=org.pk).delete):
        refused = pytest.raises(ProtectedError, match="request_removal")
        with refused, transaction.atomic():
            delete()
    assert Record.objects.filter(org=org).count() == 3


def test_records_that_a_late_batch_commits_go_as_well(org: Org) -> None:
    """A worker may commit until its run's row is gone; nothing is left behind."""
    retention.request_removal(org)

    def late_batch(*, sender: type[SyncRun], **_: object) -> None:
        Record.objects.create(
            org=org, sobject="Account", record_id="late", content_hash=1, data={}
        )

    pre_delete.connect(late_batch, sender=SyncRun)
    try:
        assert retention.remove(org.pk)
    finally:
        pre_delete.disconnect(late_batch, sender=SyncRun)
    assert not Record.objects.exists()


def test_what_goes_is_counted_before(org: Org) -> None:
    found = retention.belongings(org)
    assert (found.records, found.plans, found.runs, found.calls) == (3, 1, 1, 1)

"""Purging what is cached of an org that stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from project.celery import app
from sfconnector import retention, sync, tasks
from sfconnector.models import (
    AuditEvent,
    CachedResponse,
    Claim,
    Org,
    Record,
    SavedCall,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.retention import chores
from sfconnector.sync import queue
from tests.connections import bare_org


@pytest.fixture
def org(db: None) -> Org:
    return furnished(bare_org(status="disconnected"))


def furnished(org: Org) -> Org:
    """Give an org a record, an answer, and a plan that knows how far it has come."""
    SObject.objects.create(org=org, name="Account", total_count=1, live_count=1)
    SyncPlan.objects.create(
        org=org, kind="object", sobject="Account", cursor_value="2026-01-01"
    )
    Record.objects.create(
        org=org, sobject="Account", record_id="1", content_hash=1, data={}
    )
    endpoint = SyncPlan.objects.create(org=org, kind="endpoint", path="/services/data")
    CachedResponse.objects.create(plan=endpoint, status=200, fetched_at=timezone.now())
    return org


def test_the_cached_goes_and_the_org_with_its_plans_stays(org: Org) -> None:
    other = furnished(Org.objects.create(alias="other", app=org.app))
    retention.request_purge(org)
    assert retention.purge(org.pk)
    assert [record.org for record in Record.objects.all()] == [other]
    assert CachedResponse.objects.count() == 1
    assert org.plans.count() == 2
    assert SObject.objects.get(org=org).total_count == 0
    assert org.plans.get(kind="object").cursor_value == ""
    assert retention.waiting_purges() == []
    assert not Claim.objects.exists()
    event = AuditEvent.objects.get(action="records.purged")
    assert event.detail == {"records": 1, "answers": 1, "done": True}


def test_nobody_asked_nothing_goes(org: Org) -> None:
    assert not retention.purge(org.pk)
    assert Record.objects.exists()


def test_a_purge_ends_the_runs_that_still_write(org: Org) -> None:
    plan = org.plans.get(kind="object")
    soon = timezone.now() + timedelta(seconds=30)
    run = SyncRun.objects.create(plan=plan, org=org, state="running", lease_until=soon)
    retention.request_purge(org)
    assert not run.write(fetched=1)
    run.refresh_from_db()
    assert (run.state, run.fetched) == ("cancelled", 0)
    assert retention.purge(org.pk)


def test_no_run_starts_before_the_purge_is_done(org: Org) -> None:
    retention.request_purge(org)
    run = sync.request_run(org.plans.get(kind="object"))
    SyncRun.objects.update(rung_at=None)
    assert queue.claim(run.pk, worker="w") is None
    assert sync.tick().rung == 0
    retention.purge(org.pk)
    assert queue.claim(run.pk, worker="w") is not None


def test_two_workers_do_not_purge_the_same_org(org: Org) -> None:
    retention.request_purge(org)
    assert chores.take("purge", org.pk)
    assert retention.waiting_purges() == []
    assert not retention.purge(org.pk)
    assert Record.objects.exists()


def test_a_purge_that_is_stopped_is_taken_up_again(org: Org) -> None:
    retention.request_purge(org)
    assert not retention.purge(org.pk, should_stop=lambda: True)
    assert retention.waiting_purges() == [org.pk]
    assert retention.purge(org.pk)


def test_a_long_purge_says_that_it_lives(org: Org) -> None:
    retention.request_purge(org)
    claim = chores.take("purge", org.pk)
    assert claim
    Claim.objects.update(taken_at=timezone.now() - 2 * chores.SILENT)
    with chores.step(claim):
        pass
    assert retention.waiting_purges() == []


@pytest.fixture
def eager() -> Iterator[None]:
    """Work on each message where it is sent."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_the_tick_hands_it_to_a_worker(org: Org, eager: None) -> None:
    tasks.tick()
    assert Record.objects.exists()
    retention.request_purge(org)
    tasks.tick()
    assert not Record.objects.exists()


def test_housekeeping_forgets_old_calls_of_the_explorer(
    org: Org, django_user_model: type
) -> None:
    user = django_user_model.objects.create_user("a")
    for name, history, days in (("old", True, 91), ("new", True, 89), ("", False, 91)):
        call = SavedCall.objects.create(
            org=org, user=user, path=f"/{name}", is_history=history
        )
        moment = timezone.now() - timedelta(days=days)
        SavedCall.objects.filter(pk=call.pk).update(at=moment)
    assert retention.look_after().explorer == 1
    assert set(SavedCall.objects.values_list("path", flat=True)) == {"/new", "/"}

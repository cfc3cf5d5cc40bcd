from __future__ import annotations

import pytest
from django.db import connections

from sfconnector import sync
from sfconnector.models import CachedResponse, Record, SObject, SyncPlan, SyncRun
from sfconnector.sync.work import pipe
from tests.sync.conftest import cached_ids, change, live_ids, run

State = SyncRun.State


def test_a_first_run_caches_every_record_whole(org, simulated):
    plan = sync.plan_object(org, sobject="account", mode="rest")
    assert plan.sobject == "account"
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    row = Record.objects.of(org, "Account").first()
    sent = simulated.records.store.get("Account", row.record_id)
    assert row.data["Name"] == sent["Name"]
    assert row.data["attributes"]["type"] == "Account"
    plan.refresh_from_db()
    assert plan.sobject == done.sobject == "Account"
    deleted = Record.objects.of(org, "Account").filter(state=Record.State.DELETED)
    assert deleted.exists()
    assert done.fetched == done.created == done.expected == 450 + deleted.count()
    sobject = SObject.objects.get(org=org, name="Account")
    assert (sobject.live_count, sobject.total_count) == (450, done.fetched)


def test_a_second_run_writes_only_what_changed(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    run(plan)
    changed = next(iter(live_ids(simulated, "Account")))
    change(simulated, "Account", changed, Name="Renamed")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert not done.is_full
    assert (done.created, done.updated) == (0, 1)
    assert Record.objects.get(record_id=changed).data["Name"] == "Renamed"


def test_an_endpoint_plan_keeps_the_answer(org, simulated):
    plan = sync.plan_endpoint(org, path="/services/data/v39.0/sobjects/account")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    answer = CachedResponse.objects.get()
    assert answer.status == 200
    assert answer.body["objectDescribe"]["name"] == "Account"
    assert answer.fetched_at


def test_a_refused_endpoint_is_kept_and_fails_with_a_remedy(org):
    plan = sync.plan_endpoint(org, path="/services/data/v39.0/sobjects/Nothing__c")
    done = run(plan)
    assert (done.state, done.error_code) == (State.FAILED, "NOT_FOUND")
    assert done.remedy
    answer = CachedResponse.objects.get()
    assert (answer.status, answer.body[0]["errorCode"]) == (404, "NOT_FOUND")


def test_of_refusals_no_more_are_kept_than_of_answers(org, settings):
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, "CACHED_ANSWERS_KEPT": 2}
    plan = sync.plan_endpoint(org, path="/services/data/v39.0/sobjects/Nothing__c")
    for _ in range(3):
        run(plan)
    assert CachedResponse.objects.filter(plan=plan).count() == 2


def test_a_soql_plan_keeps_its_rows(org):
    plan = sync.plan_soql(org, soql="SELECT Id, Name FROM Account LIMIT 250")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(CachedResponse.objects.get().body["records"]) == 250


def test_an_org_that_is_not_connected_fails_clearly(org):
    from sfconnector import orgs

    plan = sync.plan_object(org, sobject="Account")
    orgs.disconnect(org)
    done = run(plan)
    assert done.state == State.FAILED
    assert "connect" in (done.error_text + done.remedy).lower()


def test_a_plan_runs_once_at_a_time(org):
    plan = sync.plan_object(org, sobject="Account")
    first = sync.request_run(plan)
    assert sync.request_run(plan) == first
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize("kind", ["full", "changes"])
def test_a_run_cancelled_between_batches_keeps_what_it_has(
    org, simulated, kind, monkeypatch
):
    monkeypatch.setattr(pipe, "GATHER_SECONDS", 0)
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    if kind == "changes":
        run(plan)
        SyncPlan.objects.update(cursor_value="2000-01-01T00:00:00.000+0000")
    queued = sync.request_run(plan)

    def cancel(request, response):
        if "-200" in request.path:
            sync.cancel(SyncRun.objects.get(pk=queued.pk))
            connections.close_all()

    simulated.before_send.append(cancel)
    sync.execute(queued.pk, worker="test")
    queued.refresh_from_db()
    assert queued.state == State.CANCELLED
    assert 0 < queued.fetched < 450
    before = SyncPlan.objects.get().cursor_value
    simulated.before_send.clear()
    assert run(plan).state == State.SUCCEEDED
    assert SyncPlan.objects.get().cursor_value > before
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")

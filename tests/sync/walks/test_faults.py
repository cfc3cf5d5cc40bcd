"""What goes wrong on the wire and in the org: F10 to F14, F22, F23, F35 to F40, F43."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from sfconnector import catalog, sync
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import (
    ApiUsage,
    Org,
    Record,
    RunLogLine,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.sync import moments
from tests.connections import reachable, settings_with
from tests.sync.conftest import (
    change,
    connected,
    is_whole,
    live_ids,
    run,
    to_the_end,
)

pytestmark = pytest.mark.usefixtures("hasty")
State = SyncRun.State
PAGE = "/services/data/v*/query/*"


# F10: limits ---------------------------------------------------------------------


def test_a_spent_daily_limit_parks_the_run_and_the_org_but_no_other(
    plan, org, simulated, salesforce_orgs
):
    simulated.faults.add(PAGE, refuse="request_limit", nth=2)
    done = run(plan)
    assert done.state == State.PARKED
    assert done.parked_until > timezone.now() + timedelta(minutes=5)
    assert ApiUsage.objects.get(org=org).exhausted_until
    before = len(simulated.requests)
    other = sync.plan_object(org, sobject="Contact", mode="rest")
    catalog_calls = len(simulated.requests) - before
    assert run(other).state == State.PARKED
    assert len(simulated.requests) - before - catalog_calls <= 1
    ApiUsage.objects.update(exhausted_until=None)
    assert to_the_end(done).state == State.SUCCEEDED
    assert is_whole(org, simulated)


def test_background_work_stops_at_its_daily_share_and_resumes(
    plan, org, simulated, settings
):
    settings.SFCONNECTOR = settings_with(
        EXTRA_HOSTS=settings.SFCONNECTOR["EXTRA_HOSTS"], DAILY_SHARE=0.5
    )
    simulated.limits.daily_api_requests = 32
    simulated.limits.used = 13
    done = run(plan)
    assert done.state == State.PARKED
    assert "background work" in RunLogLine.objects.filter(run=done).last().text
    # Pages asked for ahead were under way when the share was spent; no more than those.
    assert simulated.limits.used < 26
    simulated.limits.reset()
    ApiUsage.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    simulated.limits.daily_api_requests = 100_000
    assert to_the_end(done).state == State.SUCCEEDED
    assert is_whole(org, simulated)


def test_one_run_may_spend_only_its_share(plan, org, simulated, settings):
    settings.SFCONNECTOR = settings_with(
        EXTRA_HOSTS=settings.SFCONNECTOR["EXTRA_HOSTS"], RUN_SHARE=0.02
    )
    simulated.limits.daily_api_requests = 100
    done = run(plan)
    assert done.state == State.PARKED
    assert "one run may" in RunLogLine.objects.filter(run=done).last().text


def test_too_many_requests_at_once_only_pause_the_run(plan, org, simulated):
    simulated.faults.add(PAGE, refuse="concurrent_limit", times=20)
    done = run(plan)
    assert done.state == State.PARKED
    assert not ApiUsage.objects.filter(exhausted_until__isnull=False).exists()
    simulated.faults.clear()
    assert to_the_end(done).state == State.SUCCEEDED


# F11 – F14: paging ----------------------------------------------------------------


def test_a_dead_locator_goes_on_from_the_checkpoint(plan, org, simulated):
    simulated.faults.add(PAGE, nth=3, action="kill_locators")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert is_whole(org, simulated)
    assert done.fetched == Record.objects.count()


def test_a_query_that_takes_too_long_is_read_in_windows(plan, org, simulated):
    simulated.faults.add("*/queryAll*", refuse="query_timeout", times=2)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert is_whole(org, simulated)


def test_a_query_that_always_takes_too_long_fails_with_advice(plan, simulated):
    simulated.faults.add("*/queryAll*", refuse="query_timeout")
    done = run(plan)
    assert (done.state, done.error_code) == (State.FAILED, "QUERY_TIMEOUT")
    assert "Bulk" in done.remedy
    assert Record.objects.count() == 0


@pytest.mark.parametrize("refusal", ["uri_too_long", "headers_too_long"])
def test_an_address_too_long_is_split_over_fields(plan, org, simulated, refusal):
    simulated.faults.add("*/queryAll*", refuse=refusal, times=1)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert is_whole(org, simulated)
    row = Record.objects.first()
    names = SObject.objects.get(name="Account").sfields.exclude(type="base64")
    assert set(row.data) >= set(names.values_list("name", flat=True))


def test_five_thousand_equal_stamps_are_all_read(simulated, org):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    run(plan)
    stamp = "2026-01-01T00:00:00.000+0000"
    store = simulated.records.store
    for one in live_ids(simulated, "Account"):
        store.overwrite("Account", one, {"SystemModstamp": stamp, "Site": "equal"})
    SyncPlan.objects.update(cursor_value=stamp, overlap_minutes=0)
    simulated.faults.add(PAGE, nth=[2, 4], action="kill_locators")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert Record.objects.live().filter(data__Site="equal").count() == 450


def test_records_changed_while_paging_are_read_by_the_next_run(plan, org, simulated):
    ids = sorted(live_ids(simulated, "Account"))
    simulated.before_send.append(
        lambda request, _response: (
            change(simulated, "Account", ids[3], Name=f"{len(simulated.requests)}")
            if request.path.endswith(("-200", "-300"))
            else None
        )
    )
    assert run(plan).state == State.SUCCEEDED
    simulated.before_send.clear()
    assert run(plan).state == State.SUCCEEDED
    row = Record.objects.get(record_id=ids[3])
    assert row.data["Name"] == simulated.records.store.get("Account", ids[3])["Name"]


def test_a_record_committed_late_is_found_within_the_overlap(plan, org, simulated):
    run(plan)
    one, two = sorted(live_ids(simulated, "Account"))[:2]
    change(simulated, "Account", one, Name="On time")
    run(plan)
    cursor = SyncPlan.objects.get().cursor_value
    late = moments.parse_stamp(cursor) - timedelta(minutes=5)
    simulated.records.store.overwrite(
        "Account",
        two,
        {"Name": "Late", "SystemModstamp": late.strftime("%Y-%m-%dT%H:%M:%S.000+0000")},
    )
    done = run(plan)
    assert done.updated == 1
    assert Record.objects.get(record_id=two).data["Name"] == "Late"


# F22, F23: the org changes ---------------------------------------------------------


def test_a_field_removed_during_the_run_is_dropped_with_a_warning(plan, org, simulated):
    simulated.faults.add(
        PAGE,
        nth=2,
        action="remove_field",
        arguments={"sobject": "Account", "field": "Fax"},
        refuse="invalid_locator",
    )
    done = run(plan)
    assert done.state == State.WARNINGS, done.error_text
    assert "Fax" in done.warnings[0]
    assert is_whole(org, simulated)
    last = Record.objects.live().order_by("-record_id").first()
    assert "Fax" not in last.data
    assert run(plan).state == State.SUCCEEDED


def test_a_field_removed_between_runs_keeps_what_was_cached(plan, org, simulated):
    run(plan)
    one = sorted(live_ids(simulated, "Account"))[0]
    had = Record.objects.get(record_id=one).data["Fax"]
    simulated.records.schema.remove_field("Account", "Fax")
    done = run(plan)
    assert done.state == State.WARNINGS
    assert not done.is_full
    assert Record.objects.get(record_id=one).data["Fax"] == had


def test_new_fields_follow_the_plans_policy(plan, org, simulated):
    run(plan)
    simulated.records.add_field("Account", "Colour__c")
    catalog.describe(org, sobject="Account", force=True)
    done = run(plan)
    assert not done.is_full
    plan.refresh_from_db()
    assert sync.unread_fields(plan) == ["Colour__c"]
    sync.backfill(plan)
    done = run(plan)
    assert done.is_full
    assert "Colour__c" in Record.objects.live().first().data
    plan.refresh_from_db()
    assert sync.unread_fields(plan) == []
    assert not run(plan).is_full
    SyncPlan.objects.update(drift_policy="add")
    simulated.records.add_field("Account", "Size__c")
    catalog.describe(org, sobject="Account", force=True)
    done = run(plan)
    assert done.is_full
    assert "Size__c" in Record.objects.live().first().data
    SyncPlan.objects.update(drift_policy="pause")
    simulated.records.add_field("Account", "Shape__c")
    catalog.describe(org, sobject="Account", force=True)
    plan.refresh_from_db()
    assert "Shape__c" in plan.paused_reason


def test_a_lost_permission_fails_that_object_alone(plan, org, simulated):
    contacts = sync.plan_object(org, sobject="Contact", mode="rest")
    run(plan)
    simulated.user.hide("Account")
    done = run(plan)
    assert done.state == State.FAILED
    assert done.error_code in ("INVALID_TYPE", "INSUFFICIENT_ACCESS")
    assert done.remedy
    assert run(contacts).state == State.SUCCEEDED
    assert Record.objects.of(org, "Account").live().count() == 450


def test_an_object_nobody_knows_fails_clearly(org):
    done = run(sync.plan_object(org, sobject="Nothing__c"))
    assert done.state == State.FAILED
    assert done.error_text
    assert done.remedy


def test_a_filter_that_is_more_than_a_condition_is_refused(org, simulated):
    before = len(simulated.requests)
    asked = {"sobject": "Account", "where": "Name != '' ORDER BY Name LIMIT 1"}
    with pytest.raises(InvalidRequest, match="ORDER"):
        sync.plan_object(org, **asked)
    done = run(SyncPlan.objects.create(org=org, kind="object", **asked))
    assert done.state == State.FAILED
    assert "ORDER" in done.error_text
    assert not [r for r in list(simulated.requests)[before:] if "/query" in r.path]


# F35 – F40, F43 --------------------------------------------------------------------


@pytest.mark.parametrize("offset", [-600, 600, 86_400])
def test_only_the_orgs_clock_counts(plan, org, simulated, offset):
    simulated.clock.offset = offset
    run(plan)
    one = sorted(live_ids(simulated, "Account"))[0]
    change(simulated, "Account", one, Name="After")
    done = run(plan)
    assert not done.is_full
    assert Record.objects.get(record_id=one).data["Name"] == "After"


def test_an_answer_that_drips_ends_at_the_deadline(plan, simulated, settings):
    settings.SFCONNECTOR = settings_with(
        EXTRA_HOSTS=settings.SFCONNECTOR["EXTRA_HOSTS"],
        READ_TIMEOUT=1.0,
        TOTAL_TIMEOUT=1.5,
    )
    simulated.faults.add("*/queryAll*", drip=0.4)
    began = timezone.now()
    done = run(plan)
    assert done.state == State.PARKED
    assert timezone.now() - began < timedelta(seconds=60)


def test_an_org_deleted_during_the_run_cancels_it(plan, org, simulated):
    def delete(request, _response):
        if request.path.endswith("-200"):
            Org.objects.update(deletion_requested_at=timezone.now())
            connections.close_all()

    simulated.before_send.append(delete)
    assert run(plan).state == State.CANCELLED


def test_a_run_deleted_during_the_run_ends_quietly(plan, org, simulated):
    def delete(request, _response):
        if request.path.endswith("-200"):
            SyncRun.objects.all().delete()
            connections.close_all()

    simulated.before_send.append(delete)
    queued = sync.request_run(plan)
    assert sync.execute(queued.pk, worker="test") is None


def test_a_retired_version_fails_with_advice(plan, simulated):
    simulated.faults.add("*/queryAll*", refuse="gone")
    done = run(plan)
    assert (done.state, done.error_code) == (State.FAILED, "GONE")
    assert "version" in done.remedy


def test_an_endpoint_of_a_version_the_org_does_not_offer_is_refused(org):
    path = "/services/data/v999.0/sobjects/Account"
    with pytest.raises(InvalidRequest, match=r"999\.0"):
        sync.plan_endpoint(org, path=path)
    done = run(SyncPlan.objects.create(org=org, kind="endpoint", path=path))
    assert done.state == State.FAILED
    assert "999.0" in done.error_text


def test_a_read_only_org_can_be_read(plan, org, simulated):
    simulated.faults.add("*", method="POST", refuse="read_only")
    simulated.faults.add("*", method="PATCH", refuse="read_only")
    assert run(plan).state == State.SUCCEEDED
    assert is_whole(org, simulated)


def test_one_broken_org_leaves_the_others_alone(org, simulated, salesforce_orgs, plan):
    second = salesforce_orgs("Second", records={"Account": 20})
    with reachable(simulated, second):
        other = connected(second)
        simulated.faults.add("*", refuse="maintenance")
        assert run(plan).state == State.PARKED
        done = run(sync.plan_object(other, sobject="Account"))
        assert done.state in (State.SUCCEEDED, State.WARNINGS)
        assert is_whole(other, second)

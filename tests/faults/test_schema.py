"""The org's schema and what our user may see change under a plan (F22, F23, F40, F43)."""

from __future__ import annotations

import pytest

from sfconnector import sync
from sfconnector.models import Org, Record, SField, SObject, SyncPlan, SyncRun
from tests.faults.evidence import assert_whole, queries
from tests.sync.conftest import change, live_ids, run

State = SyncRun.State


@pytest.fixture
def rated(simulated) -> None:
    """A custom field that the test will take away."""
    simulated.records.add_field("Account", "Rating__c")


@pytest.fixture
def wide_plan(rated, org) -> SyncPlan:
    """A plan of every readable field."""
    return sync.plan_object(org, sobject="Account", mode="rest")


def test_a_field_removed_before_a_run_is_dropped_with_a_warning(
    wide_plan, org, simulated
):
    """F22: cached rows keep the value that the org no longer has."""
    one = sorted(live_ids(simulated, "Account"))[0]
    change(simulated, "Account", one, Rating__c="high")
    assert run(wide_plan).state == State.SUCCEEDED
    simulated.clock.advance(3_600)
    change(simulated, "Account", sorted(live_ids(simulated, "Account"))[1], Name="New")
    assert run(wide_plan).state == State.SUCCEEDED
    simulated.records.schema.remove_field("Account", "Rating__c")
    done = run(wide_plan)
    assert done.state == State.WARNINGS, done.error_text
    assert "Rating__c" in str(done.warnings)
    assert Record.objects.get(record_id=one).data["Rating__c"] == "high"
    assert not SField.objects.filter(name="Rating__c").exists()
    assert run(wide_plan).state == State.SUCCEEDED


def test_a_field_removed_between_pages_does_not_stop_a_first_run(
    wide_plan, org, simulated
):
    """F22: INVALID_FIELD after a restart describes anew once and goes on."""
    simulated.faults.add(
        "*/query/*",
        nth=3,
        action="remove_field",
        arguments={"sobject": "Account", "field": "Rating__c"},
        refuse="invalid_locator",
    )
    done = run(wide_plan)
    assert done.state == State.WARNINGS, done.error_text
    assert "Rating__c" in str(done.warnings)
    simulated.faults.clear()
    assert done.fetched == done.created == Record.objects.count()
    assert "Rating__c" not in SyncPlan.objects.get().fields_read
    ids = set(Record.objects.live().values_list("record_id", flat=True))
    assert ids == live_ids(simulated, "Account")


def test_a_field_hidden_between_pages_is_treated_alike(wide_plan, org, simulated):
    """F22: for our user a hidden field is one that does not exist."""
    simulated.faults.add(
        "*/query/*",
        nth=3,
        action="hide",
        arguments={"names": ["Account.Phone"]},
        refuse="invalid_locator",
    )
    done = run(wide_plan)
    assert done.state == State.WARNINGS, done.error_text
    assert "Phone" in str(done.warnings)
    assert Record.objects.live().count() == 450


def test_a_chosen_field_that_vanished_is_named_and_the_rest_is_read(
    plan, org, simulated
):
    """F22: for plans with a field list of their own."""
    assert run(plan).state == State.SUCCEEDED
    simulated.records.schema.remove_field("Account", "Industry")
    for full in (True, False):  # found out, and known from then on
        done = run(plan, full=full)
        assert done.state == State.WARNINGS, done.error_text
        assert "Industry" in str(done.warnings)
    assert Record.objects.live().count() == 450


def test_a_filter_on_a_field_that_vanished_fails_and_deletes_nothing(org, simulated):
    """F22: what a filter means without its field, only a person can say."""
    plan = sync.plan_object(
        org, sobject="Account", mode="rest", where="Industry != 'Banking'"
    )
    assert run(plan).state == State.SUCCEEDED
    before = Record.objects.live().count()
    simulated.records.schema.remove_field("Account", "Industry")
    done = run(plan, full=True)
    assert done.state == State.FAILED
    assert done.error_code == "INVALID_FIELD"
    assert "Industry" in done.error_text
    assert done.remedy
    assert Record.objects.live().count() == before > 0


def test_a_type_that_changes_between_runs_is_cached_as_it_comes(
    wide_plan, org, simulated
):
    """F22: the describe is kept anew, the rows as the org sends them."""
    run(wide_plan)
    simulated.clock.advance(60)
    simulated.records.schema.change_field("Account", "Rating__c", label="Grade")
    SObject.objects.update(described_at=None)
    one = sorted(live_ids(simulated, "Account"))[0]
    change(simulated, "Account", one, Rating__c="A")
    assert run(wide_plan).updated == 1
    assert SField.objects.get(name="Rating__c").label == "Grade"
    assert_whole(org, simulated)


@pytest.mark.parametrize("refusal", ["insufficient_access", "invalid_type"])
def test_a_lost_permission_fails_that_object_and_deletes_nothing(
    plan, org, simulated, refusal
):
    """F23: the other objects of the org go on."""
    assert run(plan).state == State.SUCCEEDED
    before = Record.objects.live().count()
    cursor = SyncPlan.objects.get().cursor_value
    simulated.faults.add("*/query*", contains="FROM Account", refuse=refusal)
    for full in (False, True):
        done = run(plan, full=full)
        assert done.state == State.FAILED
        assert done.error_code in ("INSUFFICIENT_ACCESS", "INVALID_TYPE")
        assert done.error_text
        assert done.remedy
    assert SyncPlan.objects.get(pk=plan.pk).cursor_value == cursor
    assert Record.objects.of(org, "Account").live().count() == before
    other = run(sync.plan_object(org, sobject="Contact", mode="rest"))
    assert other.state == State.SUCCEEDED, other.error_text
    assert_whole(org, simulated, "Contact")


def test_an_object_hidden_between_pages_keeps_what_was_read(plan, org, simulated):
    """F23: lost on the fourth page; nothing is marked deleted, nothing is done."""
    simulated.faults.add(
        "*/query/*", nth=3, action="hide", arguments={"names": ["Account"]},
        refuse="invalid_locator",
    )  # fmt: skip
    done = run(plan)
    assert done.state == State.FAILED
    assert done.error_code == "INVALID_TYPE"
    assert (
        done.fetched
        == Record.objects.live().count()
        + Record.objects.filter(state=Record.State.DELETED).count()
    )
    assert SyncPlan.objects.get().cursor_value == ""
    simulated.user.reveal("Account")
    simulated.faults.clear()
    assert run(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)


def test_a_hidden_object_is_not_taken_for_an_empty_one(plan, org, simulated):
    """F23: records that our user may not see any more are not deleted."""
    run(plan)
    simulated.user.hide("Account")
    assert run(plan, full=True).state == State.FAILED
    assert Record.objects.live().count() == 450


def test_a_user_without_the_api_fails_with_who_must_act(plan, org, simulated):
    """F23: the whole org is shut; the run says what its administrator must do."""
    run(plan)
    simulated.user.api_enabled = False
    done = run(plan)
    assert done.state == State.FAILED
    assert "API Enabled" in done.remedy
    simulated.user.api_enabled = True
    assert run(plan).state == State.SUCCEEDED


def test_a_retired_version_fails_with_the_version_to_choose(plan, org, simulated):
    """F40: 410; once a newer one is chosen it goes on."""
    Org.objects.update(api_version="20.0")
    plan.org.refresh_from_db()
    done = run(plan)
    assert done.state == State.FAILED
    assert "version" in (done.error_text + done.remedy)
    assert done.remedy
    assert not queries(simulated) or Record.objects.count() == 0
    Org.objects.update(api_version="")
    assert run(SyncPlan.objects.get()).state == State.SUCCEEDED
    assert_whole(org, simulated)


@pytest.mark.parametrize("refusal", ["gone", "not_found"])
def test_a_version_retired_while_pages_are_read_ends_the_run(
    plan, org, simulated, refusal
):
    """F40: neither 410 nor 404 is tried again, and nothing is lost for it."""
    fault = simulated.faults.add("*/query/*-150", refuse=refusal)
    done = run(plan)
    assert done.state == State.FAILED
    assert fault.fired == 1
    assert "version" in done.remedy
    assert done.fetched == Record.objects.count() == 150
    simulated.faults.clear()
    assert run(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)


def test_an_org_in_maintenance_is_still_read(plan, org, simulated):
    """F43: read-only means that reading goes on; by Bulk it does not, REST steps in."""
    simulated.read_only = True
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)

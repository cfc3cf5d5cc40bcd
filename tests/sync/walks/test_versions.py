"""Orgs that are pinned to an old API version are read like any other."""

from __future__ import annotations

import pytest

from sfconnector import sync
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from tests.connections import settings_with
from tests.sync.conftest import cached_ids, change, live_ids, run

State = SyncRun.State


@pytest.fixture
def pinned(org, settings, version) -> Org:
    settings.SFCONNECTOR = settings_with(BULK_THRESHOLD=100)
    Org.objects.update(api_version=version)
    org.refresh_from_db()
    return org


@pytest.mark.parametrize("mode", ["bulk", "auto"])
@pytest.mark.parametrize(
    ("version", "api"), [("45.0", "rest"), ("46.0", "rest"), ("49.0", "bulk")]
)
def test_an_old_version_is_read_by_what_it_has(pinned, simulated, mode, version, api):
    """F49: query jobs begin with 47, and up to 49 columns come by the alphabet."""
    plan = sync.plan_object(pinned, sobject="Account", mode=mode)
    done = run(plan)
    assert (done.state, done.mode) == (State.SUCCEEDED, api), done.error_text
    assert cached_ids(pinned, "Account") == live_ids(simulated, "Account")
    for one in sorted(live_ids(simulated, "Account"))[:120]:
        change(simulated, "Account", one, Name="Changed")
    done = run(plan)
    assert (done.state, done.updated, done.mode) == (State.SUCCEEDED, 120, api)
    assert not any("/v47.0/" in one.path for one in simulated.requests)


@pytest.mark.parametrize("version", ["46.0"])
def test_where_there_are_no_query_jobs_none_is_asked_for(pinned, simulated, version):
    run(sync.plan_object(pinned, sobject="Account", mode="bulk"))
    assert not any("/jobs/" in one.path for one in simulated.requests)


def test_query_jobs_that_are_not_there_are_no_end(org, simulated):
    simulated.faults.add("*/jobs/query", method="POST", refuse="not_found")
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert (done.state, done.mode) == (State.SUCCEEDED, "rest"), done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_custom_address_is_the_same_by_both_ways(org, simulated):
    """Its parts have names of their own, and it has not all that others have."""
    simulated.records.add_field("Account", "Depot__c", kind="address")
    one, other = sorted(live_ids(simulated, "Account"))[:2]
    parts = {"PostalCode": "20095", "CountryCode": "DE", "Latitude": 53.5}
    named = {f"Depot__{key}__s": value for key, value in parts.items()}
    change(simulated, "Account", one, **named)
    plan = sync.plan_object(
        org, sobject="Account", mode="rest", fields=["Depot__c", "BillingAddress"]
    )
    assert run(plan).state == State.SUCCEEDED
    by_rest = dict(Record.objects.values_list("record_id", "data"))
    assert by_rest[one]["Depot__c"]["postalCode"] == "20095"
    assert by_rest[other]["Depot__c"] is None
    SyncPlan.objects.update(mode="bulk")
    done = run(plan, full=True)
    assert (done.mode, done.updated, done.unchanged) == ("bulk", 0, done.fetched)
    assert dict(Record.objects.values_list("record_id", "data")) == by_rest

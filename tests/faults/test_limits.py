"""The org's limits: daily calls, too many at once, our own shares (F10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import ApiCall, ApiUsage, Record, SyncPlan, SyncRun
from tests.connections import reachable
from tests.faults.conftest import COUNTS, FIELDS, PAGE
from tests.faults.evidence import assert_whole, queries, run_now
from tests.sync.conftest import connected, run

State = SyncRun.State


def reset(simulated) -> None:
    """Let the org's window roll, for us as well."""
    simulated.limits.reset()
    ApiUsage.objects.update(exhausted_until=None, used=0)


def test_a_used_up_day_parks_the_run_and_stops_all_calls(plan, org, simulated):
    """F10: what was read stays, nothing is sent until the limit frees."""
    simulated.faults.add("*/query/*-150", times=1, action="exhaust_limit")
    parked = run(plan)
    assert parked.state == State.PARKED
    assert parked.parked_until > timezone.now() + timedelta(minutes=5)
    assert Record.objects.count() == parked.fetched == 150
    assert parked.log.filter(text__contains="Rests until").exists()
    sent = len(simulated.requests)
    other = sync.plan_object(org, sobject="Contact", mode="rest")
    resting = run(other)
    assert resting.state == State.PARKED
    assert resting.fetched == 0
    assert sync.tick().rung == 0
    assert len(simulated.requests) == sent
    reset(simulated)
    done = run_now(plan)
    assert done == parked
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(queries(simulated, since=sent)) == 7
    assert run_now(other).state == State.SUCCEEDED
    assert_whole(org, simulated)


def test_a_parked_run_is_rung_by_itself_when_its_time_has_come(plan, org, simulated):
    """F10: nobody has to look."""
    simulated.limits.exhaust()
    parked = run(plan)
    assert parked.state == State.PARKED
    assert sync.tick(parked.parked_until - timedelta(seconds=1)).rung == 0
    assert sync.tick(parked.parked_until + timedelta(seconds=1)).rung == 1


def test_an_exhausted_org_leaves_the_others_alone(
    plan, org, simulated, salesforce_orgs
):
    """F10: limits are of one org."""
    other = salesforce_orgs("Other", records=COUNTS, page_size=PAGE)
    simulated.limits.exhaust()
    with reachable(simulated, other):
        second = connected(other, alias="other")
        assert run(plan).state == State.PARKED
        done = run(sync.plan_object(second, sobject="Contact", mode="rest"))
        assert done.state in (State.SUCCEEDED, State.WARNINGS), done.error_text
        assert_whole(second, other, "Contact")


def test_background_work_leaves_a_fifth_of_the_day_to_people(plan, org, simulated):
    """F10: at 80 % it rests, though the org would still answer."""
    simulated.limits.daily_api_requests = 1_000
    simulated.limits.used = 797
    parked = run(plan)
    assert parked.state == State.PARKED
    assert "80%" in parked.log.last().text
    assert 800 <= simulated.limits.used <= 815
    assert parked.fetched == Record.objects.count()
    reset(simulated)
    assert run_now(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)


def test_one_run_may_not_eat_the_day(plan, org, simulated):
    """F10: a quarter of the calls for one run, then it goes on tomorrow."""
    simulated.limits.daily_api_requests = 40
    simulated.limits.used = 0
    simulated.page_size = 20
    parked = run(plan)
    assert parked.state == State.PARKED
    assert "25%" in parked.log.last().text
    assert parked.api_calls <= 20
    assert 0 < parked.fetched < COUNTS["Account"]
    for _ in range(12):
        yesterday = timezone.now() - timedelta(hours=25)
        ApiCall.objects.update(at=yesterday)
        SyncRun.objects.update(started_at=yesterday)
        simulated.limits.reset()
        done = run_now(plan)
        assert done == parked
        if done.state != State.PARKED:
            break
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


@pytest.mark.parametrize(
    ("refusal", "more"),
    [
        ("concurrent_limit", {}),
        ("too_many_requests", {"headers": {"Retry-After": "120"}}),
        ("request_limit", {}),
    ],
)
def test_each_kind_of_limit_rests_and_goes_on_from_its_place(
    plan, org, simulated, refusal, more
):
    """F10: 429 and both kinds of REQUEST_LIMIT_EXCEEDED."""
    fault = simulated.faults.add("*/query/*-150", times=1, refuse=refusal, **more)
    parked = run(plan)
    assert parked.state == State.PARKED
    assert fault.fired == 1
    assert parked.fetched == Record.objects.count() == 150
    assert timezone.now() < parked.parked_until < timezone.now() + timedelta(hours=2)
    reset(simulated)
    done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.fetched == done.created == done.expected
    assert_whole(org, simulated)


def test_a_limit_met_at_the_very_first_call_costs_no_attempt(
    org, salesforce_orgs, simulated
):
    """F10: however often it rests, it is not mistaken for a crash."""
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    simulated.limits.exhaust()
    for _ in range(5):
        ApiUsage.objects.update(exhausted_until=None)
        parked = run_now(plan)
        assert parked.state == State.PARKED
    assert parked.attempts == 0
    reset(simulated)
    assert run_now(plan).state == State.SUCCEEDED
    assert SyncPlan.objects.get().failures_in_a_row == 0


def test_an_org_that_asks_for_patience_is_left_alone_for_so_long(plan, org, simulated):
    """F10 (and F09): Retry-After counts, with 503 as well."""
    simulated.faults.add(
        "*/query/*-150", times=1, status=503, headers={"Retry-After": "300"}
    )
    parked = run(plan)
    assert parked.state == State.PARKED
    assert parked.parked_until > timezone.now() + timedelta(seconds=290)
    assert run_now(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)

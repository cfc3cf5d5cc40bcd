"""Clocks that differ, many orgs, slow orgs and orgs that go away (F35, F36, F38)."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone

from sfconnector import orgs, signals, sync
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from tests.connections import app_of, settings_with
from tests.faults.conftest import PAGE
from tests.faults.evidence import assert_whole, queries
from tests.faults.processes import wait_until
from tests.sync.conftest import change, connected, live_ids, run

State = SyncRun.State


@pytest.mark.parametrize("minutes", [-600, -10, 10, 600])
def test_only_the_orgs_clock_decides_what_was_read(plan, org, simulated, minutes):
    """F35: ten minutes or ten hours away from ours, before and after a change."""
    simulated.clock.advance(minutes * 60)
    assert run(plan).state == State.SUCCEEDED
    for name in ("First", "Second"):
        simulated.clock.advance(60)
        one = sorted(live_ids(simulated, "Account"))[3]
        change(simulated, "Account", one, Name=name)
        done = run(plan)
        assert not done.is_full
        assert done.updated == 1
    assert_whole(org, simulated)


def test_a_clock_that_is_set_back_loses_no_change(plan, org, simulated):
    """F35: the cursor never goes back, the overlap covers what clocks do."""
    run(plan)
    cursor = SyncPlan.objects.get().cursor_value
    simulated.clock.advance(-300)
    one = sorted(live_ids(simulated, "Account"))[3]
    change(simulated, "Account", one, Name="Before")
    assert run(plan).updated == 1
    assert SyncPlan.objects.get().cursor_value == cursor
    assert_whole(org, simulated)


def many_orgs(simulated, number: int) -> list[SyncPlan]:
    """Enter many orgs with two due plans each, without connecting them."""
    app = app_of(simulated, name="Many")
    rows = [
        Org(alias=f"org-{n}", app=app, connected_at=timezone.now())
        for n in range(number)
    ]
    Org.objects.bulk_create(rows)
    plans = [
        SyncPlan(org=row, sobject=name) for row in rows for name in ("Account", "Lead")
    ]
    return SyncPlan.objects.bulk_create(plans)


def test_a_hundred_and_fifty_orgs_get_their_turn_one_after_the_other(
    simulated, transactional_db, django_assert_max_num_queries
):
    """F36: nobody's second run comes before everybody's first."""
    plans = many_orgs(simulated, 150)
    SyncRun.objects.bulk_create(
        SyncRun(plan=one, org=one.org, sobject=one.sobject) for one in plans
    )
    rung: list[int] = []

    def note(*, run_id, **_):
        rung.append(run_id)

    signals.run_queued.connect(note)
    try:
        with django_assert_max_num_queries(15):  # for 150 orgs
            first = sync.tick()
        second = sync.tick()
    finally:
        signals.run_queued.disconnect(note)
    assert first.rung + second.rung == len(set(rung)) == 300
    owners = dict(SyncRun.objects.values_list("pk", "org_id"))
    assert len({owners[one] for one in rung[:150]}) == 150


def test_a_tick_over_many_orgs_asks_the_database_no_more_than_over_few(
    simulated, transactional_db, django_assert_max_num_queries
):
    """F36: nothing is due, nothing waits."""
    many_orgs(simulated, 150)
    sync.tick()
    with django_assert_max_num_queries(12):
        sync.tick()


def test_a_slow_org_holds_no_more_than_its_places_and_nobody_else(
    org, simulated, salesforce_orgs, settings
):
    """F36: three of its runs at a time; the others wait without a worker."""
    slow = salesforce_orgs("Slow", records={"Account": 60}, page_size=PAGE)
    hosts = [one.base_url.partition("://")[2] for one in (simulated, slow)]
    settings.SFCONNECTOR = settings_with(EXTRA_HOSTS=hosts, RUNS_PER_ORG=2)
    row = connected(slow, alias="slow")
    names = ["Account", "Contact", "Lead", "Case"]
    waiting = [
        sync.request_run(sync.plan_object(row, sobject=name, mode="rest"))
        for name in names
    ]
    slow.latency_ms = 2_000

    def work(run_id):
        try:
            sync.execute(run_id, worker=f"thread-{run_id}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(one.pk,)) for one in waiting]
    for one in threads:
        one.start()
    mine = SyncRun.objects.filter(org=row)
    wait_until(lambda: mine.filter(state=State.RUNNING).count() == 2)
    quick = run(sync.plan_object(org, sobject="Contact", mode="rest"))
    assert quick.state in (State.SUCCEEDED, State.WARNINGS), quick.error_text
    assert mine.filter(state=State.RUNNING).count() == 2, "it did not wait for these"
    assert mine.filter(state=State.QUEUED).count() == 2
    slow.latency_ms = 0
    for one in threads:
        one.join()
    left = SyncRun.objects.filter(org=row, state=State.QUEUED)
    for one in left:
        sync.execute(one.pk, worker="later")
    assert not SyncRun.objects.active().exists()


def test_an_org_that_is_disconnected_between_pages_fails_with_what_to_do(
    plan, org, simulated
):
    """F38: nothing crashes, nothing is deleted, reconnecting is enough."""

    def leave(request, response):
        if request.path.endswith("-150"):
            simulated.before_send.remove(leave)
            orgs.disconnect(org)
            simulated.cursors.kill()
            connections.close_all()

    simulated.latency_ms = 100  # longer than pages gather
    simulated.before_send.append(leave)
    done = run(plan)
    simulated.latency_ms = 0
    assert done.state in (State.FAILED, State.CANCELLED)
    assert "connect" in (done.error_text + done.remedy).lower()
    # Pages that were read, but not yet written, may come too late to be kept.
    assert Record.objects.count() == done.fetched >= PAGE
    orgs.connect_headless(Org.objects.get(pk=org.pk))
    assert run(SyncPlan.objects.get()).state == State.SUCCEEDED
    assert_whole(org, simulated)


def test_a_plan_that_is_deleted_between_pages_ends_its_run_quietly(
    plan, org, simulated
):
    """F38: the run's row is gone with it; the worker lives on."""

    def remove(request, response):
        if request.path.endswith("-150"):
            simulated.before_send.remove(remove)
            SyncPlan.objects.all().delete()
            connections.close_all()

    simulated.before_send.append(remove)
    queued = sync.request_run(plan)
    assert sync.execute(queued.pk, worker="test") is None
    assert not SyncRun.objects.exists()
    assert len(queries(simulated)) < 10 or Record.objects.count() < 450


def test_a_sandbox_that_was_refreshed_meanwhile_is_not_mixed_with_the_old_one(
    plan, org, simulated
):
    """F38: another org answers under the same address; its rows do not get in."""
    run(plan)
    before = set(Record.objects.values_list("record_id", flat=True))
    simulated.refresh_sandbox(seed=9)
    done = run(plan)
    assert done.state in (State.FAILED, State.PARKED)
    assert done.error_text or done.log.exists()
    assert set(Record.objects.values_list("record_id", flat=True)) == before

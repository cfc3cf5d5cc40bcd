"""A purge beside runs, beside another purge, and cut short."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from sfconnector import retention, sync
from sfconnector.models import Claim, Org, Record, SObject, SyncPlan, SyncRun
from sfconnector.records import purging
from sfconnector.sync import runner
from tests.faults.evidence import assert_whole
from tests.protocols.conftest import Barrier
from tests.sync.conftest import run, to_the_end
from tests.threads import beside

State = SyncRun.State


def lapse() -> None:
    """Let the lease of a worker that stands still end."""
    SyncRun.objects.filter(state=State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def assert_mended_by_the_next_run(org: Org, simulated: Any, plan: SyncPlan) -> None:
    """Fail unless a run that nobody calls full makes the cache whole."""
    done = to_the_end(run(plan))
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


def test_p2_a_worker_frozen_before_its_end_sets_no_cursor_over_a_purged_cache(
    plan, org, simulated, held
):
    ending = held(runner, "_succeed")
    queued = sync.request_run(plan)
    with beside(lambda: sync.execute(queued.pk, worker="frozen")):
        ending.wait()
        lapse()
        retention.request_purge(org)
        assert retention.purge(org.pk)
        ending.let_go()
    assert SyncPlan.objects.get().cursor_value == ""
    assert not Record.objects.exists()
    assert_mended_by_the_next_run(org, simulated, plan)


def test_p2_who_asks_and_dies_leaves_no_run_that_goes_on(
    plan, org, simulated, monkeypatch
):
    """A run rests with half of its records read."""
    simulated.faults.add("*-200", status=503)
    queued = run(plan)
    assert (queued.state, queued.fetched) == (State.PARKED, 200)
    simulated.faults.clear()

    def die(self: SyncRun) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SyncRun, "request_cancel", die)
        with contextlib.suppress(KeyboardInterrupt):
            retention.request_purge(org)
    assert retention.purge(org.pk)
    to_the_end(queued)
    if queued.state != State.CANCELLED:
        assert_whole(org, simulated)
    assert_mended_by_the_next_run(org, simulated, plan)


def test_p2_a_purger_that_was_silent_deletes_nothing_of_what_came_after(
    plan, org, simulated
):
    run(plan)
    retention.request_purge(org)
    between = Barrier()

    def stand_still() -> bool:
        between.stop()
        return False

    with beside(lambda: retention.purge(org.pk, should_stop=stand_still)) as outcome:
        between.wait()
        Claim.objects.update(taken_at=timezone.now() - timedelta(minutes=6))
        assert retention.purge(org.pk)
        assert_mended_by_the_next_run(org, simulated, plan)
        between.let_go()
    assert not outcome[0]
    assert_whole(org, simulated)
    assert SyncPlan.objects.get().cursor_value


class CutShort(KeyboardInterrupt):
    """Somebody pressed Ctrl-C."""


@pytest.mark.parametrize("sobject", ["", "Account"])
def test_p3_a_purge_that_is_cut_short_leaves_nothing_untrue(
    plan, org, simulated, monkeypatch, sobject
):
    other = sync.plan_object(org, sobject="Contact", mode="rest")
    run(plan)
    run(other)
    monkeypatch.setattr(purging, "STEP", 100)
    deletions = []

    def interrupt(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("DELETE FROM") and "sfconnector_record" in sql:
            deletions.append(sql)
            if len(deletions) == 3:
                raise CutShort
        return execute(sql, *more)

    options = {"org": org.alias, "object": sobject, "yes": True}
    with connection.execute_wrapper(interrupt), pytest.raises(CutShort):
        call_command("sf_prune", verbosity=0, **options)
    counters = SObject.objects.get(org=org, name="Account")
    left = Record.objects.of(org, "Account")
    assert (counters.total_count, counters.live_count) == (
        left.count(),
        left.live().count(),
    )
    retention.purge(org.pk)  # a worker goes on
    assert_mended_by_the_next_run(org, simulated, plan)
    if sobject:
        assert Record.objects.of(org, "Contact").exists()
    to_the_end(run(other))
    assert_whole(org, simulated, "Contact")


def test_p3_the_command_meets_a_run_like_the_admin_does(plan, org, simulated, held):
    ending = held(runner, "_succeed")
    queued = sync.request_run(plan)
    with beside(lambda: sync.execute(queued.pk, worker="slow")):
        ending.wait()
        call_command("sf_prune", org=org.alias, yes=True, verbosity=0)
        ending.let_go()
    assert SyncPlan.objects.get().cursor_value == ""
    assert_mended_by_the_next_run(org, simulated, plan)


def test_who_asks_for_more_while_a_purge_works_gets_it(plan, org, simulated):
    other = sync.plan_object(org, sobject="Contact", mode="rest")
    run(plan)
    run(other)
    retention.request_purge(org, objects=["Account"])
    between = Barrier()

    def stand_still() -> bool:
        between.stop()
        return False

    with beside(lambda: retention.purge(org.pk, should_stop=stand_still)) as outcome:
        between.wait()
        retention.request_purge(org, objects=["Contact"])
        between.let_go()
    assert not outcome[0]
    assert retention.purge(org.pk)
    assert not Record.objects.exists()

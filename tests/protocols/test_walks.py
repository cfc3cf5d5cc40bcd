"""Plans that change, passes that start over, and commits that come late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import PageDigest, Record, SField, SyncPlan, SyncRun
from sfconnector.sync import queue
from sfconnector.sync.work.interrupts import Stopped
from sfconnector.sync.work.work import Work
from tests.faults.evidence import assert_whole
from tests.protocols.conftest import is_query, once
from tests.sync.conftest import again, change, live_ids, run, to_the_end

State = SyncRun.State
FIELDS = ["Name", "Phone", "Industry"]

SLOW_MS = 300
"""Per page: what a pass still has to read lasts longer than a busy machine's look."""


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let runs stop after so many batches, as a worker does that is told to end."""
    real = Work.look_around

    def after(batches: int) -> None:
        commits = []

        def look(self: Work) -> None:
            if self.run.fetched:
                commits.append(self.run.fetched)
            if len(set(commits)) >= batches:
                monkeypatch.setattr(Work, "look_around", real)
                raise Stopped
            real(self)

        monkeypatch.setattr(Work, "look_around", look)

    return after


@pytest.fixture
def resting(org: Any, simulated: Any, stop: Any) -> tuple[SyncPlan, SyncRun]:
    """A full pass over 450 accounts that rests after its first batch."""
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    simulated.latency_ms = SLOW_MS
    stop(1)
    queued = run(plan)
    simulated.latency_ms = 0
    assert queued.state == State.QUEUED
    assert 0 < queued.fetched < 450
    return plan, queued


def test_p4_fields_that_are_added_while_a_pass_rests_are_read_of_all(
    resting, org, simulated
):
    _plan, queued = resting
    sync.plan_object(org, sobject="Account", mode="rest", fields=[*FIELDS, "Website"])
    to_the_end(again(queued))
    assert queued.state == State.SUCCEEDED, queued.error_text
    rows = Record.objects.of(org, "Account")
    assert all("Website" in row.data for row in rows)
    assert_whole(org, simulated)


def test_p4_a_filter_that_changes_while_a_pass_rests_holds_for_all(
    resting, org, simulated
):
    _plan, queued = resting
    some = "Name LIKE 'A%'"
    sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS, where=some)
    to_the_end(again(queued))
    assert queued.state == State.SUCCEEDED, queued.error_text
    live = Record.objects.of(org, "Account").live()
    names = {row.data["Name"] for row in live}
    assert all(name.upper().startswith("A") for name in names)


def test_p4_a_field_that_is_masked_while_a_pass_rests_leaves_the_cache(
    resting, org, simulated
):
    _plan, queued = resting
    SField.objects.filter(sobject__org=org, name="Phone").update(is_masked=True)
    to_the_end(again(queued))
    assert queued.state in (State.SUCCEEDED, State.WARNINGS), queued.error_text
    assert not [row for row in Record.objects.all() if "Phone" in row.data]


def test_p4_what_a_pass_that_never_ended_wrote_is_mended_by_the_next(
    resting, org, simulated
):
    """Fields are taken back, a pass is cancelled: the plan looks as before, rows do not."""
    plan, queued = resting
    to_the_end(again(queued))
    sync.plan_object(org, sobject="Account", mode="rest", fields=["Name"])
    half = sync.request_run(plan)
    simulated.latency_ms = SLOW_MS
    once(
        simulated,
        lambda request: request.path.endswith("-300"),
        lambda: queue.cancel(SyncRun.objects.get(pk=half.pk)),
    )
    sync.execute(half.pk, worker="test")
    simulated.latency_ms = 0
    half.refresh_from_db()
    assert (half.state, half.fetched < 450) == (State.CANCELLED, True)
    sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    assert run(plan).state == State.SUCCEEDED
    assert all("Phone" in row.data for row in Record.objects.of(org, "Account"))
    assert_whole(org, simulated)


def test_p5_a_purge_is_found_by_a_bulk_pass_that_starts_over(org, simulated):
    """One record is new and one is purged: the sums are those of the first attempt."""
    plan = sync.plan_object(org, sobject="Account", mode="bulk", fields=FIELDS)
    assert run(plan).state == State.SUCCEEDED
    simulated.clock.advance(60)
    user = simulated.user.id
    simulated.records.store.insert("Account", {"Name": "New"}, user_id=user)
    # The first job says that it has a thousand rows more than arrive.
    said = '"numberRecordsProcessed":'
    simulated.faults.add("*/jobs/query/*", method="GET", replace=[said, f"{said} 1"])
    victim = sorted(live_ids(simulated, "Account"))[0]

    def purge() -> None:
        simulated.faults.clear()
        simulated.records.store.hard_delete("Account", victim)

    once(simulated, lambda request: request.path.endswith("/results"), purge)
    done = to_the_end(run(plan, full=True))
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.log.filter(text__contains="Going on").exists()
    assert_whole(org, simulated)


def test_p6_a_commit_that_comes_late_while_a_run_rests_is_read(org, simulated, stop):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    assert run(plan).state == State.SUCCEEDED
    ids = sorted(live_ids(simulated, "Account"))
    user = simulated.user.id
    simulated.clock.advance(3_600)
    with simulated.records.store.transaction() as late:
        # It begins now and ends when the run rests, as that of an import may.
        late.update("Account", ids[400], {"Phone": "late"}, user_id=user)
        simulated.clock.advance(60)
        for one in ids[:250]:
            change(simulated, "Account", one, Phone="1")
        simulated.latency_ms = SLOW_MS
        stop(1)
        queued = run(plan)
        simulated.latency_ms = 0
        assert queued.state == State.QUEUED
        assert 0 < queued.fetched < 250
    simulated.clock.advance(20 * 3_600)
    for one in ids[250:300]:
        change(simulated, "Account", one, Phone="2")
    to_the_end(again(queued))
    assert queued.state == State.SUCCEEDED, queued.error_text
    simulated.clock.advance(3_600)
    assert not run(plan).is_full
    assert Record.objects.get(record_id=ids[400]).data["Phone"] == "late"
    assert_whole(org, simulated)


def test_p12_a_wish_for_everything_beside_a_queued_run_makes_it_full(org):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    queued = sync.request_run(plan)
    assert sync.request_run(plan, full=True) == queued
    queued.refresh_from_db()
    assert queued.is_full


def test_p12_a_wish_for_everything_beside_a_working_run_is_fulfilled_after_it(
    org, simulated
):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    run(plan)
    once(simulated, is_query, lambda: sync.request_run(plan, full=True))
    first = run(plan)
    assert not first.is_full
    second = SyncRun.objects.active().get()
    assert second.is_full
    sync.execute(second.pk, worker="test")
    second.refresh_from_db()
    assert second.state == State.SUCCEEDED
    assert not SyncRun.objects.active().exists()


def test_p12_a_backfill_beside_a_full_pass_reads_the_new_fields(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    run(plan)
    known = [name for name in SyncPlan.objects.get().fields_read if name != "Phone"]
    SyncPlan.objects.update(fields_read=known, definition="")  # Phone came later
    plan.refresh_from_db()
    once(simulated, is_query, lambda: sync.backfill(plan))
    run(plan)
    following = SyncRun.objects.active().get()
    sync.execute(following.pk, worker="test")
    assert "Phone" in SyncPlan.objects.get().fields_read
    assert_whole(org, simulated)


def test_p3_whoever_asks_for_everything_gets_it_whatever_the_digests_say(
    org, simulated
):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    run(plan)
    assert PageDigest.objects.exists()
    some = list(Record.objects.values_list("pk", flat=True)[:150])
    Record.objects.filter(pk__in=some).delete()
    run(plan, full=True)
    assert Record.objects.count() >= 450
    expired = timezone.now() - timedelta(days=30)
    SyncPlan.objects.update(last_full_at=expired)
    assert run(plan).is_full  # the weekly one trusts them as before

"""Runs whose workers die again and again: with progress in between, and without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from sfconnector import signals, sync
from sfconnector.models import Record, SyncRun
from sfconnector.salesforce.bulk import csv_pieces
from sfconnector.sync import queue
from sfconnector.sync.walks import missing
from sfconnector.sync.work.lease import Lease
from tests.connections import settings_with
from tests.sync.conftest import cached_ids, live_ids, run

State = SyncRun.State
MOST = 2


class Death(BaseException):
    """The end of a worker, as its database sees it: nothing is written any more."""


@pytest.fixture(autouse=True)
def few_attempts(org, settings) -> None:
    settings.SFCONNECTOR = settings_with(RUN_ATTEMPTS=MOST)


@contextmanager
def dying_after_a_batch() -> Iterator[None]:
    """Let each worker die as soon as it has committed a batch."""

    def die(**_: object) -> None:
        raise Death

    signals.records_changed.connect(die)
    try:
        yield
    finally:
        signals.records_changed.disconnect(die)


def die(run: SyncRun, number: int) -> None:
    """Let so many workers die at the run, one after the other."""
    for place in range(number):
        with pytest.raises(Death):
            sync.execute(run.pk, worker=f"worker-{place}")
        lapse()


def lapse() -> None:
    SyncRun.objects.filter(state=State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def ended(run: SyncRun) -> SyncRun:
    sync.execute(run.pk, worker="last")
    run.refresh_from_db()
    return run


def test_workers_that_die_further_on_each_time_do_not_fail_the_run(org, simulated):
    simulated.latency_ms = 60  # a batch is a page: none waits while one is written
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    queued = sync.request_run(plan)
    with dying_after_a_batch():
        die(queued, MOST + 1)
    done = ended(queued)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.fence == MOST + 2
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_workers_that_die_at_one_place_fail_the_run_behind_its_pages(
    org, simulated, monkeypatch
):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    queued = sync.request_run(plan)
    simulated.latency_ms = 60
    with dying_after_a_batch():
        die(queued, 1)
    simulated.latency_ms = 0

    def fall(*_: object, **__: object) -> None:
        raise Death

    monkeypatch.setattr("sfconnector.sync.work.work.records.fill", fall)
    die(queued, MOST - 1)
    assert SyncRun.objects.get().state == State.RUNNING
    done = ended(queued)
    assert (done.state, done.error_code) == (State.FAILED, "WORKER_LOST")
    assert Record.objects.count() == done.fetched > 0


def test_the_same_half_of_a_bulk_page_is_no_progress(org, simulated, monkeypatch):
    monkeypatch.setattr(csv_pieces, "BLOCK_BYTES", 10_000)
    monkeypatch.setattr("sfconnector.sync.work.pipe.MOST_ITEMS", 1)
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    queued = sync.request_run(plan)
    with dying_after_a_batch():
        die(queued, MOST)
    done = ended(queued)
    assert (done.state, done.error_code) == (State.FAILED, "WORKER_LOST")


def test_a_bulk_page_that_is_cut_a_little_later_each_time_is_no_progress(
    org, simulated, monkeypatch
):
    monkeypatch.setattr(csv_pieces, "BLOCK_BYTES", 10_000)
    for number in range(6, 20):
        simulated.faults.add("*/results", times=1, cut=number / 20)
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert done.state == State.PARKED
    asked = [one for one in simulated.requests if one.path.endswith("/results")]
    assert len(asked) == 4


def test_settling_what_is_missing_is_progress(org, simulated, monkeypatch):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    run(plan)
    for one in sorted(live_ids(simulated, "Account"))[:5]:
        simulated.records.store.hard_delete("Account", one)
    monkeypatch.setattr(missing, "IDS_PER_QUERY", 1)
    queued = sync.request_run(plan, full=True)
    with dying_after_a_batch():
        die(queued, MOST + 1)
    done = ended(queued)
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_worker_that_thaws_does_not_prolong_its_successors_lease(org):
    sync.plan_object(org, sobject="Account")
    mine = sync.request_run(org.plans.get(sobject="Account"))
    claimed = queue.claim(mine.pk, worker="frozen")
    assert claimed is not None
    lapse()
    successor = queue.claim(mine.pk, worker="successor")
    assert successor is not None
    thawed = Lease(claimed)
    thawed._extend()
    assert thawed.is_lost
    kept = SyncRun.objects.get(pk=mine.pk)
    assert (kept.lease_owner, kept.lease_until) == ("successor", successor.lease_until)

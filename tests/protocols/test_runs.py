"""The real code at the points where its runs lost records before."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from sfconnector import budget, retention, sync
from sfconnector.models import PageDigest, Record, SObject, SyncPlan, SyncRun
from sfconnector.sync import queue, runner
from sfconnector.sync.ticking import sets
from sfconnector.sync.work.interrupts import Parked
from tests.faults.evidence import assert_whole
from tests.protocols.conftest import once
from tests.sync.conftest import run, to_the_end
from tests.threads import beside

State = SyncRun.State


def lapse() -> None:
    """Let the leases of workers end that were fenced off or died."""
    SyncRun.objects.filter(state=State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


class LostCommits:
    """Puts everything back as it stood when the first page was asked for.

    So it looks to all who come after a server that lost its last commits, and behind
    a pooler nobody is told.
    """

    def __init__(self, simulated: Any, *, at: str) -> None:
        self.simulated = simulated
        self.at = at
        self.before: dict[str, Any] = {}
        self.lost = 0
        simulated.before_send.append(self)

    def __call__(self, request: Any, response: Any) -> None:
        if "/query" not in request.path:
            return
        try:
            if not self.before:
                self.before = SyncRun.objects.values().get()
            elif request.path.endswith(self.at):
                self.simulated.before_send.remove(self)
                self.lose()
        finally:
            connections.close_all()

    def lose(self) -> None:
        """Wait for a batch, and take all back that was committed."""
        rows = SyncRun.objects.filter(pk=self.before["id"])
        waited = threading.Event()
        while not rows.filter(fetched__gt=0).exists():
            waited.wait(0.05)
        with transaction.atomic():
            rows.update(**{k: v for k, v in self.before.items() if k != "id"})
            self.lost = Record.objects.count()
            for model in (Record, PageDigest):
                model.objects.all().delete()
            SObject.objects.update(live_count=0, total_count=0)


def test_p1_a_batch_that_the_server_lost_is_read_again(plan, org, simulated):
    lost = LostCommits(simulated, at="-300")
    queued = run(plan)
    assert lost.lost
    lapse()
    to_the_end(queued)
    assert queued.state == State.SUCCEEDED, queued.error_text
    assert_whole(org, simulated)
    assert queued.fetched == Record.objects.count()


def test_p1_after_an_error_the_row_is_believed_and_not_the_memory(
    plan, org, simulated, monkeypatch
):
    """The commit went through, its answer was lost: counters are not counted twice."""
    real = SyncRun.write

    def unanswered(self, **values):
        if "fetched" in values and self.fetched:
            monkeypatch.setattr(SyncRun, "write", real)
            transaction.on_commit(fail)
        return real(self, **values)

    def fail():
        raise OperationalError("the answer of the commit was lost")

    monkeypatch.setattr(SyncRun, "write", unanswered)
    queued = to_the_end(run(plan))
    assert queued.state == State.SUCCEEDED, queued.error_text
    assert queued.fetched == queued.created == Record.objects.count()
    assert queued.unchanged == 0
    assert_whole(org, simulated)


def test_p10_a_cancel_meets_a_worker_that_gives_its_run_back(plan, held):
    queued = sync.request_run(plan)
    worker = queue.claim(queued.pk, worker="test")
    later = timezone.now() + timedelta(hours=20)
    writing = held(SyncRun, "write")
    rest = Parked("the budget is spent", until=later)
    with beside(lambda: runner._end_early(worker, rest)):
        writing.wait()
        assert queue.cancel(queued)
        writing.let_go()
    queued.refresh_from_db()
    assert queued.state == State.CANCELLED
    assert queued.finished_at is not None


def test_p10_a_cancelled_run_is_not_parked_by_a_spent_budget(plan, org, simulated):
    queued = sync.request_run(plan)
    queue.claim(queued.pk, worker="dies")
    assert queue.cancel(queued)
    lapse()
    budget.exhausted(org, until=timezone.now() + timedelta(hours=20))
    sync.execute(queued.pk, worker="second")
    queued.refresh_from_db()
    assert queued.state == State.CANCELLED


def test_p14_a_tick_that_dies_leaves_the_plan_due(plan, monkeypatch):
    plan.schedule, plan.every_minutes = "every", 60
    plan.save()
    due = timezone.now() - timedelta(minutes=1)
    SyncPlan.objects.update(next_run_at=due)

    def die(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sets, "queue", die)
        with pytest.raises(KeyboardInterrupt):
            sync.tick()
    assert SyncPlan.objects.get().next_run_at == due
    assert sync.tick().started == 1
    assert SyncRun.objects.count() == 1


def test_p15_who_lost_a_run_that_was_deleted_says_that_and_no_more(
    plan, org, simulated, caplog
):
    """The lines of its calls can no longer be written: no word of that is the reason."""
    simulated.latency_ms = 50
    once(
        simulated,
        lambda request: request.path.endswith("-200"),
        lambda: retention.delete_plan(SyncPlan.objects.get()),
    )
    queued = sync.request_run(plan)
    with caplog.at_level("INFO", logger="sfconnector"):
        assert sync.execute(queued.pk, worker="test") is None
    assert f"Run {queued.pk} was taken over or deleted." in caplog.text
    assert "The database failed" not in caplog.text

"""Workers that are killed, asked to end, doubled or handed old messages.

F24 to F27, F34 and F41, with real processes.
"""

from __future__ import annotations

import json
import signal
import time
from functools import partial

import pytest
from django.urls import reverse

from sfconnector import sync, tasks
from sfconnector.models import Record, SyncPlan, SyncRun
from tests.connections import browser_of, person
from tests.faults.evidence import assert_whole, queries
from tests.faults.processes import wait_until
from tests.sync.conftest import change, live_ids, run
from tests.threads import at_once

State = SyncRun.State


def when_asked_for(simulated, ending: str, action) -> list[str]:
    """Do something once, when a page whose path ends so is about to be sent."""
    done: list[str] = []

    def hook(request, response):
        if request.path.endswith(ending) and not done:
            done.append(request.path)
            action()

    simulated.before_send.append(hook)
    return done


def lease_has_ended() -> bool:
    """Tell whether no worker holds a run any more."""
    from django.utils import timezone

    return not SyncRun.objects.filter(lease_until__gte=timezone.now()).exists()


@pytest.mark.timing
@pytest.mark.parametrize("mode", ["rest", "bulk"])
@pytest.mark.parametrize("kind", ["full", "changes"])
def test_a_killed_worker_is_followed_by_one_that_goes_on_from_the_checkpoint(
    plan, org, simulated, start, kind, mode
):
    """F24: kill -9, start again; no page below the checkpoint is fetched again."""
    SyncPlan.objects.update(mode=mode)
    if kind == "changes":
        run(plan)
        for one in sorted(live_ids(simulated, "Account"))[:400]:
            change(simulated, "Account", one, Name="Moved")
    start_of_it = len(simulated.requests)
    simulated.latency_ms = 100  # longer than pages gather
    process = None
    ending = "-250" if mode == "rest" else "/results"
    killed = when_asked_for(simulated, ending, lambda: process.kill())  # noqa: PLW0108 - the process comes later
    process = start("sf_sync", "acme", "Account", orgs=[simulated])
    status, output = process.wait()
    assert status == -signal.SIGKILL, output
    assert killed
    left = SyncRun.objects.get(state=State.RUNNING)
    assert left.fetched == left.created + left.updated
    before = len(simulated.requests)
    wait_until(lease_has_ended)
    again = start("sf_sync", "acme", "Account", "--json", orgs=[simulated])
    status, output = again.wait()
    assert status == 0, output
    done = SyncRun.objects.get(pk=left.pk)
    assert done.state == State.SUCCEEDED, done.error_text
    assert (done.attempts, done.fence) == (1, 2)
    assert done.created + done.updated == (400 if done.updated else 462)
    if mode == "rest":
        assert left.fetched >= 150
        rest = done.expected - left.fetched
        assert len(queries(simulated, since=before)) == -(-rest // 50)
    else:
        jobs = [
            one
            for one in list(simulated.requests)[start_of_it:]
            if one.method == "POST" and one.path.endswith("/jobs/query")
        ]
        assert len(jobs) == 1
    simulated.latency_ms = 0
    assert_whole(org, simulated)


def test_a_run_that_lost_its_worker_is_rung_by_the_tick(plan, org, simulated):
    """F24: nobody has to press anything."""
    queued = sync.request_run(plan)
    SyncRun.objects.update(
        state=State.RUNNING, fence=1, attempts=1, lease_owner="gone", rung_at=None
    )
    SyncRun.objects.update(lease_until=queued.queued_at)
    assert sync.tick().rung == 1
    done = sync.execute(queued.pk, worker="second")
    assert done.state == State.SUCCEEDED
    assert done.fence == 2


def test_ten_clicks_at_once_make_one_run(plan, org, simulated):
    """F26: over the admin, at the same moment."""
    person("ada")
    address = reverse("admin:sfconnector_syncplan_run", args=[plan.pk])
    clients = [browser_of(person("ada")) for _ in range(10)]
    answers = at_once(*(partial(client.post, address) for client in clients))
    landed = [answer["Location"] for answer in answers]
    assert SyncRun.objects.count() == 1
    assert len(landed) == 10
    assert len(set(landed)) == 1
    assert str(SyncRun.objects.get().pk) in landed[0]


@pytest.mark.timing
@pytest.mark.parametrize("mode", ["rest", "bulk"])
def test_a_worker_that_is_asked_to_end_lets_go_of_its_run(
    plan, org, simulated, start, mode
):
    """F34: SIGTERM; it commits, releases and is gone, and no attempt is counted."""
    SyncPlan.objects.update(mode=mode)
    simulated.latency_ms = 100
    if mode == "bulk":
        simulated.jobs.pace.queue_seconds = 30
    ending = "-100" if mode == "rest" else "/jobs/query"
    process = None
    asked_to_end = when_asked_for(simulated, ending, lambda: process.terminate())  # noqa: PLW0108 - the process comes later
    process = start("sf_sync", "acme", "Account", orgs=[simulated])
    wait_until(lambda: asked_to_end)
    began = time.monotonic()
    status, output = process.wait()
    assert time.monotonic() - began < 25
    assert (status, "It waits for a worker." in output) == (1, True), output
    left = SyncRun.objects.get()
    assert (left.state, left.attempts, left.lease_owner) == (State.QUEUED, 0, "")
    assert left.fetched == Record.objects.count() < 450
    simulated.latency_ms = 0
    simulated.jobs.pace.queue_seconds = 0.1
    simulated.clock.advance(60)
    before = len(simulated.requests)
    done = run(plan)
    assert done == left
    assert done.state == State.SUCCEEDED, done.error_text
    if mode == "rest":
        rest = done.expected - left.fetched
        assert len(queries(simulated, since=before)) == -(-rest // 50)
    else:
        assert simulated.requests.count("/jobs/query", method="POST") == 1
    assert_whole(org, simulated)


@pytest.mark.timing
@pytest.mark.parametrize("fault", [{"delay": 40}, {"status": 503}])
def test_a_worker_that_waits_for_a_slow_org_still_ends_in_time(
    plan, org, simulated, start, fault
):
    """F34: within the 30 seconds that platforms grant."""
    waiting = when_asked_for(simulated, "-150", lambda: None)
    simulated.faults.add("*/query/*-150", headers={"Retry-After": "50"}, **fault)
    process = start("sf_sync", "acme", "Account", orgs=[simulated])
    wait_until(lambda: waiting)
    wait_until(lambda: Record.objects.count() == 150)
    began = time.monotonic()
    process.terminate()
    status, output = process.wait()
    assert time.monotonic() - began < 25
    assert (status, "It waits for a worker." in output) == (1, True), output
    left = SyncRun.objects.get()
    assert (left.state, left.attempts, left.fetched) == (State.QUEUED, 0, 150)


def test_messages_of_other_versions_are_understood(plan, org, simulated):
    """F41: a payload may say more than this version knows, or ring for nothing."""
    queued = sync.request_run(plan)
    message = json.loads(json.dumps([[queued.pk], {"later": {"x": 1}, "version": 9}]))
    tasks.run_plan(*message[0], **message[1])
    queued.refresh_from_db()
    assert queued.state == State.SUCCEEDED
    before = len(simulated.requests)
    tasks.run_plan(queued.pk, version=1)
    tasks.run_plan(987_654)
    assert len(simulated.requests) == before
    tasks.tick(version=9)


@pytest.mark.parametrize(
    "checkpoint",
    [
        {"kind": "full", "unknown": 1},
        {"kind": "changes", "unknown": [1]},
        {"kind": "full", "by": "rest", "after": ""},
    ],
)
def test_a_checkpoint_of_another_version_does_not_break_a_run(
    plan, org, simulated, checkpoint
):
    """F41: an older worker began the run; whatever is missing is decided anew."""
    if checkpoint["kind"] == "changes":
        run(plan)
    queued = sync.request_run(plan)
    SyncRun.objects.filter(pk=queued.pk).update(
        checkpoint=checkpoint, is_full=checkpoint["kind"] == "full"
    )
    sync.execute(queued.pk, worker="newer")
    queued.refresh_from_db()
    assert queued.state == State.SUCCEEDED, queued.error_text
    assert_whole(org, simulated)

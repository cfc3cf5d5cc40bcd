"""How runs end, whoever ends them: it is told once, and the org keeps no job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from salesforce_simulator import SalesforceOrg
from sfconnector import retention, signals, sync, tasks
from sfconnector.models import Org, SyncPlan, SyncRun
from tests.protocols.conftest import once
from tests.sync.conftest import run

State = SyncRun.State
ENDINGS: dict[str, Callable[[], Any]] = {
    "cancelled": lambda: sync.cancel(SyncRun.objects.get()),
    "purged": lambda: retention.request_purge(Org.objects.get()),
    "removed": lambda: retention.request_removal(Org.objects.get()),
    "plan deleted": lambda: retention.delete_plan(SyncPlan.objects.get()),
}


@pytest.fixture
def told() -> Iterator[list[tuple[int, str]]]:
    """The ends of runs that a host is told of."""
    heard: list[tuple[int, str]] = []

    def hear(run: SyncRun, **_: Any) -> None:
        heard.append((run.pk, run.state))

    signals.run_finished.connect(hear)
    yield heard
    signals.run_finished.disconnect(hear)


def asked(simulated: SalesforceOrg, method: str) -> int:
    """Count the requests by which jobs are ended or deleted."""
    return sum(
        one.method == method and "/jobs/query/" in one.path
        for one in simulated.requests
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_end_of_a_run_that_waits_is_told_once(plan, told, ending):
    queued = sync.request_run(plan)
    ENDINGS[ending]()
    assert told == [(queued.pk, State.CANCELLED)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_end_of_a_run_that_works_is_told_once(plan, simulated, told, ending):
    simulated.latency_ms = 50
    once(simulated, lambda request: request.path.endswith("-100"), ENDINGS[ending])
    queued = sync.request_run(plan)
    sync.execute(queued.pk, worker="test")
    assert told == [(queued.pk, State.CANCELLED)]


@pytest.mark.parametrize("ending", ["cancelled", "purged", "plan deleted"])
def test_a_run_that_is_ended_while_its_job_works_takes_it_back(
    org, simulated, told, ending
):
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    simulated.jobs.pace.queue_seconds = 30
    once(
        simulated,
        lambda request: request.method == "GET" and "/jobs/query/" in request.path,
        ENDINGS[ending],
    )
    queued = sync.request_run(plan)
    sync.execute(queued.pk, worker="test")
    assert told == [(queued.pk, State.CANCELLED)]
    assert (asked(simulated, "PATCH"), asked(simulated, "DELETE")) == (1, 1)


@pytest.mark.parametrize("ending", ["cancelled", "purged"])
def test_the_job_of_a_run_that_rested_is_taken_back_within_the_hour(
    org, simulated, ending
):
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    simulated.jobs.pace.queue_seconds = 30

    def stop() -> None:
        sync.request_stop()

    once(
        simulated,
        lambda request: request.method == "GET" and "/jobs/query/" in request.path,
        stop,
    )
    try:
        resting = run(plan)
    finally:
        sync.clear_stop()
    assert (resting.state, bool(resting.checkpoint["job"])) == (State.QUEUED, True)
    ENDINGS[ending]()
    tasks.upkeep()
    connections.close_all()
    assert (asked(simulated, "PATCH"), asked(simulated, "DELETE")) == (1, 1)
    tasks.upkeep()
    assert asked(simulated, "DELETE") == 1

"""Brokers, workers and keys that come and go under a running site."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import Credential, Org, SyncPlan, SyncRun
from tests.environment import ROOT
from tests.faults.evidence import assert_whole
from tests.faults.processes import Process, environment, wait_until
from tests.faults.redis_server import RedisServer, own_redis
from tests.journeys.sites import BIN

State = SyncRun.State


def line_of(name: str) -> str:
    """Return the command line that the Procfile gives a process."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{name}:")).split(":", 1)[1]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer]:
    with own_redis(tmp_path) as server:
        yield server


@pytest.fixture
def worker(simulated, org, broker, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start workers by the Procfile's own line; they end with the test."""
    started: list[Process] = []

    def start(
        options: str = "--concurrency 2",
        *,
        before: str = "",
        beats: bool = True,
        **extra: str,
    ) -> Process:
        values = {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "CELERY_BROKER_URL": broker.url,
            **extra,
        }
        log = tmp_path / f"worker-{len(started)}.log"
        ticks = f"-B --schedule {tmp_path / 'beat'}" if beats else ""
        line = f"exec env {before} {line_of('worker')} {options} {ticks}"
        started.append(
            Process(["sh", "-c", line], environment([simulated], **values), log=log)
        )
        wait_until(lambda: "ready." in started[-1].said())
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            one.kill()
            one.popen.wait(10)
            print(one.said()[-10_000:])  # shown when the test fails


def asked_for(plan: SyncPlan) -> SyncRun:
    """Queue a run whose doorbell was lost: the worker's own tick rings again."""
    queued = sync.request_run(plan, full=True)
    long_ago = timezone.now() - timedelta(minutes=2)
    SyncRun.objects.filter(pk=queued.pk).update(rung_at=long_ago)
    return queued


def is_reading(run: SyncRun) -> bool:
    run.refresh_from_db()
    return run.state == State.RUNNING and run.fetched > 0


def has_ended(run: SyncRun) -> bool:
    run.refresh_from_db()
    return not run.is_active


def rounds(count: int) -> Any:
    """Give the number of restarts; many of them take long."""
    marks = [pytest.mark.soak, pytest.mark.timeout(600)] if count > 2 else []
    return pytest.param(count, marks=marks)


@pytest.mark.parametrize("restarts", [rounds(1), rounds(10)])
@pytest.mark.parametrize("concurrency", [1, 2], ids=["full", "free"])
def test_a_worker_outlives_restarts_of_redis_busy_and_idle(
    plan, org, simulated, broker, worker, concurrency, restarts
):
    """With one process full of work, a message that was taken waits for it."""
    simulated.latency_ms = 200
    process = worker(f"--concurrency {concurrency}")
    for _ in range(restarts):
        queued = asked_for(plan)
        wait_until(lambda run=queued: is_reading(run))
        time.sleep(1.2)  # for a tick to come in beside it
        broker.restart()
        wait_until(lambda run=queued: has_ended(run))
        assert process.popen.poll() is None
        assert queued.state == State.SUCCEEDED, queued.error_text
        broker.restart()
    queued = asked_for(plan)
    wait_until(lambda: has_ended(queued))
    assert process.popen.poll() is None
    assert "consumer: Connection to broker lost" in process.said()
    assert_whole(org, simulated)


REMAPPED = "REMAP_SIGTERM=SIGQUIT"
"""As Procfiles of Celery's own documentation say."""


def seconds_until(condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    wait_until(condition)
    return time.monotonic() - began


@pytest.mark.timing
@pytest.mark.parametrize("before", ["", REMAPPED], ids=["as it is", "remapped"])
@pytest.mark.parametrize("whom", ["group", "main"])
def test_sigterm_by_the_procfiles_line_gives_the_run_back_at_once(
    plan, simulated, worker, before, whom
):
    """A platform signals each process of the group, a supervisor the first alone."""
    simulated.latency_ms = 400
    process = worker(before=before)
    queued = asked_for(plan)
    wait_until(lambda: is_reading(queued))
    send = os.killpg if whom == "group" else os.kill
    send(process.popen.pid, signal.SIGTERM)
    assert seconds_until(lambda: is_state(queued, State.QUEUED)) < 5
    assert (queued.attempts, queued.lease_owner) == (0, "")
    assert 0 < queued.fetched < 450
    assert queued.checkpoint
    if not before:
        process.popen.wait(10)
        assert process.popen.returncode == 0


def is_state(run: SyncRun, state: str) -> bool:
    run.refresh_from_db()
    return run.state == state


@pytest.mark.timing
@pytest.mark.parametrize("before", ["", REMAPPED], ids=["as it is", "remapped"])
def test_sigterm_while_tokens_are_renewed_lets_the_renewal_end(
    plan, org, simulated, worker, before
):
    simulated.app.rotate_refresh_tokens = True
    simulated.faults.add("*/oauth2/token", delay=6)
    simulated.expire_sessions()
    simulated.requests.clear()
    process = worker(before=before)
    queued = asked_for(plan)
    wait_until(lambda: simulated.requests.count("/services/oauth2/token"))
    os.killpg(process.popen.pid, signal.SIGTERM)
    wait_until(lambda: is_state(queued, State.QUEUED))
    process.popen.wait(40)
    org.refresh_from_db()
    assert org.status == Org.Status.CONNECTED, org.status_text
    assert Credential.objects.get(org=org).answer_lost_at is None
    assert simulated.refresh_reuses == 0
    simulated.faults.clear()
    done = sync.execute(queued.pk, worker="the next one")
    assert done.state == State.SUCCEEDED, done.error_text
    assert simulated.requests.count("/services/oauth2/token") == 1


@pytest.mark.timing
def test_f44_a_run_longer_than_the_soft_time_limit_is_whole_in_the_end(
    plan, org, simulated, worker
):
    """The batch ends, the run is given back and rung again: as when a worker ends."""
    simulated.latency_ms = 400
    worker("--concurrency 1 --soft-time-limit 1")
    queued = asked_for(plan)
    wait_until(lambda: has_ended(queued))
    assert queued.state == State.SUCCEEDED, queued.error_text
    said = list(queued.log.values_list("text", flat=True))
    let_go = [text for text in said if "soft time limit (--soft-time-limit)" in text]
    assert len(let_go) >= 2, said
    assert queued.attempts <= 1
    assert_whole(org, simulated)

"""Workers that die, stop, meet each other or lose their database: F24 to F29, F34."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import Org, Record, RunLogLine, SyncRun
from tests.faults.processes import database_url
from tests.sync import worker
from tests.sync.conftest import cached_ids, live_ids, run

State = SyncRun.State
AFTER = re.compile(r"Id > '(\w{18})'")


def said_of(run: SyncRun) -> list[str]:
    return list(run.log.values_list("text", flat=True))


def lapse() -> None:
    """Let the leases of dead workers end."""
    SyncRun.objects.filter(state=State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def is_query(request) -> bool:
    return "/query" in request.path


def kill_at(simulated, number: int, pids: list[int], sign: int = signal.SIGKILL):
    """Signal the worker when the n-th page is asked for."""
    seen = []

    def strike(request, _response):
        if is_query(request):
            seen.append(request.path)
            if len(seen) == number:
                if sign == signal.SIGSTOP:
                    # Its batches are committed by then: a process that is frozen in
                    # a transaction would keep its locks, and nobody could go on.
                    time.sleep(1.5)
                os.kill(pids[0], sign)

    simulated.before_send.append(strike)


@pytest.mark.timing
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_worker_loses_nothing_and_repeats_no_committed_page(
    plan, org, simulated, seed
):
    pids: list[int] = []
    kill_at(simulated, random.Random(seed).randint(2, 5), pids)
    queued = sync.request_run(plan)
    process = worker.start(queued.pk)
    pids.append(process.pid)
    process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL
    queued.refresh_from_db()
    assert queued.state == State.RUNNING
    checkpoint = dict(queued.checkpoint)
    committed = Record.objects.count()
    simulated.before_send.clear()
    simulated.requests.clear()
    assert sync.execute(queued.pk, worker="too early") is None
    lapse()
    sync.execute(queued.pk, worker="second")
    queued.refresh_from_db()
    assert queued.state == State.SUCCEEDED, queued.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    if checkpoint.get("after"):
        queries = [r.query.get("q", "") for r in simulated.requests]
        found = AFTER.search(" ".join(queries))
        assert found[1] == checkpoint["after"]
        assert committed == queued.fetched - (queued.created - committed)


def test_of_two_processes_on_one_run_one_works(plan, org, simulated):
    queued = sync.request_run(plan)
    processes = [worker.start(queued.pk) for _ in range(2)]
    said = sorted(process.communicate(timeout=240)[0] for process in processes)
    assert said == ["not claimed", "succeeded"]
    pages = [r for r in simulated.requests if is_query(r)]
    assert len(pages) == len({r.path for r in pages})
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


@pytest.mark.timing
def test_a_run_that_always_kills_its_worker_fails_after_three(plan, simulated):
    queued = sync.request_run(plan)
    for _ in range(3):
        simulated.before_send.clear()
        pids: list[int] = []
        kill_at(simulated, 1, pids)
        process = worker.start(queued.pk)
        pids.append(process.pid)
        process.communicate(timeout=240)
        assert process.returncode == -signal.SIGKILL, said_of(queued)
        lapse()
    sync.execute(queued.pk, worker="fourth")
    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.FAILED, "WORKER_LOST")
    assert queued.remedy


@pytest.mark.timing
def test_sigterm_ends_the_batch_and_leaves_the_rest_to_others(plan, org, simulated):
    simulated.latency_ms = 150
    pids: list[int] = []
    kill_at(simulated, 3, pids, signal.SIGTERM)
    process = worker.command("sf_sync", "acme", "Account")
    pids.append(process.pid)
    began = time.monotonic()
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 1, said  # it is not finished
    assert "It waits for a worker." in said
    assert time.monotonic() - began < 25
    queued = SyncRun.objects.get()
    assert (queued.state, queued.attempts) == (State.QUEUED, 0), said_of(queued)
    assert 0 < queued.fetched < 450
    simulated.before_send.clear()
    sync.execute(queued.pk, worker="second")
    queued.refresh_from_db()
    assert queued.state == State.SUCCEEDED
    assert queued.fetched == Record.objects.count()
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


@pytest.mark.timing
def test_a_worker_that_stood_still_cannot_write_any_more(plan, org, simulated):
    pids: list[int] = []
    kill_at(simulated, 3, pids, signal.SIGSTOP)
    queued = sync.request_run(plan)
    process = worker.start(queued.pk)
    pids.append(process.pid)
    while _state_of(process.pid) != "T":
        assert process.poll() is None, said_of(queued)
        time.sleep(0.05)
    lapse()
    simulated.before_send.clear()
    sync.execute(queued.pk, worker="second")
    queued.refresh_from_db()
    assert queued.state == State.SUCCEEDED
    before = list(SyncRun.objects.values())
    os.kill(process.pid, signal.SIGCONT)
    process.communicate(timeout=240)
    assert list(SyncRun.objects.values()) == before
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def _state_of(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a kernel file
        return file.read().split(")")[1].split()[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")
def test_a_full_disk_rests_the_run_which_then_goes_on(plan, org, simulated):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 40}")
    done = run(plan)
    assert done.state == State.PARKED
    assert "full" in RunLogLine.objects.filter(run=done).last().text
    simulated.before_send.clear()
    connections.close_all()
    SyncRun.objects.update(parked_until=timezone.now() - timedelta(seconds=1))
    Org.objects.update(resting_until=None)
    sync.execute(done.pk, worker="second")
    done.refresh_from_db()
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
def test_lost_database_connections_rest_the_run_which_then_goes_on(
    plan, org, simulated
):
    import psycopg

    def cut(request, _response):
        if request.path.endswith("-200"):
            with psycopg.connect(database_url(), autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    simulated.before_send.append(cut)
    done = run(plan)
    simulated.before_send.clear()
    lapse()
    SyncRun.objects.update(parked_until=timezone.now() - timedelta(seconds=1))
    Org.objects.update(resting_until=None)
    if done.is_active:
        sync.execute(done.pk, worker="second")
        done.refresh_from_db()
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")

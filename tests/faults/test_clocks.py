"""Hosts whose clocks are wrong, and workers that are missed: seen in the database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import override_settings
from django.utils import timezone

from sfconnector import clock, health, transactions
from sfconnector.models import Heartbeat, Org, SyncRun
from tests.connections import settings_with
from tests.faults.evidence import assert_whole
from tests.faults.processes import Process, environment, wait_until
from tests.faults.test_restarts import (
    asked_for,
    broker,
    has_ended,
    is_reading,
    line_of,
    worker,
)
from tests.journeys.sites import BIN

__all__ = ["broker", "worker"]


def finding(code: str) -> health.Finding:
    [found] = [
        one for one in health.doctor(ask=False) if one.code == code and not one.org
    ]
    return found


@pytest.fixture
def beat(simulated, org, broker, tmp_path: Path) -> Iterator[Process]:
    """The tick's process, on a host whose clock is right."""
    values = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "CELERY_BROKER_URL": broker.url,
    }
    line = f"exec {line_of('beat')}".replace("=celerybeat", f"={tmp_path}/beat")
    log = tmp_path / "beat.log"
    one = Process(["sh", "-c", line], environment([simulated], **values), log=log)
    yield one
    one.kill()
    one.popen.wait(10)


@pytest.mark.django_db(transaction=True)
def test_a_slow_way_to_the_database_is_no_wrong_clock(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's clock is the host's")
    monkeypatch.setattr(clock, "_MEANT", timedelta(seconds=0.2))
    monkeypatch.setattr(clock, "_read_at", -clock._EVERY_S)
    monkeypatch.setattr(clock, "_ahead", timedelta(0))
    connection.close()

    def linger(**_: object) -> None:
        time.sleep(0.6)

    connection_created.connect(linger)
    try:
        transactions.read_clock()
    finally:
        connection_created.disconnect(linger)
    assert clock.ahead() == timedelta(0)


@pytest.mark.parametrize(
    "seconds", [300, pytest.param(-300, marks=pytest.mark.soak)], ids=str
)
def test_a_worker_whose_clock_is_minutes_off_works_and_is_named(
    plan, org, simulated, beat, worker, seconds
):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's clock is the host's")
    simulated.latency_ms = 100
    worker(
        "--concurrency 1",
        beats=False,
        DJANGO_SETTINGS_MODULE="tests.faults.skewed_settings",
        TEST_SKEW_SECONDS=str(seconds),
    )
    queued = asked_for(plan)  # by a tick that is not thrown away
    wait_until(lambda: is_reading(queued))
    now = timezone.now()
    assert abs(queued.heartbeat_at - now) < timedelta(seconds=3)
    assert abs(queued.lease_until - now) < timedelta(seconds=4)
    wait_until(lambda: has_ended(queued))
    assert queued.state == SyncRun.State.SUCCEEDED, queued.error_text
    assert queued.attempts == 1
    assert_whole(org, simulated)
    told = finding("clocks").text
    assert f"{abs(seconds)} seconds {'ahead' if seconds > 0 else 'behind'}" in told
    assert finding("worker").level == finding("tick").level == "green"


def names() -> set[str]:
    return set(Heartbeat.objects.filter(kind="worker").values_list("name", flat=True))


def test_one_dead_worker_of_two_is_named_and_one_that_ended_is_not(
    org: Org, worker: Callable[..., Process]
):
    first = worker("--concurrency 2")
    wait_until(lambda: len(names()) == 1)
    [living] = names()
    second = worker("--concurrency 2", beats=False)
    wait_until(lambda: len(names()) == 2)
    [dead] = names() - {living}
    found = finding("worker")
    assert found.level == "green"
    assert {living, dead} == set(found.text.split(", "))
    second.kill()
    # Minutes pass, in which the one that lives shows it.
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    with override_settings(SFCONNECTOR=settings_with(EXPECTED_WORKERS=2)):
        told = f"1 of 2 alive; silent: {dead}"
        wait_until(lambda: health.ready()["workers"] == told)
        wait_until(lambda: health.ready()["ready"])
        found = finding("worker")
        assert (found.level, found.title) == ("yellow", "1 of 2 workers are alive")
        assert dead in found.text
        assert living in found.text
        first.terminate()
        first.popen.wait(20)
        assert names() == {dead}
        assert finding("worker").level == "red"


def test_signs_of_life_that_came_with_a_copy_do_not_count(org: Org):
    health.beat(health.WORKER, "of the other one")
    health.beat(health.TICK, "tick")
    assert health.ready()["checks"]["worker"] == "ok"
    with override_settings(SFCONNECTOR=settings_with(DEPLOYMENT="a copy")):
        checks = health.ready()["checks"]
        assert checks["worker"] == checks["tick"] == "never seen"
        assert finding("worker").title == "No worker was ever seen"

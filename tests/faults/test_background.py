"""The broker, the scheduler and the workers fail; no run is lost (F30 to F34)."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.db.models.signals import post_init
from django.urls import reverse
from django.utils import timezone

from sfconnector import signals, sync
from sfconnector.models import Heartbeat, Org, SyncPlan, SyncRun
from tests.connections import bare_org, browser_of, person
from tests.environment import ROOT, of_a_process

RING = """
import json, sys, time
import django
django.setup()
from sfconnector import tasks
tasks.ring(1)  # the first one also loads the library that speaks to the broker
started = time.monotonic()
rang = tasks.ring(1)
print(json.dumps({"rang": rang, "seconds": time.monotonic() - started}))
"""


@contextmanager
def hung_broker() -> Iterator[int]:
    """Listen as Redis does, accept, and never say a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=16)) as server:
        yield server.getsockname()[1]


@contextmanager
def no_broker() -> Iterator[int]:
    """Give a port at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    yield port


@pytest.mark.parametrize("broker", [no_broker, hung_broker], ids=["refused", "hung"])
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_f30_a_broker_that_is_away_costs_a_click_less_than_five_seconds(
    broker: object, scheme: str, tmp_path: Path
) -> None:
    with broker() as port:
        environment = of_a_process(
            DJANGO_SETTINGS_MODULE="project.settings",
            DJANGO_SECRET_KEY="s" * 50,
            DATABASE_URL=f"sqlite:///{tmp_path / 'unused.sqlite3'}",
            CELERY_BROKER_URL=f"{scheme}://127.0.0.1:{port}/0",
        )
        done = subprocess.run(
            [sys.executable, "-c", RING],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["rang"] is False
    assert told["seconds"] < 5


@pytest.fixture
def waiting_plan(transactional_db: None) -> SyncPlan:
    """A plan of an org that says it is connected; nothing is ever sent to it."""
    org = bare_org(status=Org.Status.CONNECTED)
    return SyncPlan.objects.create(
        org=org, sobject="Account", schedule=SyncPlan.Schedule.EVERY, every_minutes=5
    )


@pytest.fixture
def rung() -> Iterator[list[int]]:
    """The runs that somebody rang for; no worker hears it."""
    heard: list[int] = []
    sync_uid = "sfconnector.ring"
    from sfconnector import receivers

    signals.run_queued.disconnect(dispatch_uid=sync_uid)
    signals.run_queued.connect(
        lambda run_id, **_rest: heard.append(run_id), weak=False, dispatch_uid="ears"
    )
    yield heard
    signals.run_queued.disconnect(dispatch_uid="ears")
    receivers.connect()


def test_f30_the_row_stays_queued_and_the_page_says_what_it_waits_for(
    waiting_plan: SyncPlan, rung: list[int]
) -> None:
    browser = browser_of(person())
    run = reverse("admin:sfconnector_syncplan_run", args=[waiting_plan.pk])
    page = browser.post(run, follow=True)
    assert page.status_code == 200
    assert "Queued: it waits for a worker." in page.content.decode()
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED


def test_f31_a_doorbell_that_was_lost_is_rung_again(
    waiting_plan: SyncPlan, rung: list[int]
) -> None:
    run = sync.request_run(waiting_plan)
    assert rung == [run.pk]
    sync.tick()
    assert rung == [run.pk], "not before it had its time"
    SyncRun.objects.update(rung_at=timezone.now() - timedelta(minutes=2))
    sync.tick()
    assert rung == [run.pk, run.pk]


@pytest.fixture
def together() -> Iterator[threading.Barrier]:
    """Let whoever has read a due plan wait a moment, so that others come meanwhile."""

    def wait(**_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.5)

    post_init.connect(wait, sender=SyncPlan, weak=False, dispatch_uid="together")
    yield threading.Barrier(4, timeout=30)
    post_init.disconnect(sender=SyncPlan, dispatch_uid="together")


@pytest.fixture
def quick_worker(state: str) -> Iterator[None]:
    """Bring every run into a state as soon as somebody rings for it."""
    signals.run_queued.connect(
        lambda run_id, **_rest: SyncRun.objects.update(state=state),
        weak=False,
        dispatch_uid="quick worker",
    )
    yield
    signals.run_queued.disconnect(dispatch_uid="quick worker")


@pytest.mark.parametrize("state", [SyncRun.State.QUEUED, SyncRun.State.SUCCEEDED])
@pytest.mark.usefixtures("rung", "quick_worker")
def test_f32_two_schedulers_start_a_due_plan_once(
    waiting_plan: SyncPlan, together: threading.Barrier
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    SyncPlan.objects.update(next_run_at=past)

    def tick() -> int:
        together.wait()
        try:
            return sync.tick().started
        finally:
            connections.close_all()

    with ThreadPoolExecutor(together.parties) as pool:
        ticks = [pool.submit(tick) for _ in range(together.parties)]
    assert sorted(one.result() for one in ticks) == [0, 0, 0, 1]
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "name"), [("tick", "scheduler"), ("worker", "worker")]
)
def test_f32_f33_a_dead_scheduler_or_worker_is_said_on_the_dashboard(
    waiting_plan: SyncPlan, kind: str, name: str
) -> None:
    for one in ("tick", "worker"):
        Heartbeat.objects.create(name=one, kind=one, seen_at=timezone.now())
    Heartbeat.objects.filter(kind=kind).update(
        seen_at=timezone.now() - timedelta(minutes=30)
    )
    browser = browser_of(person())
    page = browser.get(reverse("admin:app_list", args=["sfconnector"]))
    assert f"The {name} has been silent since" in page.content.decode()

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from sfconnector import schedules, sync, tasks
from sfconnector.models import Heartbeat, SyncRun
from tests.environment import ROOT, of_a_process
from tests.sync.conftest import org, simulated

__all__ = ["org", "simulated"]

RING = """
import django, time
django.setup()
from sfconnector import tasks
began = time.monotonic()
print(tasks.ring(1), time.monotonic() - began)
"""


def ring_with(broker: str) -> tuple[bool, float]:
    done = subprocess.run(
        [sys.executable, "-c", RING],
        env=of_a_process(
            DJANGO_SETTINGS_MODULE="project.settings",
            DJANGO_SECRET_KEY="k" * 50,
            DATABASE_URL="sqlite:///unused.sqlite3",
            SFCONNECTOR_ENCRYPTION_KEYS="t1:" + "AQ" * 21 + "E=",
            CELERY_BROKER_URL=broker,
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rang, seconds = done.stdout.split()
    return rang == "True", float(seconds)


def test_a_broker_that_refuses_leaves_the_run_queued():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    rang, seconds = ring_with(f"redis://127.0.0.1:{port}/0")
    assert not rang
    assert seconds < 10


def test_a_broker_that_never_answers_is_given_up_soon():
    with socket.socket() as hung:
        hung.bind(("127.0.0.1", 0))
        hung.listen()
        rang, seconds = ring_with(f"redis://127.0.0.1:{hung.getsockname()[1]}/0")
    assert not rang
    assert seconds < 15


def test_a_task_takes_what_older_and_newer_senders_say(org):
    run = sync.request_run(sync.plan_object(org, sobject="Account", mode="rest"))
    tasks.run_plan(run.pk, fence=3, something="new")
    run.refresh_from_db()
    assert run.state == SyncRun.State.SUCCEEDED
    assert Heartbeat.objects.filter(kind="worker").exists()


@pytest.mark.django_db
def test_a_task_for_a_run_that_is_gone_does_nothing():
    tasks.run_plan(987_654)


def test_beat_has_exactly_one_entry_of_ours():
    from project.celery import app

    app.finalize()
    schedules.add_tick(app)
    entries = {k: v for k, v in app.conf.beat_schedule.items() if "sfconnector" in k}
    assert list(entries) == [schedules.ENTRY]
    assert entries[schedules.ENTRY]["task"] == "sfconnector.tick"

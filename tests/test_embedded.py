"""The embedded worker in a process of its own, as a site starts it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.environment import ROOT, of_a_process

pytestmark = pytest.mark.once

SITE = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "--noinput", "-v0")
from sfconnector import embedded, orgs, sync
from sfconnector.models import Heartbeat, Org, Record, SyncRun
from tests import connections
from urllib.parse import urlsplit
from sfconnector.testing.orgs import org_factory
import resource

rows = int(sys.argv[1])
with org_factory() as factory:
    simulated = factory("Acme", records={"Account": rows}, page_size=2000)
    with connections.reachable(simulated):
        org = connections.org_of(simulated, flow="client_credentials")
        orgs.connect_headless(org)
        plan = sync.plan_object(org, sobject="Account", mode="rest")
        worker = embedded.start()
        asked = time.monotonic()
        run = sync.request_run(plan)
        print("asked", flush=True)
        while run.state in SyncRun.ACTIVE:
            time.sleep(0.02)
            run.refresh_from_db()
        print("state", run.state, run.error_text, flush=True)
        print("records", Record.objects.live().count(), flush=True)
        print("tick", Heartbeat.objects.filter(kind="tick").count(), flush=True)
        print("started after", (run.started_at - run.queued_at).total_seconds())
        print("threads ok", flush=True)
        stopping = time.monotonic()
        embedded.stop()
        print("stopped in", time.monotonic() - stopping, flush=True)
"""


@pytest.fixture
def environment(tmp_path):
    return of_a_process(
        DATABASE_URL=f"sqlite:///{tmp_path / 'site.sqlite3'}",
        CELERY_BROKER_URL="memory://",
        SFCONNECTOR_PUBLIC_URL="http://testserver",
        SFCONNECTOR_ENCRYPTION_KEYS="t1:" + "AQ" * 21 + "E=",
        DJANGO_SECRET_KEY="k" * 50,
        DJANGO_DEBUG="false",
    )


def run_site(environment, rows: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SITE, str(rows)],
        env=environment,
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timing
def test_ten_thousand_records_are_fetched_by_threads_of_one_process(environment):
    said = run_site(environment, 10_000)
    # Odd characters in the seeded data may earn a warning.
    assert "state succeeded" in said or "state warnings" in said, said
    assert "records 10000" in said
    assert "tick 1" in said or "tick 2" in said
    assert float(re.search(r"started after ([\d.]+)", said)[1]) < 5
    assert float(re.search(r"stopped in ([\d.]+)", said)[1]) < 10

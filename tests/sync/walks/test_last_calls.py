"""A run that fails waits for the calls that its threads have under way."""

from __future__ import annotations

import threading
import time

import pytest

from sfconnector import sync
from sfconnector.models import ApiCall, SyncRun
from sfconnector.sync.readers import results
from sfconnector.sync.work import threads
from tests.sync.conftest import run

SLOW = 0.4
"""Seconds for which an answer is held back."""


@pytest.mark.parametrize(
    ("mode", "page", "refused"),
    [("rest", "/query/", 1), ("bulk", "/results", 1), ("bulk", "/results", 2)],
)
def test_a_run_that_fails_leaves_no_call_behind(
    org, simulated, monkeypatch, mode, page, refused
):
    simulated.jobs.default_records = 100
    monkeypatch.setattr(results, "PAGE_SIZE", 100)
    # However slow the machine is, the wait is long enough for the call.
    monkeypatch.setattr(threads, "LAST_WAIT", 60.0)
    plan = sync.plan_object(org, sobject="Account", mode=mode)
    under_way = threading.Event()

    def hold(request, response):
        under_way.set()
        time.sleep(SLOW)

    def wait_and_refuse(request, response):
        # Only a page that fails while another one is read shows what is left behind.
        under_way.wait(SLOW)

    pages = f"*{page}*"
    simulated.faults.add(pages, nth=3 - refused, hook=hold)
    simulated.faults.add(
        pages, nth=refused, refuse="insufficient_access", hook=wait_and_refuse
    )
    failed = run(plan)
    assert failed.state == SyncRun.State.FAILED
    assert not [
        one.name
        for one in threading.enumerate()
        if one.name.startswith(("fetch", "ahead", "results"))
    ]
    made = simulated.requests.matching(pages)
    written = ApiCall.objects.filter(run=failed)
    assert written.filter(path__contains=page).count() == len(made) >= 1
    assert failed.api_calls == written.count()

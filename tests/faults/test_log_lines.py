"""What the logs of real processes say of runs, connections and plans."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import transaction

from sfconnector import logs, sync
from sfconnector.models import SyncPlan, SyncRun
from tests.faults.processes import wait_until
from tests.faults.test_restarts import asked_for, broker, has_ended, worker

__all__ = ["broker", "worker"]

State = SyncRun.State


def events(said: str) -> list[dict[str, Any]]:
    lines = [line for line in said.splitlines() if line.startswith("{")]
    return [one for one in map(json.loads, lines) if "event" in one]


def test_a_worker_says_each_end_of_a_run_as_json_and_nothing_of_its_ticks(
    plan, org, simulated, worker
):
    process = worker(DJANGO_LOG_FORMAT="json")
    good = asked_for(plan)
    wait_until(lambda: has_ended(good))
    simulated.faults.add("*/query*", refuse="invalid_type")
    bad = asked_for(plan)
    wait_until(lambda: has_ended(bad))
    wait_until(lambda: len(events(process.said())) == 2)
    first, second = events(process.said())
    assert first["event"] == second["event"] == "run_ended"
    assert (first["run"], first["outcome"], first["level"]) == (
        good.pk,
        State.SUCCEEDED,
        "INFO",
    )
    assert (first["org"], first["alias"], first["sobject"]) == (
        org.pk,
        org.alias,
        "Account",
    )
    assert first["fetched"] == good.fetched
    assert (second["run"], second["outcome"], second["level"]) == (
        bad.pk,
        State.FAILED,
        "ERROR",
    )
    assert second["error"] == bad.error_code
    for noise in ("received", "succeeded in", "Sending due task"):
        assert noise not in process.said()


def test_a_dead_connection_has_a_line_of_its_own(plan, org, simulated, worker):
    process = worker()
    simulated.faults.add("*/oauth2/token", refuse="invalid_client_id")
    simulated.expire_sessions()
    queued = asked_for(plan)
    wait_until(lambda: has_ended(queued))
    wait_until(lambda: "run_ended" in process.said())
    found = re.search(r"ERROR sfconnector.events org_status .*", process.said())
    assert found, process.said()
    assert f"org={org.pk} alias={org.alias} status=needs_reconnect" in found[0]


def test_a_line_is_written_when_its_transaction_is_committed(plan, caplog):
    with caplog.at_level("INFO", logger="sfconnector.events"):
        with transaction.atomic():
            plan.pause("it never was")
            transaction.set_rollback(True)
        assert not caplog.records
        SyncPlan.objects.get(pk=plan.pk).pause("six in a row")
    assert [one.getMessage() for one in caplog.records] == [
        f"plan_paused plan={plan.pk} org={plan.org_id} sobject=Account"
    ]


def test_a_waiting_run_that_is_cancelled_has_its_line(plan, caplog):
    with caplog.at_level("INFO", logger="sfconnector.events"):
        sync.cancel(sync.request_run(plan))
    assert "run_ended" in caplog.text
    assert "outcome=cancelled" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_no_line_can_be_forged_by_a_value(caplog):
    with caplog.at_level("INFO", logger="sfconnector.events"):
        logs.tell("run_ended", {"alias": "a b=c\nERROR forged"})
    assert caplog.records[0].getMessage() == r"run_ended alias='a b=c\nERROR forged'"

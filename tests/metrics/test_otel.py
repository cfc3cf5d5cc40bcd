"""One trace from the request of a run to its last commit, and gauges for a meter."""

from __future__ import annotations

import pytest
from django.urls import reverse
from opentelemetry import metrics as api
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sfconnector import metrics, tasks
from sfconnector.models import SyncRun
from tests.connections import browser_of, person
from tests.crm.pages import code_of
from tests.sync.conftest import again, hasty, org, plan, run, simulated
from tests.threads import at_once

__all__ = ["hasty", "org", "plan", "simulated"]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What this test alone has traced; other tests go without a provider."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return kept


def test_one_trace_reaches_from_run_now_to_the_last_commit(plan, org, spans):
    browser = browser_of(person())
    with trace.get_tracer("the host").start_as_current_span("POST"):
        browser.post(reverse("admin:sfconnector_syncplan_run", args=[plan.pk]))
    asked = plan.runs.get()
    at_once(lambda: tasks.run_plan(asked.pk))  # a thread begins with no trace
    asked.refresh_from_db()
    assert asked.state == SyncRun.State.SUCCEEDED
    ours = spans.get_finished_spans()
    assert len({one.context.trace_id for one in ours}) == 1
    by_id = {one.context.span_id: one for one in ours}

    def path(one):
        above = by_id.get(one.parent.span_id) if one.parent else None
        return [*(path(above) if above else []), one.name.removeprefix("sfconnector.")]

    commits = [one for one in ours if one.name == "sfconnector.commit"]
    assert path(commits[-1]) == ["POST", "request_run", "run", "commit"]
    rows = sum(one.attributes["sfconnector.rows"] for one in commits)
    assert rows == asked.fetched
    [worked] = [one for one in ours if one.name == "sfconnector.run"]
    assert worked.attributes["sfconnector.outcome"] == "succeeded"
    assert worked.start_time <= commits[-1].end_time <= worked.end_time


def test_a_run_that_rested_goes_on_in_its_trace(plan, org, simulated, spans, hasty):
    simulated.faults.add("*/query*", status=503, times=100)
    rested = run(plan)
    assert rested.state == SyncRun.State.PARKED
    simulated.faults.clear()
    assert again(rested).state == SyncRun.State.SUCCEEDED
    ours = [o for o in spans.get_finished_spans() if o.name == "sfconnector.run"]
    assert len(ours) == 2
    assert len({one.context.trace_id for one in ours}) == 1


def test_spans_hold_no_text_of_salesforce_and_no_person(plan, org, simulated, spans):
    simulated.faults.add(
        "*/query*",
        status=400,
        body=[{"errorCode": "INVALID_FIELD", "message": "of ada@example.com"}],
    )
    run(plan)
    told = "".join(one.to_json() for one in spans.get_finished_spans())
    assert "sfconnector.run" in told
    assert "ada@example.com" not in told


def test_a_meter_of_the_host_observes_the_gauges(plan, org, monkeypatch):
    reader = InMemoryMetricReader()
    monkeypatch.setattr(api, "get_meter", MeterProvider([reader]).get_meter)
    exec(code_of("watch-it-from-outside.md", "# Where your worker starts"), {})
    run(plan)
    data = reader.get_metrics_data()
    told = {
        one.name: {tuple(p.attributes.items()): p.value for p in one.data.data_points}
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for one in scope.metrics
    }
    assert told.keys() <= set(metrics.NAMES)
    labels = (("org", "acme"), ("plan", str(plan.pk)), ("object", "Account"))
    assert told["sfconnector_runs_ended"][*labels, ("outcome", "succeeded")] == 1

"""The page that Prometheus reads: its form, its figures, and what is never on it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from sfconnector import budget, clock, metrics, sync
from sfconnector.models import ApiCall, SyncRun
from tests.connections import PROBE, person
from tests.crm.pages import code_of
from tests.sync.conftest import org, plan, run, simulated

__all__ = ["org", "plan", "simulated"]


LABELS = ("org", "plan", "object", "outcome", "code", "kind", "state")


def page() -> dict[tuple[str, ...], float]:
    """Return each figure of the page by its name and the values of its labels."""
    answer = Client().get(reverse("sfconnector:metrics"), headers=PROBE)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return parsed(answer.content.decode())


def parsed(text: str) -> dict[tuple[str, ...], float]:
    return {
        (one.name, *(one.labels[n] for n in LABELS if n in one.labels)): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if set(one.labels) <= set(LABELS)
    }


def test_the_page_has_what_a_run_did(plan, org):
    done = run(plan)
    told, of_plan = page(), ("acme", str(plan.pk), "Account")
    assert told["sfconnector_runs_ended", *of_plan, "succeeded"] == 1
    assert told["sfconnector_run_rows", *of_plan, "fetched"] == done.fetched > 0
    assert told["sfconnector_run_seconds_max", *of_plan] == pytest.approx(done.seconds)
    assert told["sfconnector_queue_wait_seconds_max", *of_plan] >= 0
    assert 0 <= told["sfconnector_last_success_age_seconds", *of_plan] < 60
    assert told["sfconnector_oldest_waiting_run_seconds", "acme"] == 0
    assert told["sfconnector_budget_left_calls", "acme"] == budget.allowance(org).calls


def test_the_page_has_failures_waits_and_refreshes(plan, org):
    queued = sync.request_run(plan)
    waited = clock.now() - timedelta(seconds=90)
    SyncRun.objects.filter(pk=queued.pk).update(queued_at=waited)
    told = page()
    assert told["sfconnector_oldest_waiting_run_seconds", "acme"] >= 90
    assert told["sfconnector_active_runs", "acme", "queued"] == 1
    SyncRun.objects.filter(pk=queued.pk).update(
        state=SyncRun.State.FAILED,
        error_code="INVALID_FIELD",
        finished_at=clock.now(),
        started_at=waited + timedelta(seconds=30),
    )
    ApiCall.objects.all().delete()
    for status in (200, 200, 400):
        ApiCall.objects.create(
            org=org, purpose="refresh", status=status, at=clock.now(), duration_ms=1
        )
    told, of_plan = page(), ("acme", str(plan.pk), "Account")
    assert told["sfconnector_run_failures", *of_plan, "INVALID_FIELD"] == 1
    assert told["sfconnector_queue_wait_seconds_max", *of_plan] == pytest.approx(30)
    assert told["sfconnector_token_refreshes", "acme", "succeeded"] == 2
    assert told["sfconnector_token_refreshes", "acme", "failed"] == 1


def test_no_value_of_a_record_and_no_person_is_on_the_page(org, settings):
    ada = person("ada.lovelace@example.com")
    soql = "SELECT Id FROM Contact WHERE Email = 'babbage@example.com'"
    told = sync.plan_soql(org, soql=soql, name="of Mr Babbage", created_by=ada)
    run(told)
    token = {"Authorization": "Bearer the probe's token"}
    answer = Client().get(reverse("sfconnector:metrics"), headers=token)
    text = answer.content.decode().lower()
    assert f'plan="{told.pk}"' in text
    assert "lovelace" not in text
    assert "babbage" not in text


@pytest.mark.django_db
def test_only_who_sends_the_token_sees_the_page(client):
    url = reverse("sfconnector:metrics")
    assert client.get(url).status_code == 404
    assert client.get(url, headers={"Authorization": "Bearer x"}).status_code == 404
    client.force_login(person())
    assert client.get(url).status_code == 404
    assert client.post(url, headers=PROBE).status_code == 405


def test_a_registry_of_the_host_takes_the_gauges(plan, org, monkeypatch):
    registry = CollectorRegistry()
    monkeypatch.setattr("prometheus_client.REGISTRY", registry)
    block = "# Where your own page of Prometheus is made"
    exec(code_of("watch-it-from-outside.md", block), {})
    run(plan)
    told = parsed(generate_latest(registry).decode())
    age = ("sfconnector_last_success_age_seconds", "acme", str(plan.pk), "Account")
    assert told[age] < 60


@pytest.mark.django_db
def test_the_names_are_those_that_are_measured(django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert tuple(one.name for one in metrics.measure()) == metrics.NAMES


ABSENT = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("prometheus_client", "opentelemetry"):
            raise ModuleNotFoundError(name, name=name)

import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: (
    None if name in ("prometheus_client", "opentelemetry") else real(name, *rest)
)
sys.meta_path.insert(0, Absent())
"""
LOADED = """
import django
django.setup()
import sfconnector.admin, sfconnector.tasks, sfconnector.urls, sfconnector.tracing
from sfconnector import tracing
"""


def code(body: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", body],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_is_imported_and_nothing_missed_where_they_are_absent():
    told = code(
        ABSENT + LOADED + "with tracing.span('a', b=1): tracing.note(c=2)\n"
        "print(repr(tracing.current()))\n"
        "from django.test import RequestFactory\n"
        "from django.http import Http404\n"
        "from sfconnector.views import prometheus\n"
        "try: prometheus(RequestFactory().get('/', headers={'Authorization':"
        '"Bearer the probe\'s token"}))\n'
        "except Http404: print('404')\n"
    )
    assert told.split() == ["''", "404"]


def test_they_are_imported_by_those_alone_who_use_them():
    told = code(
        LOADED + "import sys\n"
        "print([name for name in sys.modules"
        " if name in ('prometheus_client', 'opentelemetry.trace')])"
    )
    assert told.strip() == "[]"

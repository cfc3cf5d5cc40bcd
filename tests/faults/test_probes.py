"""What a probe hears: by address, by plain http, and while the database is frozen."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.postgresql_server import PostgresqlServer, own_postgresql
from tests.faults.processes import wait_until
from tests.journeys import sites
from tests.journeys.sites import Site

pytestmark = pytest.mark.once

PUBLIC = "https://crm.example.com"


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresqlServer]:
    with own_postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def site(
    database: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site behind a proxy that ends TLS, as the guide has it; no worker is there."""
    folder = tmp_path_factory.mktemp("site")
    values = {
        "SFCONNECTOR_PUBLIC_URL": PUBLIC,
        "DJANGO_ALLOWED_HOSTS": "crm.example.com",
        "SFCONNECTOR_PROBE_TOKEN": "probe",
        "SFCONNECTOR_EXPECTED_WORKERS": "5",
    }
    broker = {"CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}
    with sites.prepared(
        folder, orgs=[], DATABASE_URL=database.url, **values, **broker
    ) as one:
        gunicorn = [str(sites.BIN / "gunicorn"), "project.wsgi", "--workers", "1"]
        one.start("web", *gunicorn, "--bind", sites.host_of(one.url))
        wait_until(lambda: answers(one))
        yield one


def answers(site: Site) -> bool:
    try:
        return ask(site, "healthz")[0] == 200
    except OSError:
        return False


def ask(site: Site, probe: str) -> tuple[int, Any, float]:
    """Ask by address and plain http; return status, answer and seconds."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(sites.host_of(site.url), timeout=20)
    headers = {"Host": "10.1.2.3:8000", "Authorization": "Bearer probe"}
    connection.request("GET", f"/salesforce/{probe}", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    is_json = answer.getheader("Content-Type") == "application/json"
    took = time.monotonic() - began
    return answer.status, json.loads(body) if is_json else body.decode(), took


def test_probes_by_address_and_plain_http_are_answered(site: Site):
    before = len(site.logs())
    assert ask(site, "healthz")[:2] == (200, {"live": True})
    status, told, _ = ask(site, "readyz")
    assert status == 503
    assert told["checks"]["database"] == told["checks"]["encryption_key"] == "ok"
    assert told["checks"]["worker"] == "never seen"
    assert told["workers"] == "0 of 5 alive"
    assert "Traceback" not in site.logs()[before:]
    assert "Invalid HTTP_HOST" not in site.logs()[before:]


def test_other_pages_still_ask_for_the_host_and_for_https(site: Site):
    assert ask(site, "callback/")[0] == 400


def test_a_frozen_database_delays_no_probe(site: Site, database: PostgresqlServer):
    database.signal(signal.SIGSTOP)
    try:
        for _ in range(3):
            status, told, seconds = ask(site, "readyz")
            assert (status, told["ready"]) == (503, False)
            assert "did not answer within 3 seconds" in told["checks"]["database"]
            assert seconds < 6
        status, _, seconds = ask(site, "healthz")
        assert status == 200
        assert seconds < 2
    finally:
        database.signal(signal.SIGCONT)
    wait_until(lambda: ask(site, "readyz")[1]["checks"]["database"] == "ok")

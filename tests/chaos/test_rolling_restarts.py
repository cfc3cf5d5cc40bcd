"""A deploy in rolling restarts under load, by the guide's own units: nobody notices.

Ten plans run each minute, pages are asked for all the time, sessions end again and again
while refresh tokens rotate. Web and worker processes are restarted in turn, the broker
and the database once.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from salesforce_simulator import SalesforceOrg
from sfconnector.testing.orgs import org_factory
from tests.documents.blocks import ROOT, blocks_of
from tests.faults.postgresql_server import PostgresqlServer, own_postgresql
from tests.faults.redis_server import RedisServer, own_redis
from tests.journeys import people, sites
from tests.journeys.sites import Site

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]
GUIDE = ROOT / "docs" / "how-to" / "run-in-production.md"
ROUNDS = 10
RECORDS = dict.fromkeys(
    (
        *("Account", "Contact", "Lead", "Opportunity", "Case"),
        *("Task", "Event", "Campaign", "Product2", "Asset"),
    ),
    120,
)
PLANS = f"""
from sfconnector import sync
from sfconnector.models import Org
org = Org.objects.get()
for name in {sorted(RECORDS)}:
    sync.plan_object(org, sobject=name, mode="rest", every_minutes=1)
"""
PATIENCE_S = 20
"""A request waits as long for a process that serves, as a proxy does that tries again."""


WELL = {"succeeded", "warnings", "queued", "running"}


def unit(name: str, site: Site, *, bind: str = "") -> list[str]:
    """Return the command line of one of the guide's units, on this machine."""
    lines = "\n".join(one.text for one in blocks_of(GUIDE) if one.language == "systemd")
    pattern = rf"sfconnector-{name}\.service\n.*?^ExecStart=(.*?)$"
    [line] = re.findall(pattern, lines, re.MULTILINE | re.DOTALL)
    line = line.replace("/srv/sfconnector/.venv/bin", str(sites.BIN))
    line = line.replace("/var/lib/sfconnector", str(site.folder))
    return line.replace("127.0.0.1:8000", bind).split()


class Proxy(threading.Thread):
    """Asks for pages at two web processes; tries again where one is away or says 503."""

    def __init__(self, urls: list[str], cookies: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.urls, self.cookies = urls, cookies
        self.answers: list[tuple[float, int]] = []
        self.refusals = 0
        self.is_done = threading.Event()

    def run(self) -> None:
        """Ask, again and again."""
        while not self.is_done.wait(0.1):
            began = time.monotonic()
            self.answers.append((began, self._ask()))

    def _ask(self) -> int:
        """Return the status of the first answer that is not 503, or the last one's."""
        deadline = time.monotonic() + PATIENCE_S
        status = 0
        while time.monotonic() < deadline:
            for url in tuple(self.urls):
                page = f"{url}/admin/sfconnector/org/"
                try:
                    answer = requests.get(page, cookies=self.cookies, timeout=20)
                except requests.RequestException:
                    continue
                status = answer.status_code
                if status != 503:
                    self.urls.sort(key=lambda one: one == url)  # the other one next
                    return status
                self.refusals += 1
            time.sleep(0.2)
        return status

    @property
    def failures(self) -> list[tuple[float, int]]:
        """Return what failed for good: when, and the status."""
        return [one for one in self.answers if one[1] != 200]


@pytest.fixture
def simulated() -> Iterator[SalesforceOrg]:
    with org_factory() as factory:
        org = factory("Acme", records=RECORDS, page_size=50)
        org.app.rotate_refresh_tokens = True
        org.latency_ms = 20
        yield org


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[PostgresqlServer, RedisServer]]:
    with own_postgresql() as database, own_redis(tmp_path) as broker:
        yield database, broker


@pytest.fixture
def site(simulated: SalesforceOrg, servers: Any, tmp_path: Path) -> Iterator[Site]:
    database, broker = servers
    with sites.prepared(
        tmp_path,
        orgs=[simulated],
        DATABASE_URL=database.url,
        CELERY_BROKER_URL=broker.url,
        DJANGO_LOG_LEVEL="INFO",
    ) as one:
        yield one


def test_a_rolling_restart_under_load_loses_nothing(
    site: Site, simulated: SalesforceOrg, servers: Any
) -> None:
    database, broker = servers
    ports = {"web-1": site.url, "web-2": f"http://127.0.0.1:{sites.free_port()}"}
    commands = {
        name: unit("web", site, bind=sites.host_of(url)) for name, url in ports.items()
    }
    commands |= {f"worker-{n}": unit("worker", site) for n in (1, 2)}
    commands["beat"] = unit("beat", site)
    for name, command in commands.items():
        site.start(name, *command)
    sites.wait_until_served(site)

    visitor = site.visitor()
    org = people.add_org(visitor, simulated, alias="acme")
    people.connect(visitor, org)
    site.command("shell", "-v0", "-c", PLANS)
    proxy = Proxy(list(ports.values()), visitor.cookies)
    proxy.start()
    began = time.monotonic()
    for turn in range(ROUNDS):
        for kind in ("web", "worker"):
            name = f"{kind}-{turn % 2 + 1}"
            site.stop(name)
            site.start(name, *commands[name])
            time.sleep(6)
        simulated.expire_sessions()
        if turn == 4:
            broker.restart()
        if turn == 7:
            database.restart_at_once()
    minutes = (time.monotonic() - began) / 60
    proxy.is_done.set()
    proxy.join(30)

    print("pages", len(proxy.answers), "tried again for a 503", proxy.refusals)
    assert proxy.failures == [], site.logs()[-5000:]
    assert len(proxy.answers) > 100
    assert_nothing_lost(database.url, simulated, minutes=minutes, logs=site.logs())


def assert_nothing_lost(
    url: str, simulated: SalesforceOrg, *, minutes: float, logs: str
) -> None:
    assert simulated.refresh_reuses == 0
    ask = asker(url)
    wait_for_quiet(ask)
    [(status, rotations)] = ask(
        "SELECT status, rotations FROM sfconnector_org o JOIN sfconnector_credential c "
        "ON c.org_id = o.id"
    )
    assert status == "connected", logs[-5000:]
    assert rotations >= ROUNDS / 2
    assert set(re.findall(r"org_status .*\bstatus=(\w+)", logs)) == {"connected"}
    # Each minute one run of each plan: none lost, none twice.
    runs = ask(
        "SELECT plan_id, count(*), sum(created), "
        "array_agg(DISTINCT state || ' ' || error_text) "
        "FROM sfconnector_syncrun GROUP BY plan_id"
    )
    assert len(runs) == len(RECORDS)
    for _plan, count, created, ends in runs:
        assert {end.split()[0] for end in ends} <= WELL, ends
        assert minutes - 1 <= count <= minutes + 2
        assert created >= 120
    found = dict(
        ask("SELECT sobject, count(*) FROM sfconnector_record GROUP BY sobject")
    )
    created = dict(
        ask("SELECT sobject, sum(created) FROM sfconnector_syncrun GROUP BY sobject")
    )
    assert found == created
    assert set(found) == set(RECORDS)


def asker(url: str) -> Any:
    def ask(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(url) as connection:
            return connection.execute(query.encode()).fetchall()

    return ask


def wait_for_quiet(ask: Any) -> None:
    """Wait until the runs that are due by now are over, none of them stuck."""
    deadline = time.monotonic() + 120
    query = "SELECT count(*) FROM sfconnector_syncrun WHERE state <> 'succeeded' AND finished_at IS NULL"
    while ask(query)[0][0]:
        assert time.monotonic() < deadline, ask(
            "SELECT id, state, error_text FROM sfconnector_syncrun WHERE finished_at IS NULL"
        )
        time.sleep(0.3)

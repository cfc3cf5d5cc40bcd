"""Whatever happens, in the end the cache is the org: faults, kills, changes, ticks.

With SQLite the worker is the embedded one, with PostgreSQL Celery's own over Redis;
both are real processes, killed with ``kill -9`` while the org answers them.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.db import connection

from sfconnector import sync
from sfconnector.models import Org, SyncRun
from sfconnector.simulator import SalesforceOrg
from tests import services
from tests.chaos.storm import Storm, counting_idle_writes
from tests.connections import connect, org_of, reachable
from tests.faults.evidence import assert_whole

PLANS = {"Account": "rest", "Contact": "bulk", "Lead": "auto"}
COUNTS = {"Account": 400, "Contact": 120, "Lead": 60}
PAGE = 40


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """An org that gives each refresh token out for one use only."""
    one = salesforce_orgs("Storm", records=COUNTS, page_size=PAGE)
    one.app.rotate_refresh_tokens = True
    return one


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The org, connected by a person, with three plans that run every hour."""
    with reachable(simulated):
        row = org_of(simulated, alias="storm")
        connect(row)
        row.refresh_from_db()
        for sobject, mode in PLANS.items():
            sync.plan_object(row, sobject=sobject, mode=mode, every_minutes=60)
        yield row


@pytest.fixture
def broker() -> Iterator[str]:
    """A Redis database of our own where a server is used, else nothing."""
    if connection.vendor != "postgresql":
        yield ""
        return
    services.require("redis")
    url = services.redis_database(13)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


def weather(storm: Storm, *, seconds: float, most_steps: int) -> None:
    """Let the storm rage, then die down; the worker is dead afterwards."""
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline and most_steps:
            storm.step()
            most_steps -= 1
        storm.calm_down(seconds=max(60, seconds * 2))
    finally:
        storm.end_worker()


def assert_as_promised(storm: Storm) -> None:
    """Fail unless the cache is the org, nothing hangs and nothing was wasted."""
    assert not SyncRun.objects.active().exists()
    spent = len(storm.simulated.requests)
    runs = SyncRun.objects.count()
    ended = SyncRun.objects.values_list("state", "error_code")
    print(f"{storm.kills} kills, {storm.faults} faults, {spent} requests, {runs} runs")
    print(dict(collections.Counter(ended)))
    pages = sum(count // PAGE + 4 for count in COUNTS.values())
    troubles = storm.kills + storm.faults
    assert spent < 40 + runs * 25 + troubles * pages, (spent, runs, troubles)
    for sobject in PLANS:
        assert_whole(storm.org, storm.simulated, sobject)
    assert storm.simulated.refresh_reuses == 0


def test_after_a_storm_the_cache_is_the_org(org, simulated, broker):
    with counting_idle_writes() as idle_writes:
        storm = Storm(org, simulated, seed=1, broker=broker)
        weather(storm, seconds=12, most_steps=1_000)
        assert_as_promised(storm)
        assert idle_writes() == 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_after_a_long_storm_the_cache_is_the_org(org, simulated, broker, seed):
    with counting_idle_writes() as idle_writes:
        storm = Storm(org, simulated, seed=seed, broker=broker)
        weather(storm, seconds=40, most_steps=10_000)
        assert storm.kills
        assert_as_promised(storm)
        assert idle_writes() == 0

"""Whatever happens, in the end the cache is the org: faults, kills, changes, ticks.

With SQLite the worker is the embedded one, with PostgreSQL Celery's own over Redis;
both are real processes, killed with ``kill -9`` while the org answers them. The long
storms on PostgreSQL rage over a server of their own, which crashes and forgets what was
not on its disk, and half of them behind a pooler.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import redis
from django.db import connection

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Org, SyncRun
from tests import services
from tests.chaos.idle_writes import counting_idle_writes
from tests.chaos.storm import Storm
from tests.connections import connect, org_of, reachable
from tests.faults.elsewhere import database_on
from tests.faults.evidence import assert_whole
from tests.faults.pooler import own_pooler
from tests.faults.postgresql_server import UNHURRIED, PostgresqlServer, own_postgresql

PLANS = {"Account": "rest", "Contact": "bulk", "Lead": "auto"}
COUNTS = {"Account": 400, "Contact": 120, "Lead": 60}
PAGE = 40


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """An org that gives each refresh token out for one use only."""
    one = salesforce_orgs("Storm", records=COUNTS, page_size=PAGE)
    one.app.rotate_refresh_tokens = True
    return one


@contextmanager
def planned(simulated: SalesforceOrg) -> Iterator[Org]:
    """Connect the org as a person does, with three plans that run every hour."""
    with reachable(simulated):
        row = org_of(simulated, alias="storm")
        connect(row)
        row.refresh_from_db()
        for sobject, mode in PLANS.items():
            sync.plan_object(row, sobject=sobject, mode=mode, every_minutes=60)
        yield row


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The org, connected and planned."""
    with planned(simulated) as row:
        yield row


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """A server to be killed, which keeps in memory what does not wait for the disk."""
    with own_postgresql(*UNHURRIED) as one:
        yield one


if connection.vendor == "postgresql":

    @pytest.fixture
    def place(
        seed: int, server: PostgresqlServer, django_db_blocker: Any
    ) -> Iterator[PostgresqlServer | None]:
        """Where a long storm rages: its server, reached through a pooler or not."""
        with ExitStack() as stack:
            stack.enter_context(django_db_blocker.unblock())
            pooler = stack.enter_context(own_pooler(server)) if seed % 2 else None
            port = pooler.port if pooler else None
            stack.enter_context(database_on(server, port=port))
            yield server

else:

    @pytest.fixture
    def place(transactional_db: None) -> None:
        """Where a long storm rages: no server can be killed there."""


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
    print(
        f"{storm.kills} kills, {storm.crashes} crashes, {storm.faults} faults, {spent} requests, {runs} runs"
    )
    print(dict(collections.Counter(ended)))
    composites = [one for one in storm.simulated.requests if "composite" in one.path]
    print(f"{len(composites)} rounds")
    pages = sum(count // PAGE + 4 for count in COUNTS.values())
    troubles = storm.kills + storm.faults + storm.upsets * len(PLANS)
    assert spent < 40 + runs * 25 + troubles * pages, (spent, runs, troubles)
    for sobject in PLANS:
        assert_whole(storm.org, storm.simulated, sobject)
    assert storm.simulated.refresh_reuses == 0


@pytest.mark.timing
@pytest.mark.parametrize("rounds", [False, True])
def test_after_a_storm_the_cache_is_the_org(org, simulated, broker, rounds):
    with counting_idle_writes() as idle_writes:
        storm = Storm(org, simulated, seed=1, broker=broker, rounds=rounds)
        weather(storm, seconds=12, most_steps=1_000)
        assert_as_promised(storm)
        assert idle_writes() == 0


@pytest.mark.soak
@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("seed", range(100, 120))
def test_after_a_long_storm_the_cache_is_the_org(
    simulated, place, broker, seed, rounds
):
    with planned(simulated) as org, counting_idle_writes() as idle_writes:
        storm = Storm(
            org, simulated, seed=seed, broker=broker, server=place, rounds=rounds
        )
        weather(storm, seconds=40, most_steps=10_000)
        assert storm.kills
        assert_as_promised(storm)
        assert idle_writes() == 0

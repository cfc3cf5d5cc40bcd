"""Many orgs served together while everything goes wrong: no change is ever lost.

Orgs change, answers are spoilt, workers are killed, the broker forgets its messages,
sessions of the database end, clocks of orgs run ahead; due plans are looked at in rounds.
In the end what is cached is what the orgs hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, connections

from salesforce_simulator import SalesforceOrg, serve
from sfconnector import sync
from sfconnector.models import Org, Round
from tests.chaos.fleet import Fleet
from tests.connections import app_of, reachable
from tests.faults.redis_server import RedisServer, own_redis
from tests.sync.conftest import connected

OBJECTS = ("Account", "Contact", "Lead")
RECORDS = dict.fromkeys(OBJECTS, 6)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer | None]:
    """A Redis of the test's own where the database is a server."""
    with ExitStack() as stack:
        is_server = connection.vendor != "sqlite"
        yield stack.enter_context(own_redis(tmp_path)) if is_server else None


@pytest.fixture
def fleet_of(
    transactional_db: None,
    broker: RedisServer | None,
    tmp_path: Path,
) -> Iterator[Callable[[int], Fleet]]:
    """Make fleets of so many connected orgs, whose plans come due each minute."""
    with ExitStack() as stack:

        def make(count: int) -> Fleet:
            # Few seeds: orgs of the same share what they are made of.
            made = [
                SalesforceOrg(
                    f"Fleet {number}", records=RECORDS, page_size=4, seed=number % 4
                )
                for number in range(count)
            ]
            for one in made:
                stack.enter_context(serve(one, stops_within=0.5))
            stack.enter_context(reachable(*made))
            with ThreadPoolExecutor(4) as pool:
                members = list(zip(pool.map(planned, made), made, strict=True))
            fleet = Fleet(members, seed=1, folder=tmp_path, broker=broker)
            stack.callback(fleet.end_workers)
            return fleet

        yield make


def planned(simulated: SalesforceOrg) -> Org:
    """Connect an org; its plans come due each minute."""
    try:
        org = connected(simulated, app=app_of(simulated))
        for name in OBJECTS:
            sync.plan_object(org, sobject=name, every_minutes=1)
        return org
    finally:
        connections.close_all()


def weather(fleet: Fleet, *, seconds: float, trouble_every: float) -> None:
    fleet.start_workers()
    fleet.first_passes()
    fleet.rage(seconds=seconds, trouble_every=trouble_every)
    print(fleet.told())
    fleet.calm_down()
    fleet.assert_nothing_is_lost()
    print(fleet.told())
    assert Round.objects.count() > len(fleet.storms)


@pytest.mark.timing
def test_a_few_orgs_lose_no_change(fleet_of):
    weather(fleet_of(6), seconds=30, trouble_every=6)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_three_hundred_orgs_lose_no_change_in_half_an_hour(fleet_of):
    weather(fleet_of(300), seconds=1_800, trouble_every=20)

"""Whatever happens between any two batches, one more run makes the cache the org."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.connections import reachable
from tests.protocols.history import History
from tests.sync.conftest import connected, hasty

__all__ = ["hasty"]

SOME, MANY = range(6), range(100, 300)


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """A pretend org whose 90 accounts make nine pages."""
    return salesforce_orgs("Acme", records={"Account": 90}, page_size=10)


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The pretend org, connected."""
    with reachable(simulated):
        yield connected(simulated)


def outlive(org: Org, simulated: SalesforceOrg, seed: int, *, steps: int) -> None:
    history = History(org, simulated, seed=seed)
    history.live(steps=steps)
    history.calm_down()
    history.assert_whole()


@pytest.mark.parametrize("seed", SOME)
@pytest.mark.usefixtures("hasty")
def test_after_a_short_history_the_cache_is_the_org(org, simulated, seed):
    outlive(org, simulated, seed, steps=6)


@pytest.mark.soak
@pytest.mark.parametrize("seed", MANY)
@pytest.mark.usefixtures("hasty")
def test_after_a_long_history_the_cache_is_the_org(org, simulated, seed):
    outlive(org, simulated, seed, steps=14)

from __future__ import annotations

import pytest

from tests.connections import settings_with
from tests.sync.chaos import Chaos


def weather(org, simulated, *, seed: int, steps: int) -> None:
    chaos = Chaos(org, simulated, seed=seed)
    for _ in range(steps):
        chaos.step()
    chaos.calm()
    chaos.check()


@pytest.fixture(autouse=True)
def _often(settings):
    settings.SFCONNECTOR = settings_with(RUN_ATTEMPTS=50)


@pytest.mark.parametrize("seed", range(2))
def test_after_a_storm_the_cache_equals_the_org(org, simulated, seed):
    weather(org, simulated, seed=seed, steps=5)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 120))
def test_after_a_long_storm_the_cache_equals_the_org(org, simulated, seed):
    weather(org, simulated, seed=seed, steps=25)

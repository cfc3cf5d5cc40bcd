"""What every test relies on: services that are there, and no socket beyond loopback."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests import services

# A machine that is busy is no finding: limits of time are pytest's matter.
settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")


@pytest.fixture(autouse=True)
def _services(request: pytest.FixtureRequest) -> None:
    """Ask for the services that the test's markers name."""
    for name in services.MISSING:
        if request.node.get_closest_marker(name):
            services.require(name)

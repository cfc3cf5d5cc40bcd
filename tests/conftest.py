"""What every test relies on: services that are there, and no socket beyond loopback."""

from __future__ import annotations

import pytest

from tests import services


@pytest.fixture(autouse=True)
def _services(request: pytest.FixtureRequest) -> None:
    """Ask for the services that the test's markers name."""
    for name in services.MISSING:
        if request.node.get_closest_marker(name):
            services.require(name)

"""What every test relies on: services that are there, and no socket beyond loopback."""

from __future__ import annotations

import functools
import io
import logging
import signal
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.dispatch import Signal
from hypothesis import HealthCheck, settings

from tests import services
from tests.threads import OpenConnections

# A machine that is busy is no finding: limits of time are pytest's matter.
settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")

# Who starts tests in the background may have SIGINT ignored, and every process that a test
# starts would inherit that: the demo's Ctrl-C could not be tried.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _services(request: pytest.FixtureRequest) -> None:
    """Ask for the services that the test's markers name."""
    for name in services.MISSING:
        if request.node.get_closest_marker(name):
            services.require(name)


@pytest.fixture(autouse=True)
def _a_fresh_minute() -> None:
    """Forget what strangers asked for in the tests before (see ``throttle``)."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _quick_jobs() -> Iterator[None]:
    """Let Bulk jobs end, and be looked at, ten times as soon as real ones.

    Only in this process: workers that a test starts wait as long as in production.
    """
    from salesforce_simulator.bulk import Pace as Simulated
    from sfconnector.salesforce.bulk import Pace
    from sfconnector.sync.walks import bulk

    with (
        patch.object(Simulated.__init__, "__defaults__", (0.02, 0.03)),
        patch.object(bulk, "Pace", functools.partial(Pace, first_s=0.02)),
    ):
        yield


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Everything that any logger says, at DEBUG and to a handler of the root."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(autouse=True)
def _no_wish_to_stop() -> Iterator[None]:
    """Let no test leave the process's wish to stop to the tests after it."""
    from sfconnector import stopping

    yield
    was_left = stopping.is_stopping()
    stopping.clear_stop()
    assert not was_left, "the test left a wish to stop behind: stopping.clear_stop()"


@pytest.fixture(autouse=True)
def _no_receiver_left() -> Iterator[None]:
    """Let no function that a test registers be called in the tests after it."""
    from sfconnector import signals
    from sfconnector.hooks import receiving, registering

    ours = [one for one in vars(signals).values() if isinstance(one, Signal)]
    before = [list(one.receivers) for one in ours]
    with patch.dict(receiving._receivers), patch.dict(registering._tasks):
        yield
    left = [
        one for one, then in zip(ours, before, strict=True) if one.receivers != then
    ]
    assert not left, "the test left a receiver of a signal behind"


@pytest.fixture(scope="session")
def _open_connections() -> Iterator[OpenConnections]:
    from django.db.backends.signals import connection_created

    opened = OpenConnections()
    connection_created.connect(opened.note)
    yield opened
    connection_created.disconnect(opened.note)


@pytest.fixture(autouse=True)
def _no_open_connection(_open_connections: OpenConnections) -> Iterator[None]:
    """Let no thread of a test, or of what it tests, end with a connection open."""
    yield
    left = _open_connections.left()
    assert not left, f"connections left open by threads that ended: {left}"


@pytest.fixture(params=[3, pytest.param(25, marks=pytest.mark.soak)])
def rounds(request: pytest.FixtureRequest) -> int:
    """Tell how often a case is played: a few times always, many times by ``make soak``."""
    return int(request.param)

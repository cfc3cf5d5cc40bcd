"""A connected pretend org, and a way to hold the real code at a named point."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Org, SyncPlan
from tests.connections import reachable
from tests.sync.conftest import COUNTS, connected


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """A pretend org of 450 accounts in small pages."""
    return salesforce_orgs("Acme", records=COUNTS, page_size=100)


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The pretend org, connected."""
    with reachable(simulated):
        yield connected(simulated)


@pytest.fixture
def plan(org: Org) -> SyncPlan:
    """A plan that reads accounts by REST."""
    return sync.plan_object(org, sobject="Account", mode="rest")


def once(
    simulated: SalesforceOrg, when: Callable[[Any], bool], do: Callable[[], Any]
) -> None:
    """Do something when the org is asked for something, before it answers."""

    def strike(request: Any, response: Any) -> None:
        if strike in simulated.before_send and when(request):
            simulated.before_send.remove(strike)
            try:
                do()
            finally:
                connections.close_all()

    simulated.before_send.append(strike)


def is_query(request: Any) -> bool:
    """Tell whether the org is asked for records."""
    return "/query" in request.path


class Barrier:
    """Where a thread of the real code is held, and whether it has come there."""

    def __init__(self) -> None:
        self._has_come = threading.Event()
        self._may_go = threading.Event()

    def stop(self) -> None:
        """Stand here until somebody lets go; only the first one has to."""
        if not self._has_come.is_set():
            self._has_come.set()
            assert self._may_go.wait(30), "nobody let go"

    def wait(self) -> None:
        """Wait until a thread stands here."""
        assert self._has_come.wait(30), "nobody came"

    def let_go(self) -> None:
        """Let the thread go on."""
        self._may_go.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Barrier]]:
    """Hold the first caller of a function, before it or ``after`` it has returned."""
    barriers: list[Barrier] = []

    def hold(owner: Any, name: str, *, after: bool = False) -> Barrier:
        barrier, real = Barrier(), getattr(owner, name)
        barriers.append(barrier)

        def stopping(*arguments: Any, **options: Any) -> Any:
            if not after:
                barrier.stop()
            result = real(*arguments, **options)
            if after:
                barrier.stop()
            return result

        monkeypatch.setattr(owner, name, stopping)
        return barrier

    yield hold
    for barrier in barriers:
        barrier.let_go()

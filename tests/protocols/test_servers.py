"""P1 and P8 on a server of the test's own, which crashes and forgets commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Credential, Org, Record, SyncPlan, SyncRun
from tests.connections import connect, org_of, reachable
from tests.faults.elsewhere import database_on
from tests.faults.evidence import assert_whole
from tests.faults.pooler import Pooler, own_pooler
from tests.faults.postgresql_server import UNHURRIED, PostgresqlServer, own_postgresql
from tests.protocols.conftest import once
from tests.protocols.test_runs import lapse
from tests.protocols.test_tokens import use
from tests.sync.conftest import connected, run, to_the_end

State = SyncRun.State
T = TypeVar("T")
pytestmark = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"],
    reason="breaks a server of PostgreSQL",
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """A server that keeps commits in its memory which do not wait for the disk."""
    with own_postgresql(*UNHURRIED) as one:
        yield one


@pytest.fixture(params=["direct", "pooled"])
def pooler(
    request: pytest.FixtureRequest, server: PostgresqlServer
) -> Iterator[Pooler | None]:
    """A pooler between the app and its server, and none."""
    if request.param == "direct":
        yield None
        return
    with own_pooler(server) as one:
        yield one


@pytest.fixture
def org(
    simulated: SalesforceOrg,
    django_db_blocker: Any,
    server: PostgresqlServer,
    pooler: Pooler | None,
) -> Iterator[Org]:
    """The pretend org, connected, in a database on that server."""
    port = pooler.port if pooler else None
    with (
        django_db_blocker.unblock(),
        database_on(server, port=port),
        reachable(simulated),
    ):
        yield connected(simulated)


@pytest.mark.timing
@pytest.mark.parametrize(
    "crash",
    ["kill_backend", pytest.param("restart_at_once", marks=pytest.mark.soak)],
)
def test_p1_a_crash_between_two_batches_loses_no_record(
    plan: SyncPlan,
    org: Org,
    simulated: SalesforceOrg,
    server: PostgresqlServer,
    pooler: Pooler | None,
    crash: str,
) -> None:
    lost: list[int] = []
    seen: list[str] = []
    is_back = threading.Event()

    def strike() -> None:
        try:
            while not Record.objects.exists():
                is_back.wait(0.05)
            before = Record.objects.count()
            connections.close_all()
            seen.append(server.in_memory())
            # Behind a pooler whoever comes meanwhile waits, and no error appears at all.
            with pooler.paused() if pooler else nullcontext():
                getattr(server, crash)()
            lost.append(before - patiently(Record.objects.count))
        except BaseException as error:
            seen.append(repr(error))
            raise
        finally:
            is_back.set()

    once(simulated, lambda request: request.path.endswith("-300"), strike)
    queued = sync.request_run(plan)
    server.hold_commits()
    patiently(lambda: sync.execute(queued.pk, worker="test"))
    assert is_back.wait(30), "the org was never asked for the page"
    assert lost, seen
    assert lost[0] > 0, seen  # else the crash proved nothing
    queued.refresh_from_db()
    lapse()
    patiently(lambda: to_the_end(queued))
    assert queued.state == State.SUCCEEDED, queued.error_text
    assert_whole(org, simulated)
    assert queued.fetched == Record.objects.count()
    simulated.clock.advance(7_200)
    following = run(plan)
    assert (following.state, following.is_full) == (State.SUCCEEDED, False)
    assert_whole(org, simulated)


def test_p8_a_crash_forgets_no_token_where_commits_do_not_wait_for_the_disk(
    simulated: SalesforceOrg, django_db_blocker: Any, server: PostgresqlServer
) -> None:
    """A host may choose that for all of its commits; a used token is used up all the same."""
    simulated.app.rotate_refresh_tokens = True
    with (
        django_db_blocker.unblock(),
        database_on(server),
        reachable(simulated),
    ):
        with connection.cursor() as cursor:
            name = connection.settings_dict["NAME"]
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connections.close_all()
        row = org_of(simulated)
        connect(row)
        simulated.expire_sessions()
        use(row)
        connections.close_all()
        server.restart_at_once()
        assert Credential.objects.get().rotations == 1
        simulated.expire_sessions()
        use(row)
        assert simulated.refresh_reuses == 0


def patiently(work: Callable[[], T]) -> T:
    """Do something, once more when the session was one that the server ended."""
    try:
        return work()
    except OperationalError:
        connections.close_all()
        return work()

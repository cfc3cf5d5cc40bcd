"""The guide's backup, restored over the same deployment by the guide's own lines."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs, transactions
from sfconnector.models import Org
from tests.connections import connect, org_of, reachable
from tests.documents.blocks import ROOT, blocks_of
from tests.faults.postgresql_server import PostgresqlServer, own_postgresql, programs
from tests.faults.processes import environment
from tests.journeys.sites import BIN

GUIDE = ROOT / "docs" / "how-to" / "run-in-production.md"
DECLARED = "python manage.py sf_orgs --restored all\n"


def lines_of_the_guide(program: str) -> str:
    """Return the guide's block that begins with a program, word for word."""
    [found] = [one for one in blocks_of(GUIDE) if one.text.startswith(program)]
    return found.text


@pytest.fixture
def pair(simulated: SalesforceOrg, transactional_db: None) -> Iterator[list[Org]]:
    """Two rows that are connected to one pretend org, each by a grant of its own."""
    if connections["default"].vendor != "postgresql":
        pytest.skip("the guide's lines are PostgreSQL's")
    one = org_of(simulated, alias="rotates")
    two = org_of(simulated, alias="keeps", app=one.app)
    with reachable(simulated):
        connect(one)
        connect(two)
        yield [one, two]


@pytest.fixture
def sh(simulated: SalesforceOrg, tmp_path: Path) -> Callable[[str], str]:
    """Type lines into a shell of the site; give the exit status and what was printed."""
    path = f"{BIN}:{programs()}:{os.environ['PATH']}"
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")

    def type_in(lines: str) -> str:
        done = subprocess.run(
            ["sh", "-e", "-c", lines],
            cwd=tmp_path,
            env=environment([simulated], PATH=path),
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{done.returncode}\n{done.stdout}{done.stderr}"

    return type_in


@pytest.mark.parametrize(
    "is_declared",
    [pytest.param(True, marks=pytest.mark.soak), False],
    ids=["declared", "noticed"],
)
def test_a_dump_restored_over_the_site_replays_no_token(
    pair, sh, simulated: SalesforceOrg, is_declared: bool
) -> None:
    """The first org's token was replaced since the dump, the second one's was not."""
    assert sh(lines_of_the_guide("pg_dump")).startswith("0\n")
    simulated.app.rotate_refresh_tokens = True
    simulated.expire_sessions()
    with orgs.client_for(pair[0], purpose="test") as client:
        client.limits()
    connections.close_all()
    lines = lines_of_the_guide("pg_restore")
    assert DECLARED in lines
    told = sh(lines if is_declared else lines.replace(DECLARED, ""))
    assert told.startswith("0\n"), told

    simulated.expire_sessions()
    assert "backup" in sh("python manage.py sf_limits rotates")
    told = sh("python manage.py sf_limits keeps")
    assert told.startswith("0\n"), told
    assert simulated.refresh_reuses == 0
    status = {org.alias: org.status for org in Org.objects.all()}
    assert status == {"rotates": "needs_reconnect", "keeps": "connected"}


def mark_of(server: PostgresqlServer) -> str:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(transactions.MARK, ["tokens"]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_server_that_is_restored_to_a_point_in_time_says_so() -> None:
    with own_postgresql() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE tokens ()")
        before = mark_of(server)
        server.restart_at_once()
        assert mark_of(server) == before
        server.restore_to_now()
        after = mark_of(server)
    assert len(before.split("/")) == len(after.split("/")) == 4
    assert before != after

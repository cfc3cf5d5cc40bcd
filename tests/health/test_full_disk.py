"""The doctor on a database that takes no writes: it says so and shows its findings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.connections import connect, org_of, reachable
from tests.environment import ROOT
from tests.faults.processes import environment

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="needs a database file of its own to fill"
)
NO_WRITES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
sys.argv = ["manage.py", "sf_doctor", "--json"]
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
"""No file may grow beyond 1 kB, as if the disk were full; a pipe may."""


@pytest.fixture
def org(transactional_db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    with reachable(salesforce_org):
        row = org_of(salesforce_org)
        connect(row)
        yield row


def test_sf_doctor_shows_its_findings_on_a_full_disk(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    with connection.cursor() as cursor:  # the log is empty, so that it has to grow
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done = subprocess.run(
        [sys.executable, "-c", NO_WRITES],
        cwd=ROOT,
        env=environment([salesforce_org]),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 1, done.stderr
    # After a crash there would be no JSON.
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert "disk" in next(one["text"] for one in found if one["code"] == "database")
    assert {"connection", "secrets"} & {one["code"] for one in found}
    org.refresh_from_db()
    assert org.findings == []

"""A million records, by REST and by Bulk, in a worker of 250 MB."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sfconnector import orgs, sync
from sfconnector.models import Record, SObject, SyncRun
from sfconnector.testing.orgs import org_process
from tests.connections import org_of, reachable
from tests.faults.evidence import plain_client
from tests.faults.processes import Process, ended_with_the_test

MILLION = 1_000_000
MOST_KILOBYTES = 250 * 1024
FIELDS = ["Name", "Phone", "Industry", "AnnualRevenue", "BillingAddress", "OwnerId"]

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3_000)]


@pytest.fixture
def large(transactional_db: None) -> Iterator[Any]:
    """An org of a million accounts in a process of its own, and its row here."""
    options = ("--records", f"Account={MILLION}", "--api-limit", "1000000")
    with org_process(*options, "--org", "Large") as line:
        simulated = SimpleNamespace(**line, name="Large")
        with reachable(simulated):
            row = org_of(simulated, alias="large", flow="client_credentials")
            orgs.connect_headless(row)
            yield SimpleNamespace(org=row, simulated=simulated)


def peak_of(process: Process) -> int:
    """Return the most kilobytes that a process ever held, asked until it ends."""
    peak = 0
    status = Path(f"/proc/{process.popen.pid}/status")
    while process.popen.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        told = [int(one.split()[1]) for one in lines if one.startswith("VmHWM")]
        peak = max([peak, *told])
        time.sleep(0.5)
    return peak


def ids_of(simulated: Any) -> set[str]:
    """Ask the org itself for every id, deleted ones too, by a plain client."""
    found: set[str] = set()
    with plain_client(simulated) as http:
        path: str | None = "/services/data/v66.0/queryAll"
        query = {"q": "SELECT Id FROM Account"}
        while path:
            page = http.get(simulated.base_url + path, params=query)
            found |= {row["Id"] for row in page.json()["records"]}
            path, query = page.json().get("nextRecordsUrl"), {}
    return found


@pytest.mark.parametrize("mode", ["rest", "bulk"])
def test_a_million_records_arrive_within_250_megabytes(large, mode):
    sync.plan_object(large.org, sobject="Account", mode=mode, fields=FIELDS)
    began = time.monotonic()
    with ended_with_the_test() as start:
        process = start("sf_sync", "large", "Account", orgs=[large.simulated])
        peak = peak_of(process)
        status, output = process.wait()
    seconds = time.monotonic() - began
    assert status == 0, output
    done = SyncRun.objects.get()
    print(f"{mode}: {done.fetched:,} in {seconds:.0f} s, peak {peak / 1024:.0f} MB")
    assert done.state == SyncRun.State.SUCCEEDED, done.error_text
    assert done.mode == mode
    assert peak < MOST_KILOBYTES
    cached = Record.objects.of(large.org, "Account")
    assert cached.live().count() == MILLION
    assert SObject.objects.get(name="Account").live_count == MILLION
    ids = set(cached.values_list("record_id", flat=True).iterator(chunk_size=10_000))
    assert ids == ids_of(large.simulated)

"""Ten thousand records by the embedded worker, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys import people
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]
MEGABYTE = 1024


@pytest.fixture(scope="module")
def acme() -> Iterator[SalesforceOrg]:
    from sfconnector.testing.orgs import org_factory

    with org_factory() as factory:
        yield factory(
            "Acme", records={"Contact": 2000, "Account": 10_000, "Lead": 40_000}
        )


def worker_pid(site: Site) -> int:
    """Return the process that gunicorn serves and works in."""
    parent = site.processes["web"].pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(
        encoding="ascii"
    )
    return int(children.split()[0])


def peak_kilobytes(pid: int) -> int:
    """Return the most memory that a process ever held at once."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])


def test_memory_does_not_grow_with_the_number_of_records(
    site: Site, acme: SalesforceOrg
):
    if not Path("/proc/self/status").exists():
        pytest.skip("Peak memory is read from /proc, which this system lacks.")
    visitor = site.visitor()
    org = people.add_org(visitor, acme, alias="acme")
    people.connect(visitor, org)
    peaks = {}
    for sobject, count in (("Contact", 2000), ("Account", 10_000), ("Lead", 40_000)):
        plan = people.add_plan(
            visitor, org, kind="object", sobject=sobject, fields="Name", mode="rest"
        )
        figures = people.run_plan(visitor, plan)
        assert figures["state"] in people.DONE
        assert int(figures["values"]["fetched"].replace(",", "")) >= count
        peaks[sobject] = peak_kilobytes(worker_pid(site))
    assert peaks["Account"] - peaks["Contact"] < 40 * MEGABYTE, peaks
    assert peaks["Lead"] - peaks["Account"] < 30 * MEGABYTE, peaks

"""Memory stays flat: measured through the product's own run, in its own process."""

from __future__ import annotations

import pytest

from benchmarks.places import databases, run
from benchmarks.suites import pretend_orgs


def peak_mb(kind: str, *, records: int, mode: str) -> float:
    """Return the peak memory of a worker that fetches so many records at first."""
    with databases(kind) as made, pretend_orgs(1, records=records) as orgs:
        url = made.fresh()
        try:
            keys = ("base_url", "consumer_key", "consumer_secret")
            run("connect", url, alias="org1", **{key: orgs[0][key] for key in keys})
            measured = run("sync", url, mode=mode, full=True)
        finally:
            made.drop(url)
    assert measured["result"]["fetched"] >= records
    return float(measured["peak_mb"])


@pytest.mark.once
@pytest.mark.parametrize("mode", ["rest", "bulk"])
def test_memory_does_not_grow_with_the_number_of_records(mode):
    few = peak_mb("sqlite", records=30_000, mode=mode)
    many = peak_mb("sqlite", records=80_000, mode=mode)
    # How full the pipe gets is a matter of timing; 50,000 records kept would be 110 MB.
    assert many < few + 60
    assert many < 200


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", ["rest", "bulk"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_million_records_fit_a_small_worker(kind, mode):
    assert peak_mb(kind, records=1_000_000, mode=mode) < 250

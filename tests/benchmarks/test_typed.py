"""The suite of typed records measures what it says: both sides find the same."""

from __future__ import annotations

import pytest

from benchmarks.places import databases, run
from tests import services

NAMES = {
    f"{side}: {what}"
    for side in ("typed", "by hand")
    for what in ("50 found", "50 whole", "by month", "join")
}


@pytest.mark.soak
def test_models_and_columns_are_asked_the_same():
    services.require("postgresql")
    with databases("postgresql") as made:
        url = made.fresh()
        try:
            run("typed_seed", url, records=20_000)
            found = run("typed", url, records=20_000, repeats=2)["found"]
        finally:
            made.drop(url)
    assert set(found) == NAMES
    assert {len(seconds) for seconds in found.values()} == {2}

"""The table says what was measured and whether that is enough."""

from __future__ import annotations

from benchmarks.goals import judged

RESULT = {"created": 0, "updated": 0, "deleted": 0, "api_calls": 1}


def taking(*seconds, **more):
    return [{"seconds": one, "peak_mb": 100.0, **more} for one in seconds]


def test_a_goal_is_judged_by_the_median_of_neighbours():
    samples = {"peer, full": taking(27, 30, 20), "full": taking(3, 2, 2)}
    row = judged({"postgresql": samples})[0]
    assert (row["median"], row["least"], row["most"]) == (10, 9, 15)
    assert row["met"]
    samples["peer, full"][2]["seconds"] = 10
    assert (row := judged({"postgresql": samples})[0])["median"] == 9
    assert row["met"]
    samples["full"][0]["seconds"] = 3.1
    assert not judged({"postgresql": samples})[0]["met"]


def test_rows_that_are_written_for_nothing_miss_the_goal():
    quiet = taking(1, result=RESULT)
    loud = taking(1, result=RESULT | {"updated": 2})
    for found, is_met in ((quiet, True), (loud, False)):
        rows = judged({"sqlite": {"nothing new": found}})
        assert [row["met"] for row in rows] == [True, is_met]
    changed = taking(1, changed=3, result=RESULT | {"updated": 2})
    (row,) = judged({"sqlite": {"full, 1 % changed": changed}})
    assert (row["median"], row["met"]) == (1, False)


def test_what_is_only_stated_is_neither_met_nor_missed():
    samples = {"typed: by month": taking(6), "by hand: by month": taking(2)}
    (row,) = judged({"postgresql": samples})
    assert (row["median"], row["goal"], row["met"]) == (3, "", None)

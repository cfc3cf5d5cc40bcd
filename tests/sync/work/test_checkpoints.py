"""A run's place: written down, read again, begun anew, turned to another API."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.sync.work import checkpoints
from sfconnector.sync.work.checkpoints import (
    BulkJob,
    Changes,
    Checkpoint,
    FullBulkJob,
    FullPass,
    Overlay,
    Waiting,
)

STARTED = "2026-05-01T07:25:37.000+0000"
KINDS: tuple[type[Checkpoint], ...] = (
    FullPass,
    Changes,
    BulkJob,
    FullBulkJob,
    Overlay,
    Waiting,
)
numbers = st.integers(0, 2**40)
words = st.text(max_size=5)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "str": words,
    "str | None": st.none() | words,
    "bool": st.booleans(),
    "bool | None": st.none() | st.booleans(),
    "int": numbers,
    "int | None": st.none() | numbers,
    "Mapping[str, int]": st.dictionaries(words, numbers),
    "Mapping[str, Sequence[str]]": st.dictionaries(words, st.lists(words)),
    "Sequence[int]": st.lists(numbers),
}


@given(st.data(), st.sampled_from(KINDS))
def test_what_is_written_down_is_read_again(data, kind):
    values = {
        field.name: data.draw(VALUES[str(field.type)])
        for field in dataclasses.fields(kind)
    }
    place = kind(**{**values, "started": STARTED})
    written = json.loads(json.dumps(place.as_json()))
    assert checkpoints.from_json(written).as_json() == place.as_json()
    assert type(checkpoints.from_json(written)) is kind


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({}, Waiting()),
        ({"stalls": 2, "stalled_at": 0}, Waiting(stalls=2, stalled_at=0)),
        (
            {"kind": "full", "by": "rest", "definition": "d", "started": STARTED,
             "anew": False, "after": "001", "pages": 3, "window": 5_000},
            FullPass(definition="d", started=STARTED, anew=False, after="001",
                     pages=3, window=5_000),
        ),
        (
            {"kind": "changes", "by": "rest", "definition": "d", "moment": STARTED,
             "after": "001", "room": 4_000, "refused": True, "cleaned": {"Name": 2}},
            Changes(definition="d", moment=STARTED, after="001", room=4_000,
                    refused=True, cleaned={"Name": 2}),
        ),
        (
            {"kind": "full", "by": "bulk", "definition": "d", "started": STARTED,
             "job": "750", "version": "66.0", "asked": STARTED, "open": {"1": 7},
             "before": 9, "finished": [0], "locator": "x", "met": 3, "cached": 4,
             "one_by_one": True, "recount": True, "read": True, "covered": STARTED},
            FullBulkJob(definition="d", started=STARTED, job="750", version="66.0",
                        asked=STARTED, open={"1": 7}, before=9, finished=[0],
                        locator="x", met=3, cached=4, one_by_one=True, recount=True,
                        read=True, covered=STARTED),
        ),
        # What is missing is decided anew, what is unknown is no matter.
        ({"kind": "full", "by": "rest", "after": "001"}, Waiting()),
        ({"kind": "changes", "by": "bulk", "later": [1]}, Waiting()),
        ({"kind": "full", "unknown": 1}, Waiting()),
    ],
)  # fmt: skip
def test_a_run_of_the_version_before_is_read(written, place):
    assert checkpoints.from_json(written) == place
    if place.way != ("", ""):
        assert place.is_begun("d")
        assert not place.is_begun("another")
        assert place.as_json() == written
    else:
        assert not place.is_begun("")


@pytest.mark.parametrize("kind", [FullPass, Changes, BulkJob, FullBulkJob])
def test_a_restart_and_a_turn_keep_what_is_true_of_the_whole_run(kind):
    lasting = {
        "definition": "d", "started": STARTED, "anew": True,
        "stalls": 2, "stalled_at": 7,
    }  # fmt: skip
    further: dict[str, Any] = {"cleaned": {"Name": 1}, "filling": True}
    further |= {"after": "001"} if kind in (FullPass, Changes) else {"before": 7}
    fresh = kind(**lasting, **further).restarted()
    assert type(fresh) is kind
    assert dataclasses.asdict(fresh) == dataclasses.asdict(
        kind(**lasting, **({"one_by_one": True} if "before" in further else {}))
    )
    for api in ("rest", "bulk"):
        turned = kind(**lasting, **further).turned_to(api)
        assert turned.way == (fresh.way[0], api)
        assert turned == type(turned)(**lasting, filling=True, refused=api == "rest")


def test_rests_are_counted_while_nothing_is_behind_them():
    place = FullPass().stalled(0).stalled(0)
    assert (place.stalls, place.stalled(100).stalls) == (2, 1)
    assert FullPass().rows_behind(300) == 300
    assert BulkJob(before=200, open={"2": 100}).rows_behind(300) == 200


def test_of_cleaned_records_all_are_counted_and_some_are_named() -> None:
    page = {f"F{n}__c": [f"{one:03}" for one in range(80)] for n in range(9)}
    more = {"F0__c": [f"{one:03}" for one in range(80, 400)]}
    place = FullPass().with_cleaned([page]).with_cleaned([more])
    assert place.cleaned == {**dict.fromkeys(page, 80), "F0__c": 400}
    assert {len(ids) for ids in place.cleaned_ids.values()} == {80, 100}
    assert len(place.cleaned_ids) == 5
    begun = dataclasses.replace(place, started="2026-01-01")
    assert checkpoints.from_json(begun.as_json()).cleaned_ids == place.cleaned_ids

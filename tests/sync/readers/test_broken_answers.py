"""Answers that are not whole, or not what was asked for: F16 to F21."""

from __future__ import annotations

import json

import pytest

from sfconnector.models import Record, SyncPlan, SyncRun
from tests.sync.conftest import change, is_whole, live_ids, run, to_the_end

pytestmark = pytest.mark.usefixtures("hasty")
State = SyncRun.State
PAGE = "/services/data/v*/query/*"


CUTS = {
    "truncated gzip": {"gzip": "truncated"},
    "cut without a length": {"cut": 0.5, "keep_length": False},
    "cut with a length": {"cut": 0.5},
    "a web page with 200": {"refuse": "maintenance_with_200"},
    "an empty body": {"refuse": "empty"},
    "half of an object": {"refuse": "not_json"},
    "a list": {"body": []},
    "another object": {"body": {"hello": "world"}},
    "records of another kind": {
        "body": {"totalSize": 1, "done": True, "records": [17]}
    },
    "a record without an id": {
        "body": {"totalSize": 1, "done": True, "records": [{"Name": "x"}]}
    },
    "NaN": {"replace": ['"AnnualRevenue":', '"AnnualRevenue":NaN,"x":']},
    "no way on": {"replace": ['"nextRecordsUrl"', '"nextRecordUrl"']},
    "connection reset": {"reset": True},
}


@pytest.mark.parametrize("fault", CUTS.values(), ids=CUTS)
def test_an_answer_that_is_not_whole_is_fetched_again(plan, org, simulated, fault):
    simulated.faults.add(PAGE, nth=2, **fault)
    done = to_the_end(run(plan))
    assert done.state == State.SUCCEEDED, done.error_text
    assert is_whole(org, simulated)


@pytest.mark.parametrize("fault", CUTS.values(), ids=CUTS)
def test_answers_that_stay_broken_never_become_a_success(plan, org, simulated, fault):
    simulated.faults.add("*/quer*", nth=list(range(3, 500)), **fault)
    done = to_the_end(run(plan))
    assert done.state == State.FAILED
    assert done.error_text
    assert done.remedy
    assert SyncPlan.objects.get().cursor_value == ""
    assert Record.objects.count() < 450


@pytest.mark.parametrize("changed", [0, 250])
def test_a_page_that_lost_rows_never_becomes_a_success(plan, org, simulated, changed):
    """Neither of a full pass nor of what changed since."""
    if changed:
        run(plan)
        simulated.clock.advance(3_600)
    for one in sorted(live_ids(simulated, "Account"))[:changed]:
        change(simulated, "Account", one, Name="Changed")
    cursor = SyncPlan.objects.get().cursor_value

    def lose(request, response):
        if request.path.endswith("-100"):
            page = json.loads(_plain(response))
            page["records"] = page["records"][:-7]
            response.body = json.dumps(page).encode()
            response.headers.pop("Content-Encoding", None)

    simulated.before_send.append(lose)
    done = to_the_end(run(plan))
    assert done.state == State.FAILED
    assert "records arrived" in done.error_text
    assert done.is_full == (not changed)
    assert SyncPlan.objects.get().cursor_value == cursor
    simulated.before_send.clear()
    assert run(plan).state == State.SUCCEEDED
    assert is_whole(org, simulated)


def _plain(response) -> bytes:
    import gzip

    body = response.body
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def test_what_no_database_stores_is_taken_out_and_said(plan, org, simulated):
    one, two = sorted(live_ids(simulated, "Account"))[:2]
    store = simulated.records.store
    store.overwrite("Account", one, {"Name": "a\x00b"})
    store.overwrite("Account", two, {"Name": "half \ud83d here"})
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.log.last().text
    assert Record.objects.get(record_id=one).data["Name"] == "ab"
    assert Record.objects.get(record_id=two).data["Name"] == "half \ufffd here"
    assert done.warnings == [
        "Name: characters that no database stores were taken out of 2 records."
    ]
    assert is_whole(org, simulated)


def test_long_texts_and_odd_characters_come_through_whole(plan, org, simulated):
    one = sorted(live_ids(simulated, "Account"))[0]
    text = "line\r\n\ttab \\ \"quoted\" 'single' é ☃ 😀 </script>" + "x" * 131_000
    change(simulated, "Account", one, Description=text[:32_000])
    run(plan)
    assert Record.objects.get(record_id=one).data["Description"] == text[:32_000]
    SyncPlan.objects.update(mode="bulk")
    run(plan, full=True)
    assert Record.objects.get(record_id=one).data["Description"] == text[:32_000]

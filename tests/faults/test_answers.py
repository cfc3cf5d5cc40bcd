"""Answers that are cut, malformed or not data at all (F16 to F18, F20, F37)."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from django.test import override_settings

from salesforce_simulator.wire.messages import encode_json
from sfconnector.models import Record, SyncPlan, SyncRun
from tests.connections import settings_with
from tests.faults.conftest import PAGES
from tests.faults.evidence import assert_whole, queries, run_now
from tests.faults.spoiling import Spoilt
from tests.sync.conftest import run

State = SyncRun.State
FIRST, LATER = "*/queryAll", "*/query/*-200"
CUTS = {
    "gzip under a right length": {"gzip": "truncated"},
    "half, length told": {"cut": 0.5},
    "half, length not told": {"cut": 0.5, "keep_length": False},
    "nothing, length not told": {"cut": 0, "keep_length": False},
    "all but the last byte": {"cut": 0.9999, "keep_length": False},
    "connection reset": {"reset": True},
}


@pytest.mark.parametrize("path", [FIRST, LATER])
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_cut_page_is_asked_for_again_and_no_row_of_it_is_lost(
    plan, org, simulated, path, cut
):
    """F16, F17, F18."""
    fault = simulated.faults.add(path, times=1, **cut)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert fault.fired == 1
    assert len(queries(simulated)) == PAGES + 1
    assert_whole(org, simulated)


SPOILT = {
    "cut within a record": ('"Id":', '"Id'),
    "not a number": ('"Name":', '"X":NaN,"Name":'),
    "a number below all": ('"Name":', '"X":-Infinity,"Name":'),
    "a record without Id": ('"Id":', '"Key":'),
    "an id of another form": ('"Id":"', '"Id":"x'),
    "an id that is a number": ('"Id":"', '"Id":7,"id":"'),
    "a record that is a list": ('{"attributes"', '[{"attributes"'),
    "a record that is a word": ('{"attributes"', '"word",{"attributes"'),
    "a stamp that is none": ('"SystemModstamp":"', '"SystemModstamp":"x'),
    "a deletion flag that is a word": ('"IsDeleted":false', '"IsDeleted":"false"'),
}


@pytest.mark.parametrize(("old", "new"), SPOILT.values(), ids=SPOILT)
def test_json_that_is_not_what_was_asked_for_is_never_committed(
    plan, org, simulated, victim, old, new
):
    """F20: the pages before it stay, the run rests, and later it is whole."""
    spoilt = Spoilt(simulated, victim, old=old, new=new)
    stopped = run(plan)
    assert stopped.state == State.PARKED, stopped.error_text
    assert Record.objects.of(org, "Account").count() == stopped.fetched == 200
    assert SyncPlan.objects.get().cursor_value == ""
    assert 1 <= spoilt.fired <= 5
    spoilt.heal()
    before = len(simulated.requests)
    done = run_now(plan)
    assert done == stopped
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(queries(simulated, since=before)) == PAGES - 4
    assert_whole(org, simulated)


def test_json_that_stays_malformed_fails_the_run_in_the_end(
    plan, org, simulated, victim
):
    """F20: it is tried a bounded number of times, then the run says what is wrong."""
    spoilt = Spoilt(simulated, victim, old='"Id":', new='"Id')
    done = run(plan)
    for _ in range(10):
        if done.state != State.PARKED:
            break
        done = run_now(plan)
    assert done.state == State.FAILED
    assert "JSON" in done.error_text
    assert done.remedy
    assert spoilt.fired <= 20
    assert Record.objects.of(org, "Account").count() == 200
    assert SyncPlan.objects.get().cursor_value == ""


HEADS = {
    "a list for an object": ['{"totalSize"', '[{"totalSize"'],
    "records under another name": ['"records"', '"rows"'],
    "records that are an object": ['"records":[', '"records":{"a":['],
    "no end": ["}]}", "}]"],
    "not done, but no next page": ['"nextRecordsUrl"', '"next"'],
    "done too early": ['"done":false', '"done":true'],
    "a count that is a word": ['"totalSize":', '"totalSize":"x","size":'],
}


@pytest.mark.parametrize("path", [FIRST, LATER])
@pytest.mark.parametrize("replace", HEADS.values(), ids=HEADS)
def test_a_page_whose_frame_is_wrong_is_fetched_again(
    plan, org, simulated, path, replace
):
    """F20: wrong types and ends around the records."""
    fault = simulated.faults.add(path, times=1, replace=replace)
    done = run(plan)
    assert fault.fired == 1
    if done.state == State.PARKED:
        done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


def test_a_next_page_elsewhere_is_not_followed(plan, org, simulated):
    """F20: only paths below /services/ of the org itself are asked for."""
    simulated.faults.add(LATER, replace=['"/services/data', '"//evil.example/services'])
    done = run(plan)
    assert done.state == State.FAILED
    assert "/services/" in done.error_text
    assert done.remedy
    assert Record.objects.of(org, "Account").count() == done.fetched == 250
    assert SyncPlan.objects.get().cursor_value == ""


@pytest.mark.parametrize("refusal", ["maintenance_with_200", "empty", "not_json"])
def test_a_web_page_with_status_200_is_no_data(plan, org, simulated, refusal):
    """F20 (and F08): what is not JSON is fetched again."""
    fault = simulated.faults.add(LATER, times=1, refuse=refusal)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert fault.fired == 1
    assert_whole(org, simulated)


def test_what_nobody_asked_for_does_not_stop_a_run_and_is_not_kept(
    plan, org, simulated
):
    """F20: a huge number, an unknown key and a doubled one."""
    huge = "123456789012345678901234567890"
    simulated.faults.add(
        FIRST,
        replace=[
            '"attributes":{',
            f'"Huge__c":{huge},"Huge__c":{huge},"attributes":{{',
        ],
    )
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


def test_nul_characters_and_half_surrogates_are_taken_out_and_said(
    plan, org, simulated
):
    """F19, F20: no database stores them; the run says whose they were."""
    fault = simulated.faults.add(
        FIRST,
        times=1,
        replace=['"Name":"', '"Name":"a\\u0000b\\ud83dc'],
    )
    done = run(plan)
    assert fault.fired == 1
    assert done.state == State.SUCCEEDED
    said = [one.partition(":")[0] for one in done.warnings]
    assert said == ["Name", "Owner.Name"]
    first = Record.objects.of(org, "Account").order_by("record_id").first()
    assert first.data["Name"].startswith("ab\ufffdc")
    assert first.data["Owner"]["Name"].startswith("ab\ufffdc")
    assert Record.objects.of(org, "Account").count() == done.fetched == done.expected


def test_an_answer_that_drips_is_given_up_in_time(plan, org, simulated):
    """F37: bytes keep coming, yet the whole exchange has an end."""
    fault = simulated.faults.add(LATER, times=1, drip=2)
    began = time.monotonic()
    with override_settings(
        SFCONNECTOR=settings_with(
            EXTRA_HOSTS=[simulated.base_url.partition("://")[2]], TOTAL_TIMEOUT=1.0
        )
    ):
        done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert fault.fired == 1
    assert time.monotonic() - began < 10
    assert_whole(org, simulated)


def test_an_org_that_never_answers_does_not_hold_the_run(plan, org, simulated):
    """F37: a page that does not come at all is asked for again."""
    fault = simulated.faults.add(LATER, times=1, delay=20)
    with override_settings(
        SFCONNECTOR=settings_with(
            EXTRA_HOSTS=[simulated.base_url.partition("://")[2]], READ_TIMEOUT=0.5
        )
    ):
        done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert fault.fired == 1
    assert len(queries(simulated)) == PAGES + 1
    assert_whole(org, simulated)


def test_a_page_without_its_records_is_no_success(plan, org, simulated):
    """Good JSON, a good frame, but nothing in it: success would be a lie."""

    def empty(request, response):
        body = json.loads(gzip.decompress(response.body))
        response.body = gzip.compress(encode_json({**body, "records": []}))

    fault = simulated.faults.add(LATER, times=1, hook=empty)
    done = run(plan)
    assert fault.fired == 1
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)

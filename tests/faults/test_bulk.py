"""Bulk results that are not what was asked for, and jobs that do not end (F19, F39)."""

from __future__ import annotations

import gzip
import re

import pytest

from sfconnector import stopping, sync
from sfconnector.models import Record, SyncPlan, SyncRun
from tests.connections import settings_with
from tests.faults.conftest import FIELDS
from tests.faults.evidence import assert_whole, run_now
from tests.sync.conftest import change, live_ids, run

State = SyncRun.State
RESULTS = "*/jobs/query/*/results"


@pytest.fixture
def plan(org) -> SyncPlan:
    """A plan that reads accounts by Bulk; nothing was read yet."""
    return sync.plan_object(org, sobject="Account", mode="bulk", fields=FIELDS)


def edit(simulated, times: int, function) -> list[int]:
    """Change the CSV of the next so many results; tell how many were."""
    edited: list[int] = []

    def hook(request, response):
        if not request.path.endswith("/results") or len(edited) >= times:
            return
        response.gather()
        zipped = response.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(response.body) if zipped else response.body
        body = function(body)
        response.body = gzip.compress(body) if zipped else body
        edited.append(len(body))

    simulated.before_send.append(hook)
    return edited


def lines_of(body: bytes) -> list[bytes]:
    """Cut a CSV at its line breaks, those within fields included."""
    return body.splitlines(keepends=True)


def without_last(body: bytes) -> bytes:
    return b"".join(lines_of(body)[:-1])


def ragged(body: bytes) -> bytes:
    lines = lines_of(body)
    lines[200] = lines[200].replace(b",", b"", 1)
    return b"".join(lines)


def with_extra(body: bytes) -> bytes:
    lines = lines_of(body)
    lines[200] = lines[200].rstrip(b"\n") + b',"more"\n'
    return b"".join(lines)


def open_quote(body: bytes) -> bytes:
    return body[: body.rindex(b'"')]


SPOILT = {
    "a row short": without_last,
    "a ragged row": ragged,
    "a column too many": with_extra,
    "a quote that never closes": open_quote,
    "no header": lambda body: b"".join(lines_of(body)[1:]),
    "a header with a column twice": lambda body: body.replace(b'"Name"', b'"Id"', 1),
    "other columns": lambda body: body.replace(b'"Name"', b'"Nom"', 1),
    "an id that is none": lambda body: body.replace(b'\n"001', b'\n"0 1', 1),
    "a number that is a word": lambda body: body.replace(b'"220"', b'"many"', 1),
    "nothing at all": lambda body: b"",
    "a web page": lambda body: b"<html><body>Sorry</body></html>",
}


@pytest.mark.parametrize("function", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_result_is_read_again_and_nothing_of_it_stays(
    plan, org, simulated, function
):
    """F19."""
    edited = edit(simulated, 1, function)
    done = run(plan)
    assert len(edited) == 1
    if done.state == State.PARKED:
        done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "bulk"
    assert_whole(org, simulated)


def test_a_result_that_is_always_a_row_short_never_becomes_a_success(
    plan, org, simulated
):
    """F19: job and header say how many there are."""
    edit(simulated, 10_000, without_last)
    done = run(plan)
    for _ in range(6):
        done = run_now(plan) if done.state == State.PARKED else done
    assert done.state == State.FAILED
    assert done.error_text
    assert SyncPlan.objects.get().cursor_value == ""
    simulated.before_send.clear()
    assert run(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)


def harmless(body: bytes) -> bytes:
    """The same result with a byte order mark, other line ends and NUL bytes."""
    body = re.sub(rb'\n(?="001|\Z)', b"\r\n", body)
    return b"\xef\xbb\xbf" + body.replace(b'"Cedar', b'"\x00Cedar')


def test_line_ends_marks_and_nul_bytes_are_read_over(plan, org, simulated):
    """F19: orgs do send them; such a result is not asked for again."""
    edited = edit(simulated, 10_000, harmless)
    done = run(plan)
    assert len(edited) == 1
    assert done.state in (State.SUCCEEDED, State.WARNINGS), done.error_text
    assert_whole(org, simulated)


def test_bytes_that_are_no_characters_are_replaced_and_said(plan, org, simulated):
    """F19: as by REST; the org would send the same again, so it is not asked again."""
    one = min(live_ids(simulated, "Account"))
    store = simulated.records.store
    store.overwrite("Account", one, {"Name": "Half way here"})
    edited = edit(
        simulated, 10_000, lambda body: body.replace(b"Half way", b"Half \xff\xfeway")
    )
    done = run(plan)
    assert len(edited) == 1
    assert (done.state, done.mode) == (State.SUCCEEDED, "bulk"), done.error_text
    assert [line.partition(":")[0] for line in done.warnings] == ["Name"]
    store.overwrite("Account", one, {"Name": "Half \ufffd\ufffdway here"})
    assert_whole(org, simulated)


def test_line_breaks_quotes_and_commas_within_fields_come_through(plan, org, simulated):
    """F19: and so do texts that look like nulls."""
    texts = ['a\nb "c", d', "NULL", '""', "a\r\nb", "ends in \\", "=1+1", "ünï ☃ 🎉"]
    ids = sorted(live_ids(simulated, "Account"))
    for one, text in zip(ids, texts, strict=False):
        change(simulated, "Account", one, Name=text, Website=text)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "bulk"
    names = {row.record_id: row.data["Name"] for row in Record.objects.all()}
    assert [names[one] for one in ids[: len(texts)]] == texts
    assert_whole(org, simulated)


def test_many_result_pages_are_read_one_after_the_other(plan, org, simulated):
    """F19: a page that is cut is read again, those before it are not."""
    simulated.faults.add(RESULTS, nth=2, cut=0.5, keep_length=False)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


@pytest.mark.parametrize("word", ["Failed", "Aborted"])
def test_a_job_that_fails_every_time_is_read_by_rest_in_the_end(
    plan, org, simulated, word
):
    """F39: also when somebody aborts it in Setup."""
    simulated.faults.add(
        "*/jobs/query/*", method="GET", replace=['"JobComplete"', f'"{word}"']
    )
    done = run(plan)
    assert (done.state, done.mode) == (State.SUCCEEDED, "rest"), done.error_text
    assert done.log.filter(text__contains="REST").exists()
    assert_whole(org, simulated)


def stuck(simulated, state: str) -> None:
    """Let every job stay as it is, for ever."""
    simulated.faults.add(
        "*/jobs/query/*", method="GET", replace=['"JobComplete"', f'"{state}"']
    )


def aborted(simulated) -> int:
    """Count the jobs that the org was asked to abort."""
    return sum(
        one.method == "PATCH" and "/jobs/query/" in one.path
        for one in simulated.requests
    )


def run_until_a_look(plan, simulated) -> SyncRun:
    """Work on a run until its job is looked at; then the worker is asked to end."""

    def stop(request, response):
        if request.method == "GET" and "/jobs/query/" in request.path:
            simulated.before_send.remove(stop)
            stopping.request_stop()

    simulated.before_send.append(stop)
    try:
        return run(plan)
    finally:
        stopping.clear_stop()


@pytest.mark.parametrize("state", ["UploadComplete", "InProgress"])
@pytest.mark.parametrize("kind", ["full", "changes"])
def test_a_job_that_is_stuck_is_aborted_and_read_by_rest(
    plan, org, simulated, settings, state, kind
):
    """F39: one deadline; the org keeps no job that nobody waits for."""
    if kind == "changes":
        run(plan)
        for one in sorted(live_ids(simulated, "Account"))[:70]:
            change(simulated, "Account", one, Name="Moved")
    settings.SFCONNECTOR = settings_with(BULK_WAIT_SECONDS=1)
    stuck(simulated, state)
    done = run(plan)
    assert (done.state, done.mode) == (State.SUCCEEDED, "rest"), done.error_text
    assert done.is_full == (kind == "full")
    assert done.log.filter(text__contains="still running").exists()
    assert aborted(simulated) == 1
    assert simulated.requests.count("/jobs/query", method="POST") <= 2
    assert_whole(org, simulated)


def test_the_wait_for_a_job_is_not_begun_anew_by_each_worker(plan, org, simulated):
    """F39: whoever takes the run over waits for what is left of the time."""
    stuck(simulated, "InProgress")
    left = run_until_a_look(plan, simulated)
    assert (left.state, aborted(simulated)) == (State.QUEUED, 0)
    simulated.clock.advance(4 * 3600 + 60)
    done = run(plan)
    assert done == left
    assert (done.state, done.mode) == (State.SUCCEEDED, "rest"), done.error_text
    assert aborted(simulated) == 1
    assert_whole(org, simulated)


def test_a_job_that_ended_while_nobody_looked_is_read_however_late(
    plan, org, simulated
):
    """F39: the deadline is for waiting, not for reading."""
    simulated.jobs.pace.queue_seconds = 30
    left = run_until_a_look(plan, simulated)
    assert left.state == State.QUEUED
    simulated.clock.advance(5 * 3600)
    done = run(plan)
    assert (done.state, done.mode) == (State.SUCCEEDED, "bulk"), done.error_text
    assert (
        simulated.requests.count("/jobs/query", method="POST"),
        aborted(simulated),
    ) == (1, 0)
    assert_whole(org, simulated)


def test_a_job_that_vanished_is_started_anew(plan, org, simulated):
    """F39: results are kept for seven days only; a run may rest longer."""
    simulated.jobs.pace.queue_seconds = 30
    left = run_until_a_look(plan, simulated)
    assert left.state == State.QUEUED
    simulated.jobs.clear()
    simulated.jobs.pace.queue_seconds = 0.1
    done = run(plan)
    assert done == left
    assert (done.state, done.mode) == (State.SUCCEEDED, "bulk"), done.error_text
    assert simulated.requests.count("/jobs/query", method="POST") == 2
    assert_whole(org, simulated)


def test_the_days_jobs_used_up_do_not_stop_a_small_object(plan, org, simulated):
    """F39, F10: ExceededQuota of Bulk leaves REST."""
    simulated.faults.add(
        "*/jobs/query",
        method="POST",
        status=400,
        body=[{"errorCode": "ExceededQuota", "message": "Jobs used up"}],
    )
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "rest"
    assert_whole(org, simulated)


def test_an_org_in_maintenance_is_read_by_bulk_too(plan, org, simulated):
    """F43."""
    simulated.read_only = True
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)

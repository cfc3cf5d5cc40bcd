"""A pass is whole: no record twice, none too many, no page that leads in a circle."""

from __future__ import annotations

import json

import pytest

from sfconnector.models import Record, SyncRun
from sfconnector.salesforce.failures.edge_cases import NO_END
from sfconnector.sync.readers.rest import Page, announced
from tests.sync.conftest import cached_ids, change, live_ids, run
from tests.sync.readers.test_broken_answers import _plain

BROKEN = (SyncRun.State.FAILED, SyncRun.State.PARKED)


def spoil(simulated, change):
    """Change each page of records before it is sent."""

    def hook(request, response):
        if "/query" not in request.path:
            return
        page = json.loads(_plain(response))
        if "nextRecordsUrl" in page:
            change(page)
            response.body = json.dumps(page).encode()
            response.headers.pop("Content-Encoding", None)

    simulated.before_send.append(hook)


def test_one_id_twice_and_another_missing_is_corrupt(plan, org, simulated):
    def change(page):
        page["records"][-1] = page["records"][0]

    spoil(simulated, change)
    done = run(plan)
    assert done.state in BROKEN
    assert any("order of their ids" in line.text for line in done.log.all())
    assert not Record.objects.exists()


def test_a_page_that_names_itself_ends_the_run(plan, org, simulated):
    """F46: whoever began anew would come to an end by chance."""
    first = []

    def change(page):
        first.append(page["nextRecordsUrl"])
        page["nextRecordsUrl"] = first[0]

    spoil(simulated, change)
    before = len(simulated.requests)
    ends_in_a_circle(run(plan))
    assert len(simulated.requests) - before < 6
    simulated.before_send.clear()
    assert run(plan).state == SyncRun.State.SUCCEEDED
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


@pytest.mark.parametrize("changed", [0, 250])
def test_empty_pages_without_end_end_the_run(plan, org, simulated, changed):
    """F46: of a full pass as of changes, however new the address of each page is."""
    if changed:
        run(plan)
    for one in sorted(live_ids(simulated, "Account"))[:changed]:
        change(simulated, "Account", one, Name="Changed")
    simulated.before_send.append(_never_done)
    before = len(simulated.requests)
    ends_in_a_circle(run(plan))
    assert len(simulated.requests) - before < 8


def _never_done(request, response):
    if "/query/" in request.path:
        number = int(request.path.rpartition("-")[2])
        page = json.loads(_plain(response)) if response.status == 200 else {}
        page |= {"totalSize": 450, "records": [], "done": False}
        page["nextRecordsUrl"] = f"{request.path.rpartition('-')[0]}-{number + 1}"
        response.status = 200
        response.body = json.dumps(page).encode()
        response.headers.pop("Content-Encoding", None)


def ends_in_a_circle(done: SyncRun) -> None:
    assert (done.state, done.error_code) == (SyncRun.State.FAILED, NO_END)
    assert "proxy" in done.remedy


def test_more_records_than_announced_are_corrupt(plan, org, simulated):
    def change(page):
        page["totalSize"] = 120

    spoil(simulated, change)
    done = run(plan)
    assert done.state in BROKEN
    assert any("announced" in line.text for line in done.log.all())
    assert Record.objects.count() <= 120 < len(live_ids(simulated, "Account"))


@pytest.mark.parametrize(
    ("totals", "arrived", "expected"),
    [
        ((450, 450, 450), 0, 450),
        ((150, 150, 450), 0, 150),
        ((450, 150, 450), 100, 150),
        ((150, 450, 450), 0, 450),
        ((0, 450, 450), 0, 0),
    ],
)
def test_no_page_hides_that_one_before_it_brought_too_many(totals, arrived, expected):
    """However many pages have come by the time they are looked at."""
    batch = [
        Page(
            rows=[],
            total=total,
            is_last=False,
            first_id="",
            last_id="",
            row_count=100,
            byte_count=0,
        )
        for total in totals
    ]
    assert announced(batch, arrived) == expected

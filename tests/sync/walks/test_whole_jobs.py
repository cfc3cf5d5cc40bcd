"""A Bulk job's result is whole: no id twice, no page that leads in a circle."""

from __future__ import annotations

import gzip
import json
from random import Random

import pytest

from sfconnector import sync
from sfconnector.models import Record, SyncPlan, SyncRun
from sfconnector.salesforce.bulk import BulkQuery
from sfconnector.sync.work.distinct import Distinct
from tests.sync.conftest import cached_ids, live_ids, run
from tests.sync.walks.test_bulk import in_pages
from tests.sync.walks.test_whole_passes import BROKEN, ends_in_a_circle

State = SyncRun.State


@pytest.fixture
def plan(org) -> SyncPlan:
    return sync.plan_object(org, sobject="Account", mode="bulk", fields=["Name"])


@pytest.fixture
def one_by_one(simulated, monkeypatch) -> None:
    """Let a result have pages of 100, none of which is listed."""
    monkeypatch.setitem(BulkQuery.pages.__kwdefaults__, "maximum", 100)


@pytest.mark.parametrize(
    ("is_first", "pages"), [(True, "one by one"), (False, "listed")]
)
def test_one_id_twice_and_another_missing_is_corrupt(
    plan, org, simulated, monkeypatch, is_first, pages
):
    """F47: the job's count is of rows; which of them are the same, only ids tell."""
    if pages == "listed":
        in_pages(simulated, monkeypatch)
    if not is_first:
        run(plan)
    ids = sorted(live_ids(simulated, "Account"))

    def twice(request, response):
        if request.path.endswith("/results"):
            response.gather()
            is_zipped = response.headers.get("Content-Encoding") == "gzip"
            body = gzip.decompress(response.body) if is_zipped else response.body
            body = body.replace(ids[300].encode(), ids[5].encode())
            response.body = gzip.compress(body) if is_zipped else body

    simulated.before_send.append(twice)
    done = run(plan, full=True)
    assert done.state in BROKEN
    assert any("came twice" in line.text for line in done.log.all())
    assert not SyncPlan.objects.get().last_full_at or not is_first
    simulated.before_send.clear()
    SyncRun.objects.active().update(state=State.CANCELLED)
    assert run(plan, full=True).state == State.SUCCEEDED
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_page_that_names_itself_ends_the_run(plan, simulated, one_by_one):
    """F46: by the locator of its own."""

    def circle(request, response):
        if request.path.endswith("/results") and request.query.get("locator"):
            response.headers["Sforce-Locator"] = request.query["locator"]

    simulated.before_send.append(circle)
    ends_in_a_circle(run(plan))
    assert Record.objects.count() <= 200


def test_a_last_page_that_leads_on_ends_the_run(plan, simulated):
    def on(request, response):
        if request.path.endswith("/results"):
            response.headers["Sforce-Locator"] = f"more{len(simulated.requests)}"

    simulated.before_send.append(on)
    ends_in_a_circle(run(plan))
    assert sum(one.path.endswith("/results") for one in simulated.requests) == 1


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_list_of_pages_without_end_ends_the_run(
    plan, simulated, monkeypatch, is_empty
):
    in_pages(simulated, monkeypatch)

    def on(request, response):
        if request.path.lower().endswith("/resultpages"):
            value = json.loads(response.body)
            value["nextRecordsUrl"] = f"{request.path}?n={len(simulated.requests)}"
            value["resultPages"] = [] if is_empty else value["resultPages"]
            response.body = json.dumps(value).encode()

    simulated.before_send.append(on)
    before = len(simulated.requests)
    ends_in_a_circle(run(plan))
    assert len(simulated.requests) - before < 20


def test_ids_are_counted_whatever_the_order_of_the_pages():
    seen = Distinct()
    seen.take(0, [f"{n:018}" for n in range(1_000)])
    seen.take(1, [f"{n:018}" for n in range(1_000, 1_500)])
    seen.close(1)
    seen.leave_open()
    seen.take(0, [f"{n:018}" for n in range(1_000)])
    seen.close(0)
    assert seen.repeated() == 0
    shuffled = [f"{n:018}" for n in range(2_000, 3_000)]
    Random(1).shuffle(shuffled)
    seen.take(3, shuffled)
    seen.close(3)
    assert seen.repeated() == 0
    seen.take(2, [f"{n:018}" for n in range(990, 1_010)])
    assert seen.repeated() == 0
    seen.close(2)
    assert seen.repeated() == 20

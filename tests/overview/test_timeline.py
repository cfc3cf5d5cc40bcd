"""The activity of plans: what has a lane and a bar, and what a person sees of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sfconnector import overview
from sfconnector.models import ConnectedApp, Org, SyncPlan, SyncRun
from tests.admin.conftest import House, app, full, house, make_org, people, person
from tests.connections import browser_of

__all__ = ["app", "full", "house", "people"]


def ran(plan: SyncPlan, hours_ago: float, **values: object) -> SyncRun:
    """Add a run that began so long ago and took a minute."""
    began = timezone.now() - timedelta(hours=hours_ago)
    given: dict[str, object] = {
        "state": "succeeded",
        "started_at": began,
        "finished_at": began + timedelta(minutes=1),
        **values,
    }
    run = SyncRun.objects.create(plan=plan, org=plan.org, **given)
    SyncRun.objects.filter(pk=run.pk).update(queued_at=began)
    return run


def plan_of(org: Org, sobject: str, **values: object) -> SyncPlan:
    return SyncPlan.objects.create(org=org, sobject=sobject, **values)


@pytest.fixture
def org(app: ConnectedApp) -> Org:
    return make_org(app)


def test_a_run_is_a_bar_at_its_time_as_high_as_its_records(org: Org) -> None:
    plan = plan_of(org, "Lead")
    small = ran(plan, 18, fetched=9)
    large = ran(plan, 6, fetched=99, api_calls=3, state="failed")
    ran(plan, 30)
    (lane,) = overview.timeline(org.plans.all()).lanes
    first, second = lane.bars
    assert (first.run, second.run) == (small.pk, large.pk)
    assert first.x == pytest.approx(25, abs=0.1)
    assert second.x == pytest.approx(75, abs=0.1)
    assert second.width == pytest.approx(100 / 24 / 60, abs=0.01)
    assert (first.level, second.level) == (pytest.approx(0.5), 1.0)
    assert (lane.rows, lane.calls, lane.runs) == (108, 3, 2)
    assert (lane.last, lane.last_failed) == (large.pk, large.pk)


def test_a_week_reaches_further_back(org: Org) -> None:
    plan = plan_of(org, "Lead")
    ran(plan, 100)
    assert overview.timeline(org.plans.all()).runs == 0
    week = overview.timeline(org.plans.all(), hours=overview.WEEK)
    assert week.runs == 1
    assert len(week.ticks) == 7
    assert overview.timeline(org.plans.all(), hours=5).hours == overview.DAY


def test_runs_of_one_moment_are_one_bar_that_leads_to_the_gravest(org: Org) -> None:
    plan = plan_of(org, "Lead")
    began = timezone.now() - timedelta(hours=3)
    runs = [
        ran(plan, 3, state=state, fetched=5, started_at=began)
        for state in ("succeeded", "failed", "warnings", "succeeded")
    ]
    (bar,) = overview.timeline(org.plans.all()).lanes[0].bars
    assert (bar.run, bar.runs, bar.state) == (runs[1].pk, 4, "failed")
    assert bar.rows == 20


def test_what_still_works_or_waits_is_shown(org: Org) -> None:
    running = ran(plan_of(org, "Lead"), 2, state="running", finished_at=None, fetched=7)
    old = ran(plan_of(org, "Case"), 90, state="parked", finished_at=None)
    waits = ran(
        plan_of(org, "Task"), 1, state="queued", started_at=None, finished_at=None
    )
    ended = ran(
        plan_of(org, "Event"), 26, finished_at=timezone.now() - timedelta(hours=23)
    )
    lanes = {
        lane.plan.sobject: lane for lane in overview.timeline(org.plans.all()).lanes
    }
    bars = {name: lane.bars[0] for name, lane in lanes.items()}
    assert bars["Lead"].run == running.pk
    assert bars["Lead"].x + bars["Lead"].width == pytest.approx(100, abs=0.1)
    assert (bars["Case"].run, bars["Case"].x) == (old.pk, 0.0)
    assert (bars["Task"].run, bars["Task"].width) == (waits.pk, 0.0)
    assert (bars["Event"].run, bars["Event"].x) == (ended.pk, 0.0)


def test_plans_in_trouble_have_their_lane_first(org: Org) -> None:
    now = timezone.now()
    for number in range(4):
        plan_of(org, f"Fine{number}", last_run_at=now)
    plan_of(org, "Off", failures_in_a_row=3, is_enabled=False)
    plan_of(org, "Zebra", failures_in_a_row=1)
    plan_of(org, "Quagga", paused_reason="Enough.", paused_at=now)
    found = overview.timeline(org.plans.all(), most=4)
    names = [lane.plan.sobject for lane in found.lanes]
    assert names == ["Quagga", "Zebra", "Fine0", "Fine1"]
    assert found.left_out == 3


def test_plans_that_run_each_minute_are_cut_and_say_so(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(org, "Lead")
    for number in range(4):
        ran(plan, 4 - number)
    monkeypatch.setattr("sfconnector.overview.lanes.MOST_RUNS", 3)
    found = overview.timeline(org.plans.all())
    assert (found.is_cut, found.runs) == (True, 3)
    monkeypatch.setattr("sfconnector.overview.lanes.MOST_RUNS", 4)
    assert overview.timeline(org.plans.all()).is_cut is False


def test_marks_are_hours_of_the_sites_zone(org: Org) -> None:
    with timezone.override("Asia/Kathmandu"):
        found = overview.timeline(org.plans.all())
        local: list[datetime] = [timezone.localtime(one.at) for one in found.ticks]
    assert len(local) == 6
    assert all(one.hour % 4 == 0 and one.minute == 0 for one in local)


def test_a_timeline_takes_as_many_queries_for_many_plans_as_for_one(org: Org) -> None:
    counts = []
    for number in range(2):
        for each in range(1 + 14 * number):
            ran(plan_of(org, f"Object{number}x{each}"), 1)
        with CaptureQueriesContext(connection) as seen:
            overview.timeline(org.plans.all())
        counts.append(len(seen))
    assert counts == [4, 4]


def test_org_and_plan_show_it_with_the_way_to_each_run(
    house: House, full: Client
) -> None:
    run = ran(house.plan, 2, state="failed", fetched=1234)
    link = reverse("admin:sfconnector_syncrun_change", args=[run.pk])
    for name, pk in (("org", house.org.pk), ("syncplan", house.plan.pk)):
        url = reverse(f"admin:sfconnector_{name}_change", args=[pk])
        page = full.get(url).content.decode()
        assert re.search(f'<a href="{link}" tabindex="-1" class="sf-bar sf-bad', page)
        assert "Records read: 1,234" in page
        assert "The same as a table" in page
        assert "?hours=168#sf-activity" in page
        week = full.get(f"{url}?hours=168").content.decode()
        assert "?hours=24#sf-activity" in week


def test_whoever_may_not_see_runs_sees_no_bars(house: House) -> None:
    ran(house.plan, 2)
    url = reverse("admin:sfconnector_org_change", args=[house.org.pk])
    page = browser_of(person("looks", "view_org", "view_syncplan")).get(url)
    assert page.status_code == 200
    assert "sf-activity" not in page.content.decode()


def test_names_of_any_kind_stay_text(house: House, full: Client) -> None:
    SyncPlan.objects.filter(pk=house.plan.pk).update(name="<b>😀</b>" * 12)
    ran(house.plan, 2)
    url = reverse("admin:sfconnector_org_change", args=[house.org.pk])
    page = full.get(url).content.decode()
    assert "&lt;b&gt;😀" in page
    assert "<b>😀" not in page


def test_a_run_of_no_time_is_drawn_all_the_same(house: House, full: Client) -> None:
    began = timezone.now() - timedelta(hours=2)
    ran(house.plan, 2, started_at=began, finished_at=began)
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    page = full.get(url).content.decode()
    bars = page[page.index("sf-lane-bars") :]
    assert '<rect x="' in bars
    assert 'width="0.00%"' not in bars

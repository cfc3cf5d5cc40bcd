"""The API budget of a day: by hour and purpose, the share, the forecast."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sfconnector import overview
from sfconnector.models import ApiCall, ApiUsage, ConnectedApp, Org, SyncRun
from tests.admin.conftest import House, app, full, house, make_org, people, person
from tests.connections import browser_of
from tests.overview.test_timeline import plan_of, ran

__all__ = ["app", "full", "house", "people"]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Let it be half past eleven."""
    now = timezone.localtime().replace(hour=11, minute=30, second=0, microsecond=0)
    monkeypatch.setattr("sfconnector.clock.now", lambda: now)
    return now


@pytest.fixture
def org(app: ConnectedApp) -> Org:
    return make_org(app)


def calls(
    org: Org,
    at: datetime,
    count: int,
    purpose: str = "sync",
    run: SyncRun | None = None,
) -> None:
    ApiCall.objects.bulk_create(
        ApiCall(org=org, purpose=purpose, method="GET", path="/", at=at, run=run)
        for _ in range(count)
    )


def test_calls_are_summed_from_midnight_by_what_they_are_for(
    org: Org, noon: datetime
) -> None:
    calls(org, noon.replace(hour=1), 4)
    calls(org, noon.replace(hour=1), 2, "explorer")
    calls(org, noon.replace(hour=3), 5, "health")
    calls(org, noon - timedelta(days=1), 100)
    day = overview.spending(org)
    assert day.hours[0].total == 0
    assert (day.hours[1].calls, day.hours[1].total) == (6, 6)
    assert dict(day.hours[5].so_far) == {"fetching": 4, "people": 2, "upkeep": 5}
    assert (day.calls, day.now.begins_at.hour) == (11, 11)
    assert (len(day.hours), day.forecast) == (24, 11)  # quiet for three hours


def test_the_forecast_goes_on_as_the_last_three_hours_went(
    org: Org, noon: datetime
) -> None:
    calls(org, noon.replace(hour=2), 10)
    calls(org, noon - timedelta(hours=1), 30)
    day = overview.spending(org)
    assert day.forecast == 40 + 125  # ten an hour, twelve and a half hours
    assert [one.is_forecast for one in day.hours] == [False] * 12 + [True] * 12
    assert day.hours[-1].total == day.forecast


@pytest.mark.parametrize("off", [{"is_enabled": False}, {"paused_at": timezone.now()}])
def test_the_forecast_leaves_out_what_plans_that_rest_would_call(
    org: Org, noon: datetime, off: dict[str, object]
) -> None:
    calls(org, noon - timedelta(hours=1), 9)
    calls(org, noon - timedelta(hours=1), 21, run=ran(plan_of(org, "Lead"), 1))
    calls(org, noon - timedelta(hours=1), 90, run=ran(plan_of(org, "Case", **off), 1))
    assert overview.spending(org).forecast == 120 + 125  # ten an hour go on


def test_the_share_is_that_of_the_settings(org: Org, noon: datetime) -> None:
    assert overview.spending(org).share is None
    ApiUsage.objects.create(org=org, used=5, maximum=1000)
    assert overview.spending(Org.objects.get(pk=org.pk)).share == 800


def test_a_busy_day_is_asked_for_in_two_queries(org: Org, noon: datetime) -> None:
    ApiUsage.objects.create(org=org, used=5, maximum=1000)
    calls(org, noon, 500)
    org = Org.objects.select_related("usage").get(pk=org.pk)
    with CaptureQueriesContext(connection) as seen:
        overview.spending(org)
    assert len(seen) == 2


def test_the_plans_that_called_most_today_are_named_in_one_query(
    house: House, full: Client, noon: datetime
) -> None:
    ApiCall.objects.all().delete()  # the furniture has one of just now
    for number in range(7):
        plan = plan_of(house.org, f"Object{number}", name="<b>" * (number == 6))
        run = ran(plan, 1)
        calls(house.org, noon, number, run=run)
        calls(house.org, noon - timedelta(days=1), 50, run=run)
    calls(house.org, noon, 19, "explorer")
    with CaptureQueriesContext(connection) as seen:
        found = overview.callers(house.org)
    assert len(seen) == 1
    assert [one.calls for one in found] == [6, 5, 4, 3, 2]
    assert [str(one.plan) for one in found[:2]] == ["<b>", "Object5"]
    page = full.get(f"/admin/sfconnector/org/{house.org.pk}/change/").content.decode()
    table = page[page.index('id="sf-callers"') :].partition("</table>")[0]
    assert table.count("<tr>") == 6
    link = reverse("admin:sfconnector_syncplan_change", args=[found[0].plan.pk])
    assert f'<a href="{link}">&lt;b&gt;</a>' in table
    assert ">5.00" in table  # percent, two of forty
    client = browser_of(person("looks", "view_org"))
    page = client.get(f"/admin/sfconnector/org/{house.org.pk}/change/").content.decode()
    assert "sf-callers" not in page


@pytest.mark.parametrize(
    ("maximum", "said"),
    [(100, "our share: 80"), (100_000, "which is not drawn"), (10, "will rest")],
)
def test_the_page_draws_it(
    house: House, full: Client, noon: datetime, maximum: int, said: str
) -> None:
    calls(house.org, noon - timedelta(hours=5), 60)
    ApiUsage.objects.create(org=house.org, used=60, maximum=maximum)
    limits = {
        "DailyApiRequests": {"max": maximum, "remaining": 1},
        "DataStorageMB": {"max": 5, "remaining": 4},
        "SingleEmail": {"max": 5, "remaining": 4},
    }
    Org.objects.filter(pk=house.org.pk).update(limits=limits)
    url = reverse("admin:sfconnector_org_change", args=[house.org.pk])
    page = full.get(url).content.decode()
    assert said in page
    assert "sf-for-fetching" in page
    assert page.index("Data storage, MB") < page.index("All other limits")
    assert page.index("All other limits") < page.index("Single email")

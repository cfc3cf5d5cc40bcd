"""Lists of large tables: few queries, a bounded look, and what the page says of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sfconnector import estimates
from sfconnector.admin.base import large_lists
from sfconnector.models import (
    ApiCall,
    CachedResponse,
    Org,
    SObject,
    SyncPlan,
    SyncRun,
)
from tests.admin.conftest import House

pytestmark = pytest.mark.django_db
CALLS = "/admin/sfconnector/apicall/"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call ten rows many, and count up to five."""
    monkeypatch.setattr(large_lists, "WINDOW", 10)
    monkeypatch.setattr(large_lists, "COUNT_CAP", 5)


def call(org: Org, count: int, **values: Any) -> None:
    ApiCall.objects.bulk_create(
        ApiCall(**{"org": org, "method": "GET", "at": timezone.now(), **values})
        for _ in range(count)
    )


def another(house: House, alias: str) -> Org:
    return Org.objects.create(alias=alias, app=house.app)


def look(client: Client, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.context_data["cl"]


def test_of_many_rows_only_some_are_counted(
    house: House, admin_client: Client, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(house.org, 12, path="/a")
    monkeypatch.setattr(estimates, "rows_in", lambda _model: 12_345)
    listing = look(admin_client, CALLS)
    assert (listing.result_count, listing.is_capped) == (5, True)
    assert "about 12,345" in admin_client.get(CALLS).content.decode()
    page = admin_client.get(f"{CALLS}?org__id__exact={house.org.pk}")
    assert re.search(r"5\+\s+API calls", page.content.decode())


def test_few_rows_are_counted_to_the_last(house: House, admin_client: Client) -> None:
    call(house.org, 3, path="/a")
    listing = look(admin_client, CALLS)
    assert (listing.is_capped, listing.is_windowed) == (False, False)
    assert listing.result_count == ApiCall.objects.count()


@pytest.mark.parametrize(
    "asked", ["q=/old", "answer=ok&q=/old", "purpose=command&q=/old", "o=3&q=/old"]
)
def test_of_many_rows_the_newest_are_searched_and_the_page_says_so(
    house: House, admin_client: Client, small: None, asked: str
) -> None:
    told = {"purpose": "command", "status": 200}
    call(house.org, 1, path="/old", **told)
    call(another(house, "other"), 11, path="/new", **told)
    url = f"{CALLS}?{asked}"
    assert look(admin_client, url).result_count == 0
    assert "only the newest were searched" in admin_client.get(url).content.decode()
    of_org = look(admin_client, f"{url}&org__id__exact={house.org.pk}")
    assert [one.path for one in of_org.result_list] == ["/old"]
    assert not of_org.is_windowed


@pytest.mark.parametrize("order", ["1", "-1", "5", "-5", "3"])
def test_of_many_rows_the_newest_are_sorted(
    house: House, admin_client: Client, small: None, order: str
) -> None:
    call(house.org, 20, path="/a", status=200)
    listing = look(admin_client, f"{CALLS}?o={order}")
    newest = ApiCall.objects.order_by("-pk").values_list("pk", flat=True)[:10]
    assert listing.is_windowed
    assert {one.pk for one in listing.result_list} <= set(newest)


def test_by_time_all_rows_are_sorted(
    house: House, admin_client: Client, small: None
) -> None:
    call(house.org, 20, path="/a")
    listing = look(admin_client, f"{CALLS}?o=0")
    oldest = ApiCall.objects.order_by("pk").first()
    assert not listing.is_windowed
    assert listing.result_list[0] == oldest


def test_of_many_objects_those_with_records_are_searched(
    house: House, admin_client: Client, small: None
) -> None:
    org = another(house, "other")
    SObject.objects.bulk_create(SObject(org=org, name=f"Far_{n}__c") for n in range(12))
    SObject.objects.create(org=org, name="Far_Cached__c", total_count=1)
    url = "/admin/sfconnector/sobject/?q=Far_"
    assert [one.name for one in look(admin_client, url).result_list] == [
        "Far_Cached__c"
    ]
    assert "only objects with cached records" in admin_client.get(url).content.decode()


def test_a_list_reads_no_more_often_for_more_rows(
    house: House, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"{CALLS}?{asked}" for asked in ("", "q=a", "o=3", "_facets=True")]
    counts = []
    for more in (1, 150):
        call(house.org, more, path="/a")
        for number in range(more):
            another(house, f"org-{more}-{number}")
        counts.append([asked_often(admin_client, url) for url in urls])
    assert counts[0] == counts[1]
    monkeypatch.setattr(large_lists, "FEW", 100)
    # Many rows are put in order first, and then a page of them is read.
    assert [asked_often(admin_client, url) for url in urls] == [
        few + 1 for few in counts[0]
    ]


def test_lists_read_nothing_row_by_row(house: House, admin_client: Client) -> None:
    lists = ("org", "syncplan", "syncrun", "sobject", "cachedresponse")
    counts = []
    for more in (2, 9):
        for number in range(more):
            org = another(house, f"org-{more}-{number}")
            plan = SyncPlan.objects.create(org=org, kind="endpoint", path="/")
            run = SyncRun.objects.create(plan=plan, org=org, state="failed")
            SObject.objects.create(org=org, name="Account", total_count=1)
            CachedResponse.objects.create(
                plan=plan, run=run, status=200, fetched_at=timezone.now()
            )
        urls = [f"/admin/sfconnector/{name}/" for name in lists]
        counts.append([asked_often(admin_client, url) for url in urls])
    assert counts[0] == counts[1]


def asked_often(client: Client, url: str) -> int:
    look(client, url)
    with CaptureQueriesContext(connection) as seen:
        look(client, url)
    return len(seen)


def test_counts_beside_the_orgs_are_those_of_each(
    house: House, admin_client: Client
) -> None:
    call(another(house, "other"), 3, path="/a")
    page = admin_client.get(f"{CALLS}?_facets=True").content.decode()
    assert "other (3)" in page


def test_a_list_leaves_long_columns_out(house: House, admin_client: Client) -> None:
    call(house.org, 1, path="/a")
    for path in ("apicall", "syncplan", "syncrun", "org"):
        with CaptureQueriesContext(connection) as seen:
            look(admin_client, f"/admin/sfconnector/{path}/")
        assert not [one for one in seen if '."limits"' in one["sql"]], path


def test_a_page_works_out_what_it_shows_and_no_more(
    house: House, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_lists, "FEW", 100)
    org = another(house, "other")
    SyncPlan.objects.bulk_create(
        SyncPlan(org=org, kind="endpoint", path=f"/{n}") for n in range(120)
    )
    with CaptureQueriesContext(connection) as seen:
        look(admin_client, "/admin/sfconnector/syncplan/?p=2")
    paged = [one["sql"] for one in seen if "OFFSET 50" in one["sql"]]
    assert len(paged) == 1
    assert "syncrun" not in paged[0]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            SObject.objects.order_by("name", "org_id").values("name"),
            "sfconnector_sobject_name",
        ),
        (
            SObject.objects.filter(total_count__gt=0)
            .order_by("total_count")
            .values("total_count"),
            "sfconnector_sobject_cached",
        ),
    ],
)
def test_objects_are_found_by_an_index(rows: Any, index: str) -> None:
    if connection.vendor == "mysql":
        pytest.skip("It explains by estimates of the few rows that are there.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    assert index in rows[:10].explain()


def test_nobody_counts_a_table_to_say_about_how_many(house: House) -> None:
    call(house.org, 7, path="/a")
    with CaptureQueriesContext(connection) as seen:
        told = estimates.rows_in(ApiCall)
    assert told is None or told >= 0
    assert not [one for one in seen if "COUNT" in one["sql"].upper()]
    if connection.vendor == "sqlite":
        assert told == ApiCall.objects.count()

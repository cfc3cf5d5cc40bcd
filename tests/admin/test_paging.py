"""Long lists are paged from the nearer end and counted without counting."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sfconnector.admin.records import paging
from sfconnector.admin.records.paging import PER_PAGE, page_of
from sfconnector.models import Org, Record, SObject
from tests.admin.conftest import House
from tests.connections import cache_accounts


def fill(org: Org, count: int) -> None:
    """Cache so many Accounts besides those that are there."""
    cache_accounts(org, *({"Name": f"Row {number}"} for number in range(count)))
    rows = SObject.objects.filter(org=org, name="Account")
    total = Record.objects.of(org, "Account").count()
    rows.update(live_count=total, total_count=total)


def ids(rows: list[Record]) -> list[str]:
    return [row.record_id for row in rows]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_page_holds_what_a_plain_slice_holds(house: House, number: int) -> None:
    fill(house.org, 3 * PER_PAGE + 10)
    rows = Record.objects.of(house.org, "Account").order_by("record_id")
    everything = ids(list(rows))
    page = page_of(rows, number, within=rows, count=len(everything))
    first = (number - 1) * PER_PAGE
    assert ids(page.rows) == everything[first : first + PER_PAGE]
    assert page.last == 4


def test_the_last_page_skips_no_more_rows_than_the_first(house: House) -> None:
    fill(house.org, 5 * PER_PAGE)
    rows = Record.objects.of(house.org, "Account").order_by("record_id")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page_of(rows, 999, within=rows, count=5 * PER_PAGE + 1)
    assert len(queries) == 2
    assert "OFFSET" not in queries[0]["sql"]


def test_a_counter_row_saves_the_count(house: House, full: Client) -> None:
    fill(house.org, 250)
    url = reverse("admin:sfconnector_record_browse", args=["northwind", "Account"])
    with CaptureQueriesContext(connection) as queries:
        page = full.get(url)
    assert "251 records" in page.content.decode()
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert not [sql for sql in counting if "sfconnector_record" in sql]


def test_an_unknown_count_stops_at_the_cap(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 150)
    fill(house.org, 400)
    rows = Record.objects.of(house.org, "Account").order_by("record_id")
    page = page_of(rows, 2, within=rows)
    assert (page.count, page.is_capped) == (150, True)


def test_page_numbers_leave_gaps() -> None:
    page = paging.PageOfRows(
        rows=[], number=50, last=100, count=10_000, is_capped=False
    )
    assert list(page.numbers) == [1, None, 48, 49, 50, 51, 52, None, 100]


@pytest.mark.parametrize("asked", ["0", "-3", "x", "", "999999999999"])
def test_a_page_that_is_not_there_shows_the_nearest(
    house: House, full: Client, asked: str
) -> None:
    url = reverse("admin:sfconnector_record_browse", args=["northwind", "Account"])
    assert full.get(url, {"p": asked}).status_code == 200

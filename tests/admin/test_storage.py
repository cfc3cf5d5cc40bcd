"""The page of storage and retention: counts, sizes, settings, and who sees which org."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector import retention
from sfconnector.models import Claim, ConnectedApp, FieldChange
from sfconnector.retention import sizes
from tests.admin.conftest import House, person
from tests.admin.test_dashboard import furnish, queries
from tests.connections import browser_of


def page(client: Client) -> str:
    response = client.get(reverse("admin:sfconnector_org_storage"))
    assert response.status_code == 200
    return response.content.decode()


def test_rows_are_counted_by_kind_and_by_org(house: House) -> None:
    FieldChange.objects.create(org=house.org, sobject="Account", record_id="1")
    found = retention.measure_storage(type(house.org).objects.all())
    rows = {table.kind: table.rows for table in found.tables}
    assert rows["records"] == rows["history"] == rows["answers"] == 1
    assert [share.rows["calls"] for share in found.orgs] == [1]
    assert found.database_bytes


def test_sizes_are_those_of_the_database_or_not_measured(
    house: House, admin_client: Client
) -> None:
    found = retention.measure_storage(type(house.org).objects.all())
    sizes = [table.byte_count for table in found.tables]
    assert all(size for size in sizes)
    assert found.orgs[0].objects[0].byte_count == sizes[0]
    assert "not measured" not in page(admin_client)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Others keep books.")
def test_a_large_file_of_sqlite_is_not_walked_through(
    house: House, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfconnector.retention.sizes.SQLITE_MOST", 1000)
    found = retention.measure_storage(type(house.org).objects.all())
    assert {table.byte_count for table in found.tables} == {None}
    assert "not measured" in page(admin_client)


def test_a_table_that_is_too_big_is_not_counted_by_org(
    house: House, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MOST_COUNTED", 0)
    found = retention.measure_storage(type(house.org).objects.all())
    assert found.orgs[0].rows["calls"] is None
    assert found.orgs[0].rows["records"] == 1
    assert "more than 0" in page(admin_client)


def test_retention_is_that_of_the_settings(
    house: House, admin_client: Client, settings: Any
) -> None:
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, "CALLS_KEPT_DAYS": 4321}
    assert "Housekeeping has not run yet" in page(admin_client)
    Claim.objects.create(name="upkeep", taken_at=timezone.now())
    shown = page(admin_client)
    assert "4321 days" in shown
    assert "goes with the next housekeeping" in shown


def test_the_audit_trail_is_kept_for_good_or_as_its_setting_says(
    house: House, admin_client: Client, settings: Any
) -> None:
    assert re.search(r"for good<br>.*AUDIT_KEPT_DAYS", page(admin_client))
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, "AUDIT_KEPT_DAYS": 4321}
    shown = page(admin_client)
    assert re.search(r"4321 days<br>.*AUDIT_KEPT_DAYS", shown)
    assert "for good" not in shown


def test_an_org_of_another_group_is_not_shown(
    house: House, people: dict[str, Client]
) -> None:
    assert "northwind" in page(people["full"])
    assert "northwind" not in page(people["outsider"])


def test_only_those_who_may_purge_are_led_to_it(house: House) -> None:
    client = browser_of(person("syncing", "view_org", "sync_org"))
    assert "/disconnect/" not in page(client)


def test_it_asks_as_much_of_many_orgs_as_of_few(
    app: ConnectedApp, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_org_storage")
    furnish(app, 2, "few")
    few = queries(admin_client, url)
    furnish(app, 10, "many")
    assert queries(admin_client, url) == few


def test_a_page_tells_of_twenty_orgs_and_leads_to_the_next(
    app: ConnectedApp, admin_client: Client
) -> None:
    furnish(app, 25, "many")
    url = reverse("admin:sfconnector_org_storage")
    pages = [admin_client.get(url, {"p": number}).context["found"] for number in (1, 2)]
    assert [len(found.orgs) for found in pages] == [20, 5]
    assert len({share.org.pk for found in pages for share in found.orgs}) == 25
    assert pages[0].tables == pages[1].tables
    assert "p=2" in page(admin_client)

"""Lists: counts in one column, reasons beside failures, queries as people read them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from sfconnector.models import ApiCall, SyncPlan, SyncRun
from tests.admin.conftest import House, person
from tests.connections import browser_of

pytestmark = pytest.mark.django_db
SOQL = "SELECT Id FROM Account WHERE Name = '<b>'"


def look(client: Client, path: str) -> str:
    return client.get(f"/admin/sfconnector/{path}").content.decode()


def test_the_counts_of_a_run_are_one_column(house: House, admin_client: Client) -> None:
    counts = {"created": 12, "updated": 3, "deleted": 1, "fetched": 1200}
    SyncRun.objects.create(plan=house.plan, org=house.org, state="succeeded", **counts)
    page = look(admin_client, "syncrun/")
    assert "12 created, 3 updated, 1 deleted of 1,200 fetched" in page
    assert 'data-label="Records"' in page
    assert "column-created" not in page


def test_what_failed_says_why(house: House, admin_client: Client) -> None:
    SyncRun.objects.filter(pk=house.run.pk).update(
        state="failed", error_text="No such column 'Rating__c'."
    )
    for path in ("syncrun/", "syncplan/"):
        assert "No such column &#x27;Rating__c&#x27;." in look(admin_client, path)


def test_queries_are_decoded_coloured_and_lead_to_the_explorer(
    house: House, admin_client: Client
) -> None:
    plan = SyncPlan.objects.create(org=house.org, kind="soql", soql=SOQL)
    call = ApiCall.objects.create(
        org=house.org,
        method="GET",
        path=f"/services/data/v66.0/query?q={quote(SOQL)}",
        purpose="explorer",
        status=200,
        at=timezone.now(),
    )
    text = '<span class="sf-soql-text">&#x27;&lt;b&gt;&#x27;</span>'
    keyword = '<span class="sf-soql-keyword">SELECT</span>'
    for path in ("apicall/", f"apicall/{call.pk}/change/", "syncplan/"):
        page = look(admin_client, path)
        assert text in page, path
        assert keyword in page, path
    page = look(admin_client, f"apicall/{call.pk}/change/")
    assert f"/explore/query/?org={house.org.pk}&amp;soql=SELECT+Id" in page
    looker = browser_of(person("looker", "view_apicall", "view_org"))
    assert "/explore/query/" not in look(looker, f"apicall/{call.pk}/change/")
    assert plan.soql == SOQL


def test_a_filter_says_what_it_is_set_to(house: House, admin_client: Client) -> None:
    page = look(admin_client, "syncplan/?kind__exact=object")
    assert "sf-filter sf-chosen" in page
    assert "Kind: <strong>Object</strong>" in page
    assert "sf-chosen" not in look(admin_client, "syncplan/")

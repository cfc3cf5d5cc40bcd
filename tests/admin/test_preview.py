"""The preview of a plan: rows and cost of a form that is not saved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sfconnector.models import Org, SyncPlan
from tests.admin.test_forms import PLAN

PREVIEW = "/admin/sfconnector/syncplan/preview/"


@pytest.fixture
def look(connected_org: Org, admin_client: Client) -> Any:
    def look(**given: str) -> str:
        response = admin_client.post(
            PREVIEW, {**PLAN, "org": connected_org.pk, **given}
        )
        assert response.status_code == 200
        return response.content.decode()

    return look


def test_rows_query_and_cost_are_shown_and_nothing_is_saved(look: Any) -> None:
    page = look(fields="Name", schedule="every", every_minutes="60")
    assert "SELECT Id, Name" in page
    assert "Calls of the first run" in page
    assert "<strong>24</strong>" in page
    assert page.count("<bdi>001") == 5
    assert not SyncPlan.objects.exists()


def test_a_new_plan_begins_with_a_quarter_of_an_hour(admin_client: Client) -> None:
    page = admin_client.get("/admin/sfconnector/syncplan/add/").content.decode()
    [field] = re.findall('<input[^>]*name="every_minutes"[^>]*>', page)
    assert 'value="15"' in field


def test_a_second_plan_of_an_object_is_shown_and_refused(
    look: Any, connected_org: Org
) -> None:
    SyncPlan.objects.create(org=connected_org, kind="object", sobject="Account")
    page = look(sobject="Account", fields="Name")
    assert "This org already has a plan for this object." in page
    assert "SELECT Id, Name" in page
    assert page.count("<bdi>001") == 5
    assert SyncPlan.objects.count() == 1


def test_an_endpoint_shows_its_answer(look: Any) -> None:
    page = look(
        kind="endpoint", sobject="", path="/services/data/v39.0/sobjects/account"
    )
    assert "objectDescribe" in page


def test_a_query_shows_its_rows(look: Any) -> None:
    soql = "SELECT Id, Owner.Name FROM Account"
    assert "Owner.Name</th>" in look(kind="soql", sobject="", soql=soql)


def test_a_filter_that_salesforce_refuses_is_told(look: Any) -> None:
    page = look(where="Nope = 1")
    assert "sf-bad" in page
    assert "Nope" in page


def test_a_wrong_form_is_told(look: Any) -> None:
    assert "Say what the plan reads." in look(sobject="")

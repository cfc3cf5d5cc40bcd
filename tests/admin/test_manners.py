"""Small courtesies: what is empty says how to begin, forms know the obvious answer."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.test import Client
from django.urls import reverse

from sfconnector.admin.records import cells
from sfconnector.models import ApiCall, CachedResponse, ConnectedApp, SyncPlan, SyncRun
from tests.admin.conftest import House, person
from tests.connections import browser_of

ADD_ORG = "/admin/sfconnector/org/add/"


def url(name: str, *arguments: object) -> str:
    return reverse(f"admin:sfconnector_{name}", args=arguments)


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("connectedapp", "enter its key here"),
        ("org", "press Connect"),
        ("sobject", "press Discover objects"),
        ("syncplan", "Add a plan"),
        ("syncrun", "press Run now"),
        ("apicall", "No call was made yet"),
        ("cachedresponse", "Plans of endpoints"),
        ("auditevent", "Nothing was done yet"),
    ],
)
def test_an_empty_list_says_how_rows_come_about(
    admin_client: Client, model: str, hint: str
) -> None:
    assert hint in admin_client.get(url(f"{model}_changelist")).content.decode()


def test_a_search_that_finds_nothing_leads_back(
    house: House, admin_client: Client
) -> None:
    page = admin_client.get(url("org_changelist"), {"q": "nowhere"}).content.decode()
    assert "Nothing matches." in page
    assert "press Connect" not in page


def test_the_only_connected_app_is_chosen(
    app: ConnectedApp, admin_client: Client
) -> None:
    chosen = f'<option value="{app.pk}" selected>'
    assert chosen in admin_client.get(ADD_ORG).content.decode()
    ConnectedApp.objects.create(name="Another", consumer_key="k2")
    assert chosen not in admin_client.get(ADD_ORG).content.decode()


def test_a_plan_goes_with_its_runs_and_answers_and_leaves_the_calls(
    house: House,
) -> None:
    plan = house.run.plan
    house.run.log.create(text="Began.")
    ApiCall.objects.filter(pk=house.call.pk).update(run=house.run)
    client = browser_of(person("planner", "view_syncplan", "delete_syncplan"))
    page = client.get(url("syncplan_delete", plan.pk)).content.decode()
    assert "1 run<" in page
    assert "1 cached answer<" in page
    client.post(url("syncplan_delete", plan.pk), {"post": "yes"})
    assert list(SyncPlan.objects.all()) == [house.plan]
    assert not SyncRun.objects.exists()
    assert not CachedResponse.objects.exists()
    assert ApiCall.objects.get().run is None
    assert LogEntry.objects.filter(action_flag=DELETION).count() == 1


def test_several_plans_go_at_once(house: House, admin_client: Client) -> None:
    chosen = [plan.pk for plan in SyncPlan.objects.all()]
    data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    admin_client.post(url("syncplan_changelist"), data)
    assert not SyncPlan.objects.exists()


@pytest.mark.parametrize(
    ("codename", "status"),
    [("add_syncplan", 200), ("change_syncplan", 200), ("view_org", 403)],
)
def test_who_writes_plans_gets_names_offered(
    house: House, codename: str, status: int
) -> None:
    client = browser_of(person("planner", codename))
    response = client.get(url("sobject_suggest"), {"org": house.org.pk, "q": "acc"})
    assert response.status_code == status
    assert status != 200 or response.json()["names"] == ["Account"]


def test_a_very_long_text_is_folded_and_whole() -> None:
    text = "<b>" + "x" * 131_069
    drawn = cells.text_of(text, cells.Context(is_list=False))
    assert "All 131,072 characters" in drawn
    assert "&lt;b&gt;" + "x" * 131_069 + "</bdi></details>" in drawn
    assert "<b>" not in drawn
    assert len(cells.text_of(text, cells.Context())) < 200

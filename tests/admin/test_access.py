"""Every admin URL of the app, asked by every kind of person.

A new URL makes the first test fail until it is written into the table below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from sfconnector.models import AuditEvent, SyncRun
from tests.admin.conftest import House, make_org


class Case(NamedTuple):
    """How one URL answers to people of the org's group who may look, or do all."""

    target: str
    """Which of the house's rows the URL names; empty for none."""
    methods: str
    looker: int
    full: int
    outsider: int = 404


LIST = {"looker": 200, "full": 200, "outsider": 200}
READ = {"looker": 200, "full": 200}
NEVER = {"looker": 403, "full": 403, "outsider": 403}
DO = {"looker": 403, "full": 302}

TABLE = {
    "connectedapp_changelist": Case("", "GET", **LIST),
    "connectedapp_add": Case("", "GET", 403, 200, 200),
    "connectedapp_change": Case("app", "GET", 200, 200),
    "connectedapp_delete": Case("app", "GET", 403, 200),
    "connectedapp_history": Case("app", "GET", 200, 200),
    "connectedapp_keys": Case("", "GET POST", 403, 200, 200),
    "org_changelist": Case("", "GET", **LIST),
    "org_add": Case("", "GET", 403, 200, 200),
    "org_change": Case("org", "GET", **READ),
    "org_delete": Case("org", "GET", 403, 403, 404),
    "org_history": Case("org", "GET", **READ),
    "org_connect": Case("org", "POST", 403, 200),
    "org_adopt": Case("org", "POST", **DO),
    "org_detach": Case("org", "POST", **DO),
    "org_disconnect": Case("org", "GET POST", 403, 200),
    "org_invite": Case("org", "GET POST", 403, 200),
    "org_remove": Case("org", "GET POST", 403, 200),
    "org_test": Case("org", "POST", **DO),
    "org_fetch": Case("org", "GET POST", 403, 200),
    "org_fetch_state": Case("org", "GET", 403, 200),
    "org_discover": Case("org", "POST", **DO),
    "org_count": Case("org", "POST", **DO),
    "org_explore": Case("", "GET POST", 403, 200, 200),
    "org_query": Case("", "GET POST", 403, 200, 200),
    "org_forget": Case("", "POST", 403, 302, 302),
    "org_storage": Case("", "GET", 403, 200, 200),
    "org_import": Case("", "GET POST", 403, 200, 200),
    "org_complete": Case("", "GET", 403, 200, 200),
    "sobject_changelist": Case("", "GET", **LIST),
    "sobject_add": Case("", "GET", **NEVER),
    "sobject_change": Case("sobject", "GET", **READ),
    "sobject_delete": Case("sobject", "GET", 403, 403, 404),
    "sobject_history": Case("sobject", "GET", **READ),
    "sobject_compare": Case("", "GET", **LIST),
    "sobject_suggest": Case("", "GET", **LIST),
    "sobject_describe": Case("sobject", "POST", **DO),
    "syncplan_changelist": Case("", "GET", **LIST),
    "syncplan_add": Case("", "GET", 403, 200, 200),
    "syncplan_change": Case("plan", "GET", **READ),
    "syncplan_delete": Case("plan", "GET", 403, 200),
    "syncplan_history": Case("plan", "GET", **READ),
    "syncplan_run": Case("plan", "POST", **DO),
    "syncplan_pause": Case("plan", "POST", **DO),
    "syncplan_preview": Case("", "POST", 403, 200, 200),
    "syncplan_cron": Case("", "GET", **LIST),
    "syncplan_fields": Case("", "GET POST", **LIST),
    "syncplan_resume": Case("plan", "POST", **DO),
    "planset_changelist": Case("", "GET", **LIST),
    "planset_add": Case("", "GET", 403, 200, 200),
    "planset_change": Case("planset", "GET", **READ),
    "planset_delete": Case("planset", "GET", 403, 200, 404),
    "planset_history": Case("planset", "GET", **READ),
    "planset_apply": Case("planset", "GET POST", 403, 200, 404),
    "syncrun_changelist": Case("", "GET", **LIST),
    "syncrun_add": Case("", "GET", **NEVER),
    "syncrun_change": Case("run", "GET", **READ),
    "syncrun_delete": Case("run", "GET", 403, 403, 404),
    "syncrun_history": Case("run", "GET", **READ),
    "syncrun_progress": Case("run", "GET", **READ),
    "syncrun_cancel": Case("run", "POST", **DO),
    "record_changelist": Case("", "GET", **LIST),
    "record_add": Case("", "GET", **NEVER),
    "record_change": Case("record", "GET", 302, 302),
    "record_delete": Case("record", "GET", 403, 403, 404),
    "record_history": Case("record", "GET", **READ),
    "record_browse": Case("object path", "GET", **READ),
    "record_show": Case("record path", "GET", **READ),
    "record_columns": Case("object path", "GET POST", 403, 200),
    "record_export": Case("object path", "GET POST", 403, 200),
    "record_views": Case("object path", "POST", looker=302, full=302),
    "cachedresponse_changelist": Case("", "GET", **LIST),
    "cachedresponse_add": Case("", "GET", **NEVER),
    "cachedresponse_change": Case("answer", "GET", **READ),
    "cachedresponse_delete": Case("answer", "GET", 403, 403, 404),
    "cachedresponse_history": Case("answer", "GET", **READ),
    "apicall_changelist": Case("", "GET", **LIST),
    "apicall_add": Case("", "GET", **NEVER),
    "apicall_change": Case("call", "GET", **READ),
    "apicall_delete": Case("call", "GET", 403, 403, 404),
    "apicall_history": Case("call", "GET", **READ),
    "auditevent_changelist": Case("", "GET", **LIST),
    "auditevent_add": Case("", "GET", **NEVER),
    "auditevent_change": Case("event", "GET", **READ),
    "auditevent_delete": Case("event", "GET", 403, 403, 404),
    "auditevent_history": Case("event", "GET", **READ),
}

PIECES = ("syncplan_cron", "syncplan_fields")
"""Pieces of a page that its script asks for: they have no frame of their own."""

DJANGOS_REDIRECT = "<path:object_id>/"
"""The one URL without a name: it leads old addresses to the change page."""


def url_names() -> Iterator[str]:
    """Yield the name of each URL of each of our models, without the app's label."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label != "sfconnector":
            continue
        for pattern in model_admin.get_urls():
            name = pattern.name or ""
            assert name or str(pattern.pattern) == DJANGOS_REDIRECT, pattern
            if name:
                yield name.removeprefix("sfconnector_")


def url_of(name: str, house: House) -> str:
    """Return the URL with the house's rows filled in."""
    target = TABLE[name].target
    args: dict[str, list[object]] = {
        "": [],
        "object path": ["northwind", "Account"],
        "record path": ["northwind", "Account", house.record.record_id],
    }
    given = args[target] if target in args else [getattr(house, target).pk]
    return reverse(f"admin:sfconnector_{name}", args=given)


def ask(client: Client, name: str, house: House) -> int:
    """Ask by the method that does the page's work first named; return the status."""
    method = TABLE[name].methods.split()[0]
    return client.generic(method, url_of(name, house)).status_code


def test_the_table_names_every_url() -> None:
    assert sorted(url_names()) == sorted(TABLE), (
        "A URL was added or removed: write into TABLE who may ask for it."
    )


def test_the_table_names_every_method() -> None:
    for model, model_admin in admin.site._registry.items():
        for page in getattr(model_admin, "pages", ()):
            name = f"{model._meta.model_name}_{page.verb}"
            assert set(TABLE[name].methods.split()) == set(page.methods), name


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_person_gets_what_the_table_says(
    name: str, house: House, people: dict[str, Client]
) -> None:
    case = TABLE[name]
    found = {who: ask(client, name, house) for who, client in people.items()}
    assert found == {
        "anonymous": 302,
        "nobody": 404 if found["nobody"] == 404 else 403,
        "looker": case.looker,
        "outsider": case.outsider,
        "full": case.full,
    }


POSTED = sorted(name for name, case in TABLE.items() if "POST" in case.methods)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_post_without_a_csrf_token_is_refused(
    name: str, house: House, people: dict[str, Client]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = people["full"].cookies
    assert client.post(url_of(name, house)).status_code == 403


@pytest.mark.parametrize(
    "name", [name for name in POSTED if "GET" not in TABLE[name].methods]
)
def test_a_get_changes_nothing(name: str, house: House, full: Client) -> None:
    assert full.get(url_of(name, house)).status_code == 405


@pytest.mark.parametrize(
    "name", sorted(name for name, case in TABLE.items() if case.full == 200)
)
def test_pages_are_not_cached_nor_framed(name: str, house: House, full: Client) -> None:
    response = full.get(url_of(name, house))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "name", sorted(name for name, case in TABLE.items() if case.full == 200)
)
def test_the_sidebar_has_the_tasks_on_every_page(
    name: str, house: House, full: Client
) -> None:
    page = full.get(url_of(name, house)).content.decode()
    is_whole = 'id="nav-sidebar"' in page or "<html" in page
    assert not is_whole or '<ul class="sf-tasks">' in page
    assert not is_whole or "sfconnector/admin.css" in page


def test_the_sidebar_has_the_tasks_where_several_rows_are_deleted(
    house: House, full: Client
) -> None:
    given = {"action": "delete_selected", "_selected_action": [house.planset.pk]}
    url = url_of("planset_changelist", house)
    page = full.post(url, given).content.decode()
    assert "Are you sure" in page
    assert '<ul class="sf-tasks">' in page


def test_nobody_changes_or_deletes_an_audit_event(house: House, full: Client) -> None:
    url = url_of("auditevent_change", house)
    assert full.post(url, {"action": "other"}).status_code == 403
    assert AuditEvent.objects.get(pk=house.event.pk).action == "run.start"


def test_every_line_that_a_button_writes_names_the_person_and_the_address(
    house: House, full: Client
) -> None:
    AuditEvent.objects.all().delete()
    SyncRun.objects.filter(pk=house.run.pk).update(state="queued", finished_at=None)
    given = {
        "columns": ["Name"], "rotate": "1", "org": house.org.pk,
        "method": "GET", "path": "/services/data",
        "action": "test_connections", "_selected_action": [house.org.pk],
    }  # fmt: skip
    removal = ("org_disconnect", "org_remove")
    names = ["org_changelist", *(one for one in POSTED if one not in removal)]
    for name in names:
        full.post(url_of(name, house), given, REMOTE_ADDR="192.0.2.7")
    for name in removal:
        gone = {"alias": house.org.alias, "cached": "purge"}
        full.post(url_of(name, house), gone, REMOTE_ADDR="192.0.2.7")
    lines = AuditEvent.objects.values_list("action", "user_name", "client_address")
    assert {action for action, _who, _where in lines} >= {
        "explorer.send", "keys.rotated", "oauth.begin", "oauth.disconnect",
        "org.remove", "org.test", "records.columns", "records.export",
        "run.cancelled",
    }  # fmt: skip
    assert {(who, where) for _action, who, where in lines} == {("full", "192.0.2.7")}


def test_every_action_names_its_permission() -> None:
    bare = [
        f"{model_admin}.{name}"
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "sfconnector"
        for name in model_admin.actions
        if not getattr(getattr(model_admin, name), "allowed_permissions", ())
    ]
    assert bare == []


def test_an_action_is_refused_to_those_who_may_only_look(
    house: House, people: dict[str, Client]
) -> None:
    url = reverse("admin:sfconnector_syncplan_changelist")
    chosen = {"action": "run_now", "_selected_action": [house.plan.pk]}
    people["looker"].post(url, chosen)
    assert not house.plan.runs.exists()
    people["full"].post(url, chosen)
    assert house.plan.runs.count() == 1


def test_an_org_of_another_group_is_not_named_anywhere(
    house: House, people: dict[str, Client]
) -> None:
    house.event.delete()
    for alias in ("contoso", "fabrikam"):  # with two, the filters are drawn
        make_org(house.app, alias, instance_url="", connected_username="")
    for name, case in TABLE.items():
        if case.target == "":
            page = people["outsider"].get(url_of(name, house))
            assert b"northwind" not in page.content, name
    index = reverse("admin:app_list", args=["sfconnector"])
    assert b"northwind" not in people["outsider"].get(index).content


def test_the_lines_of_an_org_that_is_gone_are_not_shown_to_another_group(
    people: dict[str, Client],
) -> None:
    event = AuditEvent.objects.create(action="org.removed", org_alias="northwind")
    url = reverse("admin:sfconnector_auditevent_change", args=[event.pk])
    assert people["outsider"].get(url).status_code == 404


def test_a_plan_cannot_be_added_to_an_org_of_another_group(
    house: House, people: dict[str, Client]
) -> None:
    page = people["outsider"].post(
        reverse("admin:sfconnector_syncplan_add"),
        {
            "org": house.org.pk,
            "kind": "object",
            "sobject": "Lead",
            "schedule": "manual",
        },
    )
    assert page.status_code == 200
    assert not house.org.plans.filter(sobject="Lead").exists()

"""No page is a dead end: where there is nothing to show, the next step is said.

The pages come from the admin's own URLs, so a new one is looked at by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

import sfconnector
from sfconnector.models import (
    CachedResponse,
    ConnectedApp,
    SObject,
    SyncPlan,
    SyncRun,
)
from tests.admin.conftest import LOOKS, make_org, person
from tests.admin.test_access import TABLE, url_names
from tests.connections import browser_of

TEMPLATES = Path(sfconnector.__file__).parent / "templates"
LINK = re.compile(r'<a class="sf-button[^"]*" href="([^"]+)"')
BODY_WITHOUT_ROWS = re.compile(r"<tbody[^>]*>\s*</tbody>")
FIELD = re.compile(r'<(?:input(?! type="hidden")|select|textarea)\b')
NOT_FOR_EYES = {
    "org_complete",
    "sobject_suggest",
    "org_fetch_state",
    "syncrun_progress",
}
"""JSON for the pages' scripts."""


def addresses() -> Iterator[tuple[str, str]]:
    """Yield the pages that need no row, and the dashboard, by name."""
    yield "dashboard", reverse("admin:app_list", args=["sfconnector"])
    for name in sorted(set(url_names()) - NOT_FOR_EYES):
        try:
            yield name, reverse(f"admin:sfconnector_{name}")
        except NoReverseMatch:
            continue


def seen_at(client: Client, url: str) -> str:
    """Return the page at an address, or nothing when there is none to look at."""
    answer = client.get(url)
    is_page = answer.status_code == 200 and "html" in answer["Content-Type"]
    return answer.content.decode().partition('id="content"')[2] if is_page else ""


def empties_of(page: str) -> list[str]:
    """Return each empty place of a page, up to the next section."""
    return [part.split("</section>")[0] for part in page.split('class="sf-empty"')[1:]]


@pytest.fixture
def full(db: None) -> Client:
    return browser_of(person("full", "*"))


@pytest.mark.django_db
def test_each_page_of_an_empty_installation_says_the_next_step(full: Client) -> None:
    looked_at = {}
    for name, url in addresses():
        page = seen_at(full, url)
        if not page:
            continue
        looked_at[name] = url
        steps = [LINK.search(empty) for empty in empties_of(page)]
        assert all(steps), f"{name}: an empty place without a button"
        says = any(steps) or "sf-steps" in page  # the first steps of the dashboard
        assert says or FIELD.search(page) or name == "connectedapp_keys", name
        for step in filter(None, steps):
            there = seen_at(full, step[1])
            assert there, (name, step[1])
            assert not empties_of(there), f"{name} leads on to another empty page"
        assert not BODY_WITHOUT_ROWS.search(page), name
    lists = {name for name in url_names() if name.endswith("_changelist")}
    assert lists | {"org_storage", "sobject_compare", "org_query"} <= set(looked_at)


def test_no_page_for_adding_says_that_there_is_none_where_there_is_one(
    bare: dict[str, list[object]], full: Client
) -> None:
    pages = {name: url for name, url in addresses() if name.endswith("_add")}
    seen = {name: seen_at(full, url) for name, url in pages.items()}
    assert {"syncplan_add", "org_add", "connectedapp_add"} <= set(
        filter(seen.get, seen)
    )
    assert [name for name, page in seen.items() if empties_of(page)] == []


@pytest.mark.django_db
def test_who_may_only_look_is_told_whom_to_ask() -> None:
    looker = browser_of(person("looker", *LOOKS))
    told = 0
    for name, url in addresses():
        for empty in empties_of(seen_at(looker, url)):
            step = LINK.search(empty)
            assert step or "ask whoever administers" in empty, name
            assert not step or looker.get(step[1]).status_code == 200, name
            told += 1
    assert told >= 8


@pytest.fixture
def bare(db: None) -> dict[str, list[object]]:
    """One row of each model with nothing behind it, by what the table calls it."""
    app = ConnectedApp.objects.create(name="The app", consumer_key="3MVGkey")
    org = make_org(app, catalog_at=timezone.now())
    sobject = SObject.objects.create(org=org, name="Odd__c", label="Odd")
    plan = SyncPlan.objects.create(
        org=org, kind="endpoint", path="/services/data/v66.0/limits"
    )
    run = SyncRun.objects.create(plan=plan, org=org)
    answer = CachedResponse.objects.create(
        plan=plan, run=run, status=200, body=None, fetched_at=timezone.now()
    )
    return {
        "app": [app.pk],
        "org": [org.pk],
        "sobject": [sobject.pk],
        "plan": [plan.pk],
        "run": [run.pk],
        "answer": [answer.pk],
        "object path": [org.alias, "Odd__c"],
        "": [],
    }


def test_each_page_of_a_row_with_nothing_behind_it_says_the_next_step(
    bare: dict[str, list[object]], full: Client
) -> None:
    looked_at = set()
    for name in sorted(set(TABLE) - NOT_FOR_EYES):
        if "GET" not in TABLE[name].methods or TABLE[name].target not in bare:
            continue
        url = reverse(f"admin:sfconnector_{name}", args=bare[TABLE[name].target])
        page = seen_at(full, url)
        for empty in empties_of(page):
            assert LINK.search(empty), f"{name}: an empty place without a button"
        assert not BODY_WITHOUT_ROWS.search(page), name
        looked_at |= {name} if page else set()
    assert {"org_fetch", "record_browse", "record_columns", "syncrun_change"} <= (
        looked_at
    )


def test_a_search_for_an_object_that_is_not_there_says_so(
    bare: dict[str, list[object]], full: Client
) -> None:
    url = reverse("admin:sfconnector_org_fetch", args=bare["org"])
    assert "None of the usual objects" in full.get(url).content.decode()
    page = full.post(url, {"q": "zeppelin", "search": "1"}).content.decode()
    assert "No object has “zeppelin” in its label" in page
    assert "No object has" not in full.post(url, {"q": "odd"}).content.decode()


def test_one_template_draws_the_empty_places() -> None:
    own = TEMPLATES / "sfconnector" / "parts" / "empty.html"
    drawn = [one for one in TEMPLATES.rglob("*.html") if "sf-empty" in one.read_text()]
    assert drawn == [own]


def test_every_list_has_a_hint_of_its_own() -> None:
    hints = {
        model.__name__: str(model_admin.empty_hint)
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "sfconnector" and model.__name__ != "Record"
    }
    assert all(hints.values()), hints
    assert len(set(hints.values())) == len(hints)

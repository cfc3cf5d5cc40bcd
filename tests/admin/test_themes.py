"""The app beside a theme that extends Django's admin templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as project
from django.test import Client

import sfconnector
from tests.admin.conftest import House
from tests.admin.test_access import PIECES, TABLE, url_of

THEME = "tests.theme"
OURS = {
    "org_change": "sf-facts",
    "syncplan_change": "sf-actions",
    "syncrun_change": "sf-figures-row",
    "sobject_change": "sf-actions",
    "record_browse": "sf-list",
    "record_show": "sf-record",
    "org_explore": "sf-x",
    "org_storage": "sf-list",
    "connectedapp_add": "sf-card",
    "cachedresponse_change": "sf-json",
}
PARTS = {"syncplan_cron", "syncplan_fields"}
"""What a page of ours asks for while it is open: pieces of HTML, no pages."""


@pytest.fixture(params=["first", "before the admin"])
def themed(request: pytest.FixtureRequest, settings: Any) -> None:
    """List the theme before all apps, or only before Django's admin."""
    listed = [app for app in project.INSTALLED_APPS if "contrib.admin" not in app]
    django_admin = "django.contrib.admin"
    if request.param == "first":
        settings.INSTALLED_APPS = [THEME, *listed, django_admin]
    else:
        settings.INSTALLED_APPS = [*listed, THEME, django_admin]


def test_every_page_wears_the_theme_and_loses_nothing(
    themed: None, house: House, full: Client
) -> None:
    for name, case in TABLE.items():
        if case.full != 200 or "GET" not in case.methods or name in PIECES:
            continue
        response = full.get(url_of(name, house))
        if name in PARTS:
            continue
        if "html" in response["Content-Type"]:
            page = response.content.decode()
            assert '<meta name="theme" content="base">' in page, name
            assert "A theme was here." in page, name
            assert OURS.get(name, "") in page, name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("org_changelist", "change_list"),
        ("org_change", "change_form"),
        ("syncplan_changelist", "change_list"),
        ("syncrun_change", "change_form"),
        ("org_history", "object_history"),
        ("connectedapp_delete", "delete_confirmation"),
    ],
)
def test_what_the_theme_adds_to_a_kind_of_page_is_on_ours(
    themed: None, house: House, full: Client, name: str, kind: str
) -> None:
    page = full.get(url_of(name, house)).content.decode()
    assert f'<meta name="theme" content="{kind}">' in page


def test_the_dashboard_is_on_the_themes_page(
    themed: None, house: House, full: Client
) -> None:
    page = full.get("/admin/sfconnector/").content.decode()
    assert '<meta name="theme" content="app_index">' in page
    assert "sf-dashboard" in page


def test_no_template_of_another_app_is_replaced() -> None:
    folder = Path(sfconnector.__file__).parent / "templates"
    names = {path.relative_to(folder) for path in folder.rglob("*.html")}
    assert names
    foreign = {
        str(name)
        for name in names
        if name.parts[0] != "sfconnector" and name.parts[:2] != ("admin", "sfconnector")
    }
    assert foreign == set()
    for app in apps.get_app_configs():
        there = Path(app.path) / "templates"
        if app.name != "sfconnector" and there.is_dir():
            theirs = {path.relative_to(there) for path in there.rglob("*.html")}
            assert names & theirs == set(), app.name

"""The dashboard: orgs as cards, problems first, the same queries for any number."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from sfconnector import health
from sfconnector.admin.orgs.panel import Limit
from sfconnector.models import (
    ApiUsage,
    ConnectedApp,
    Heartbeat,
    Org,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.templatetags.sfconnector_admin import age, gauge
from tests.admin.conftest import House, make_org, person
from tests.connections import browser_of, settings_with

INDEX = "/admin/sfconnector/"


def furnish(app: ConnectedApp, count: int, prefix: str) -> None:
    """Add orgs with usage, a troubled plan, an active run and cached records."""
    for number in range(count):
        org = make_org(app, f"{prefix}-{number}")
        ApiUsage.objects.create(org=org, used=5, maximum=100)
        SObject.objects.create(org=org, name="Lead", live_count=3, total_count=3)
        plan = SyncPlan.objects.create(
            org=org, kind="object", sobject="Lead", failures_in_a_row=1
        )
        SyncRun.objects.create(plan=plan, org=org, state="running")


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_an_empty_installation_shows_three_steps(admin_client: Client) -> None:
    page = admin_client.get(INDEX).content.decode()
    assert page.count("<h3>") == 3
    assert "http://testserver/salesforce/callback/" in page
    assert "api refresh_token openid" in page


def test_problems_come_first_with_their_remedy_and_a_button(
    house: House, admin_client: Client
) -> None:
    text = "The refresh token was revoked."
    Org.objects.filter(pk=house.org.pk).update(
        status="needs_reconnect", status_text=text
    )
    page = admin_client.get(INDEX).content.decode()
    connect = reverse("admin:sfconnector_org_connect", args=[house.org.pk])
    assert page.index(text) < page.index("sf-card")
    assert f'action="{connect}"' in page


def test_the_list_of_orgs_counts_every_plan_that_fails(
    house: House, admin_client: Client
) -> None:
    Org.objects.filter(pk=house.org.pk).update(status="connected")
    for sobject in ("Lead", "Case"):
        SyncPlan.objects.create(org=house.org, sobject=sobject, failures_in_a_row=1)
    SyncPlan.objects.filter(pk=house.plan.pk).update(failures_in_a_row=2)
    url = reverse("admin:sfconnector_org_changelist")
    assert "3 plans need a look." in admin_client.get(url).content.decode()


def test_a_plan_that_fails_says_why_and_what_to_do(
    house: House, admin_client: Client
) -> None:
    SyncPlan.objects.filter(pk=house.plan.pk).update(failures_in_a_row=2)
    for text in ("An older reason.", "No such column."):
        SyncRun.objects.create(
            plan=house.plan,
            org=house.org,
            state="failed",
            error_text=text,
            remedy="Remove the field.",
        )
    page = admin_client.get(INDEX).content.decode()
    assert "No such column. Remove the field." in page
    assert "An older reason." not in page
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    plan_page = admin_client.get(url).content.decode()
    assert "No such column. Remove the field." in plan_page
    assert "Fails</span>" in plan_page
    house.plan.pause("Enough.")
    plan_page = admin_client.get(url).content.decode()
    assert "Enough." in plan_page
    assert "The last run failed" not in plan_page


def test_what_the_doctor_found_red_is_a_problem(
    house: House, admin_client: Client
) -> None:
    found = {"code": "x", "title": "A sign", "text": "It broke.", "remedy": "Mend it."}
    findings = [{**found, "level": "red"}, {"level": "yellow", "title": "A whisper"}]
    Org.objects.filter(pk=house.org.pk).update(findings=findings)
    page = admin_client.get(INDEX).content.decode()
    assert "It broke. Mend it." in page
    assert "A whisper" not in page


def test_a_person_who_may_not_connect_gets_no_button(house: House) -> None:
    Org.objects.filter(pk=house.org.pk).update(status="needs_reconnect")
    client = browser_of(person("looker", "view_org"))
    page = client.get(INDEX).content.decode()
    assert "Needs reconnect" in page
    assert "Reconnect</span>" not in page


def test_a_person_who_may_not_see_orgs_sees_none(house: House) -> None:
    client = browser_of(person("other", "view_auditevent"))
    assert "northwind" not in client.get(INDEX).content.decode()


def test_production_and_sandbox_are_told_apart_in_words(
    house: House, admin_client: Client
) -> None:
    make_org(house.app, "box", is_sandbox=True)
    page = admin_client.get(INDEX).content.decode()
    assert "Production</span>" in page
    assert "Sandbox</span>" in page


def test_a_silent_scheduler_is_said(house: House, admin_client: Client) -> None:
    assert "has never run" in admin_client.get(INDEX).content.decode()
    beat = Heartbeat.objects.create(name="tick", kind="tick", seen_at=timezone.now())
    assert "scheduler" not in admin_client.get(INDEX).content.decode()
    Heartbeat.objects.filter(pk=beat.pk).update(
        seen_at=timezone.now() - timedelta(hours=1)
    )
    assert "has been silent since" in admin_client.get(INDEX).content.decode()


def test_missing_workers_are_said(house: House, admin_client: Client) -> None:
    health.beat(health.TICK, "tick")
    health.beat(health.WORKER, "one")
    for expected, is_said in ((1, False), (2, True)):
        settings = settings_with(EXPECTED_WORKERS=expected)
        with override_settings(SFCONNECTOR=settings):
            page = admin_client.get(INDEX).content.decode()
        assert ("1 of 2 workers are alive" in page) is is_said


def test_the_count_of_an_orgs_records_leads_to_them(
    house: House, admin_client: Client
) -> None:
    page = admin_client.get(INDEX).content.decode()
    records = reverse("admin:sfconnector_record_changelist")
    anchor = f"sf-org-{house.org.pk}"
    assert f'<a href="{records}#{anchor}">1</a>' in page
    assert f'id="{anchor}"' in admin_client.get(records).content.decode()


def test_production_has_not_the_colour_of_an_error() -> None:
    path = finders.find("sfconnector/admin.css")
    rules = re.findall(
        r"^\.\S*production.*$", Path(str(path)).read_text(), re.MULTILINE
    )
    assert len(rules) == 2
    assert [rule for rule in rules if "--sf-bad" in rule] == []


def test_the_first_page_of_the_admin_leads_to_the_overview(
    admin_client: Client, db: None
) -> None:
    link = re.compile(rf'href="{INDEX}">[^\n]*Overview</span>')
    assert link.search(admin_client.get("/admin/").content.decode())
    nobody = browser_of(person("nobody"))
    assert not link.search(nobody.get("/admin/").content.decode())


def test_small_figures_are_said_in_words() -> None:
    soon = timezone.now() + timedelta(seconds=30)
    assert ">in less than a minute<" in age(soon)
    assert "nothing of 500,000,000" in gauge(0, 500_000_000)
    words = {
        "DailyApiRequests": "Daily API requests",
        "PredictAPICalls": "Predict API calls",
        "DataStorageMB": "Data storage MB",
    }
    for name, said in words.items():
        assert Limit(name=name, used=0, maximum=5).words == said

"""The dashboard: orgs as cards, problems first, the same queries for any number."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sfconnector.models import (
    ApiUsage,
    ConnectedApp,
    Heartbeat,
    Org,
    SObject,
    SyncPlan,
    SyncRun,
)
from tests.admin.conftest import House, make_org, person

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
    client = Client()
    client.force_login(person("looker", "view_org"))
    page = client.get(INDEX).content.decode()
    assert "Needs reconnect" in page
    assert "Reconnect</span>" not in page


def test_a_person_who_may_not_see_orgs_sees_none(house: House) -> None:
    client = Client()
    client.force_login(person("other", "view_auditevent"))
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

"""Orgs from a CSV file, and what is done with many orgs at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector.models import AuditEvent, ConnectedApp, Org, SyncPlan, SyncRun
from tests.admin.conftest import House, make_org, person
from tests.connections import app_of, browser_of, reachable

IMPORT = "/admin/sfconnector/org/import/"
SECRET = "CANARY-secret-of-the-file"
HEAD = "alias,label,login_url,app,consumer_key,consumer_secret,flow,username\n"


def send(client: Client, text: str | bytes) -> Any:
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = "orgs.csv"
    return client.post(IMPORT, {"file": file}, follow=True)


def told(client: Client, text: str | bytes) -> str:
    before = (Org.objects.count(), ConnectedApp.objects.count())
    page = send(client, text).content.decode()
    assert "No org was added" in page
    assert (Org.objects.count(), ConnectedApp.objects.count()) == before
    return page


def test_orgs_of_a_file_are_added_with_their_apps(
    app: ConnectedApp, admin_client: Client, everything_logged: io.StringIO
) -> None:
    text = (
        f"\ufeff{HEAD}one,First,,the APP,,,,\n\n"
        f"two,,https://test.salesforce.com,,3MVGtwo,{SECRET},,\n"
        "three,,https://acme.my.salesforce.com,The app,,,web_server,\n"
    )
    page = send(admin_client, text)
    assert "3 orgs are added" in page.content.decode()
    orgs = {org.alias: org for org in Org.objects.all()}
    assert (orgs["one"].label, orgs["one"].app) == ("First", app)
    assert orgs["two"].environment == "sandbox"
    secret = orgs["two"].app.consumer_secret
    assert secret is not None
    assert secret.reveal() == SECRET
    assert orgs["three"].my_domain == "https://acme.my.salesforce.com"
    kept = [*AuditEvent.objects.values_list("detail", flat=True)]
    kept += [*LogEntry.objects.values_list("change_message", flat=True)]
    for place in (page.content.decode(), everything_logged.getvalue(), str(kept)):
        assert "CANARY" not in place
    assert AuditEvent.objects.filter(action="org.added").count() == 3
    assert AuditEvent.objects.filter(action="app.added").count() == 1


def test_semicolons_and_few_columns_will_do(
    app: ConnectedApp, admin_client: Client
) -> None:
    send(admin_client, "alias;label\r\none;A, b\r\n")
    assert Org.objects.get().label == "A, b"


def test_nothing_is_added_when_one_line_is_wrong_and_each_is_told(
    app: ConnectedApp, admin_client: Client
) -> None:
    text = (
        f"{HEAD}good,,,,3MVGgood,{SECRET},,\n"
        "not a slug,,,The app,,,,\n"
        "evil,,https://evil.example,The app,,,,\n"
        "good,,,The app,,,,\n"
        "noapp,,,Another,,,,\n"
        f"flow,,,The app,,,{SECRET},\n"
    )
    page = told(admin_client, text)
    for part in (
        "Line 3: alias:",
        "Line 4: login_url:",
        "Line 5: alias:",
        "Line 6: app: there is no connected app of this name.",
        "Line 7: flow:",
    ):
        assert part in page, part
    assert "CANARY" not in page


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "has no heading “alias”"),
        ("label\nx\n", "has no heading “alias”"),
        (f"alias,{SECRET}\nx,y\n", "heading of column 2 is not one of"),
        ("alias,alias\nx,y\n", "heading of column 1 is not one of"),
        ("alias\n", "names no org"),
        (f"{HEAD}x,{SECRET}\n", "Line 2 has 2 values; the headings are 8."),
        (b"alias\n\xff\xfe\n", "in UTF-8"),
        (b"alias\n\x00\n", "in UTF-8"),
        ('alias\n"x\n', "a quote is not closed"),
        ("alias\n" + "x" * 1_000_001, "more than a megabyte"),
        ("alias\n" + "x\n" * 1_001, "more than 1000 orgs"),
    ],
)
def test_a_file_that_is_none_is_told_without_repeating_it(
    app: ConnectedApp, admin_client: Client, text: str | bytes, part: str
) -> None:
    page = told(admin_client, text)
    assert part in page
    assert "CANARY" not in page


def test_who_may_not_add_apps_uses_those_that_are_here(app: ConnectedApp) -> None:
    client = browser_of(person("adder", "view_org", "add_org", "connect_org"))
    told(client, f"{HEAD}two,,,,3MVGtwo,{SECRET},,\n")
    send(client, "alias,app\none,The app\n")
    assert Org.objects.get().app == app


# --- Many at once --------------------------------------------------------------------


def act(client: Client, action: str, *orgs: Org) -> str:
    url = reverse("admin:sfconnector_org_changelist")
    given = {"action": action, "_selected_action": [org.pk for org in orgs]}
    page = client.post(url, given, follow=True)
    return " ".join(str(one) for one in page.context["messages"])


def test_plans_of_many_orgs_are_run_paused_and_resumed(
    house: House, admin_client: Client
) -> None:
    others = [make_org(house.app, f"org-{number}") for number in range(4)]
    for org in others:
        SyncPlan.objects.create(org=org, kind="object", sobject="Account")
    off = SyncPlan.objects.create(org=others[0], sobject="Lead", is_enabled=False)
    plans = SyncPlan.objects.filter(org__in=others)
    assert "4 runs are queued." in act(admin_client, "run_plans", *others)
    assert SyncRun.objects.filter(plan__in=plans).count() == 4
    assert not off.runs.exists()
    assert "5 plans are paused." in act(admin_client, "pause_plans", *others)
    assert not plans.filter(paused_at=None).exists()
    assert "0 runs are queued." in act(admin_client, "run_plans", *others)
    assert "5 plans go on." in act(admin_client, "resume_plans", *others)
    house.plan.refresh_from_db()
    assert house.plan.paused_at is None


@pytest.mark.django_db(transaction=True)
def test_orgs_that_need_no_person_are_connected_and_the_others_named(
    salesforce_org: SalesforceOrg, admin_client: Client
) -> None:
    with reachable(salesforce_org):
        app = app_of(salesforce_org)
        place = {"environment": "my_domain", "my_domain": salesforce_org.base_url}
        alone = Org.objects.create(
            alias="alone", app=app, flow="client_credentials", **place
        )
        logs_in = Org.objects.create(alias="logs-in", app=app, **place)
        said = act(admin_client, "connect_orgs", alone, logs_in)
    assert "1 org is connected." in said
    assert "1 org needs a person who logs in at Salesforce: logs-in." in said
    alone.refresh_from_db()
    assert alone.status == "connected"


@pytest.mark.parametrize("action", ["connect_orgs", "run_plans", "pause_plans"])
def test_who_may_only_look_has_none_of_these(
    house: House, people: dict[str, Client], action: str
) -> None:
    url = reverse("admin:sfconnector_org_changelist")
    given = {"action": action, "_selected_action": [house.org.pk]}
    people["looker"].post(url, given)
    house.plan.refresh_from_db()
    assert house.plan.paused_at is None
    assert not house.plan.runs.exists()

"""Forms: secrets go in and never come out; bad input is told what to write."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from sfconnector.models import AuditEvent, ConnectedApp, Org, SyncPlan
from tests.admin.conftest import CONSUMER_SECRET, House

APP = {
    "name": "New app",
    "consumer_key": "3MVGnew",
    "consumer_secret": "",
    "scopes": "api refresh_token",
    "private_key": "",
}
ORG = {"alias": "fresh", "label": "", "environment": "production", "flow": "web_server"}
PLAN = {
    "kind": "object",
    "sobject": "account",
    "schedule": "manual",
    "mode": "auto",
    "overlap_minutes": "10",
    "full_every_days": "7",
    "drift_policy": "ignore",
    "history_days": "0",
}


def errors(client: Client, url: str, data: dict[str, Any]) -> str:
    """Post a form that must be refused; return its errors as text."""
    response = client.post(url, data)
    assert response.status_code == 200, "The form was accepted."
    form = response.context["adminform"].form
    return " ".join(text for texts in form.errors.values() for text in texts)


def app_url(app: ConnectedApp) -> str:
    return reverse("admin:sfconnector_connectedapp_change", args=[app.pk])


def test_a_secret_is_never_on_its_page(app: ConnectedApp, admin_client: Client) -> None:
    page = admin_client.get(app_url(app)).content.decode()
    assert CONSUMER_SECRET not in page
    assert f"Set, ends …{CONSUMER_SECRET[-4:]}. Leave blank to keep it." in page
    assert app.consumer_secret_enc not in page


def test_a_blank_secret_keeps_the_old_one(
    app: ConnectedApp, admin_client: Client
) -> None:
    admin_client.post(app_url(app), {**APP, "name": "Renamed"})
    app.refresh_from_db()
    assert app.name == "Renamed"
    assert app.consumer_secret is not None
    assert app.consumer_secret.reveal() == CONSUMER_SECRET


def test_a_new_secret_is_kept_sealed_and_not_in_the_history(
    app: ConnectedApp, admin_client: Client
) -> None:
    admin_client.post(app_url(app), {**APP, "consumer_secret": "CANARY-fresh-secret"})
    app.refresh_from_db()
    assert app.consumer_secret is not None
    assert app.consumer_secret.reveal() == "CANARY-fresh-secret"
    assert "CANARY" not in app.consumer_secret_enc
    messages = LogEntry.objects.values_list("change_message", flat=True)
    assert "CANARY" not in "".join(messages)


def test_a_secret_that_the_app_no_longer_needs_is_removed(
    app: ConnectedApp, admin_client: Client
) -> None:
    box = 'name="remove_secret"'
    assert box in admin_client.get(app_url(app)).content.decode()
    ticked = {**APP, "remove_secret": "on"}
    assert admin_client.post(app_url(app), ticked).status_code == 302
    app.refresh_from_db()
    assert app.consumer_secret_enc == ""
    assert box not in admin_client.get(app_url(app)).content.decode()
    event = AuditEvent.objects.get(action="app.changed")
    assert "remove_secret" in event.detail["changed"]


def test_a_secret_that_is_needed_or_typed_anew_is_not_removed(
    app: ConnectedApp, admin_client: Client
) -> None:
    ticked = {**APP, "remove_secret": "on"}
    typed = {**ticked, "consumer_secret": "CANARY-typed"}
    assert "not both" in errors(admin_client, app_url(app), typed)
    org = Org.objects.create(alias="batch", app=app, flow="client_credentials")
    assert "Change its flow first" in errors(admin_client, app_url(app), ticked)
    sealed = app.consumer_secret_enc
    app.refresh_from_db()
    assert app.consumer_secret_enc == sealed
    Org.objects.filter(pk=org.pk).update(flow="web_server")
    assert admin_client.post(app_url(app), ticked).status_code == 302


def test_a_refused_form_shows_no_secret_again(admin_client: Client) -> None:
    url = reverse("admin:sfconnector_connectedapp_add")
    secrets = {"consumer_secret": "CANARY-one", "private_key": "CANARY-two"}
    response = admin_client.post(url, {**APP, **secrets, "scopes": "id"})
    assert response.status_code == 200
    assert "CANARY" not in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("consumer_key", "two words", "without spaces"),
        ("scopes", "refresh_token", "Add “api”"),
        ("scopes", "api", "Add “refresh_token”"),
        ("private_key", "MIIE...", "from “-----BEGIN PRIVATE KEY-----” on"),
    ],
)
def test_a_wrong_app_is_told_what_to_write(
    admin_client: Client, field: str, value: str, told: str
) -> None:
    url = reverse("admin:sfconnector_connectedapp_add")
    assert told in errors(admin_client, url, {**APP, field: value})


def test_a_new_org_leads_to_its_page_where_it_is_connected(
    app: ConnectedApp, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_org_add")
    assert (
        "http://testserver/salesforce/callback/"
        in admin_client.get(url).content.decode()
    )
    response = admin_client.post(url, {**ORG, "app": app.pk}, follow=True)
    org = Org.objects.get(alias="fresh")
    assert response.redirect_chain[-1][0] == reverse(
        "admin:sfconnector_org_change", args=[org.pk]
    )
    connect = reverse("admin:sfconnector_org_connect", args=[org.pk])
    assert f'action="{connect}"' in response.content.decode()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"environment": "my_domain"}, "Write the My Domain URL"),
        (
            {"environment": "my_domain", "my_domain": "https://evil.example"},
            "https://<name>.my.salesforce.com",
        ),
        ({"flow": "jwt"}, "Write the Salesforce user name"),
        ({"flow": "jwt", "username": "a@b.c"}, "needs a private key"),
        ({"api_version": "66"}, "Write it like 66.0."),
    ],
)
def test_a_wrong_org_is_told_what_to_write(
    app: ConnectedApp, admin_client: Client, given: dict[str, str], told: str
) -> None:
    url = reverse("admin:sfconnector_org_add")
    assert told in errors(admin_client, url, {**ORG, "app": app.pk, **given})


def test_a_pasted_my_domain_is_kept_as_its_origin(
    app: ConnectedApp, admin_client: Client
) -> None:
    my_domain = {"environment": "my_domain", "my_domain": "acme.my.salesforce.com"}
    url = reverse("admin:sfconnector_org_add")
    admin_client.post(url, {**ORG, "app": app.pk, **my_domain})
    assert Org.objects.get(alias="fresh").my_domain == "https://acme.my.salesforce.com"


def test_what_salesforce_said_of_an_org_cannot_be_posted(
    house: House, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_org_change", args=[house.org.pk])
    data = {**ORG, "alias": "northwind", "app": house.app.pk}
    admin_client.post(url, {**data, "org_id": "00Dxx", "instance_url": "https://evil"})
    house.org.refresh_from_db()
    assert house.org.org_id == ""
    assert house.org.instance_url == "https://northwind.my.salesforce.com"


def test_a_plan_takes_the_org_s_spelling_of_object_and_fields(
    house: House, admin_client: Client
) -> None:
    house.plan.delete()
    url = reverse("admin:sfconnector_syncplan_add")
    data = {**PLAN, "org": house.org.pk, "fields": "id, NAME\nname"}
    admin_client.post(url, data)
    plan = SyncPlan.objects.get(sobject="Account")
    assert plan.fields == ["Id", "Name"]
    assert plan.created_by is not None


def test_a_scheduled_plan_knows_its_next_run(
    house: House, admin_client: Client
) -> None:
    house.plan.delete()
    url = reverse("admin:sfconnector_syncplan_add")
    data = {**PLAN, "org": house.org.pk, "schedule": "every", "every_minutes": "15"}
    admin_client.post(url, data | {"is_enabled": "on"})
    assert SyncPlan.objects.get(sobject="Account").next_run_at is not None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sobject": ""}, "Say what the plan reads."),
        ({"sobject": "Acount"}, "Did you mean Account?"),
        ({"fields": "Nam"}, "Did you mean Name?"),
        ({"fields": "a;b--c"}, "cannot be an API name"),
        ({"where": "WHERE Name = 'x'"}, "Leave the word WHERE out"),
        ({"where": "Name = 'x' LIMIT 5"}, "LIMIT is not part of it"),
        ({"kind": "soql", "soql": "DELETE FROM Account"}, "begins with SELECT"),
        (
            {"kind": "endpoint", "path": "https://evil.example/"},
            "begins with /services/",
        ),
        ({"kind": "endpoint", "path": "/services/../x"}, "hides steps"),
        ({"schedule": "every"}, "Say every how many minutes."),
        ({"schedule": "cron"}, "Write the cron text."),
        ({"schedule": "cron", "cron": "0 6 31 2 *"}, "Write five parts"),
    ],
)
def test_a_wrong_plan_is_told_what_to_write(
    house: House, admin_client: Client, given: dict[str, str], told: str
) -> None:
    house.plan.delete()
    url = reverse("admin:sfconnector_syncplan_add")
    assert told in errors(admin_client, url, {**PLAN, "org": house.org.pk, **given})


def test_a_condition_may_hold_the_word_limit_in_a_text(
    house: House, admin_client: Client
) -> None:
    house.plan.delete()
    url = reverse("admin:sfconnector_syncplan_add")
    data = {**PLAN, "org": house.org.pk, "where": "Name = 'no limit'"}
    assert admin_client.post(url, data).status_code == 302


def test_an_object_has_one_plan(house: House, admin_client: Client) -> None:
    url = reverse("admin:sfconnector_syncplan_add")
    told = errors(admin_client, url, {**PLAN, "org": house.org.pk})
    assert "This org already has a plan for this object." in told

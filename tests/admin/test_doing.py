"""What the buttons do: connect, run, cancel, pause; and what is written down."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from sfconnector import orgs
from sfconnector.models import OAuthFlow, Org, SyncPlan, SyncRun
from tests.admin.conftest import House, add_fields
from tests.connections import led_to


def post(client: Client, verb: str, pk: int, **data: str) -> str:
    """Press a button; return where it leads."""
    response = client.post(reverse(f"admin:sfconnector_{verb}", args=[pk]), data)
    assert response.status_code == 302
    return str(response["Location"])


def said(client: Client) -> str:
    return client.get("/admin/sfconnector/").content.decode()


def test_connect_leads_to_salesforce_and_binds_the_flow_to_the_session(
    house: House, admin_client: Client
) -> None:
    Org.objects.filter(pk=house.org.pk).update(status="new")
    url = reverse("admin:sfconnector_org_connect", args=[house.org.pk])
    target = urlsplit(led_to(admin_client.post(url)))
    query = parse_qs(target.query)
    assert target.netloc == "login.salesforce.com"
    assert query["code_challenge_method"] == ["S256"]
    nonce = admin_client.session[orgs.SESSION_KEY]
    flow = OAuthFlow.objects.get()
    assert nonce not in flow.session_hash
    led_to(admin_client.post(url))
    assert admin_client.session[orgs.SESSION_KEY] == nonce
    assert LogEntry.objects.filter(change_message__contains="Began").count() == 2


def test_an_org_that_cannot_be_called_says_what_to_do(
    house: House, admin_client: Client
) -> None:
    back = post(admin_client, "org_discover", house.org.pk)
    assert back == reverse("admin:sfconnector_org_change", args=[house.org.pk])
    assert "connect" in said(admin_client).lower()


def test_run_now_leads_to_the_run_and_a_second_press_to_the_same(
    house: House, admin_client: Client
) -> None:
    first = post(admin_client, "syncplan_run", house.plan.pk)
    assert post(admin_client, "syncplan_run", house.plan.pk) == first
    run = SyncRun.objects.get(plan=house.plan)
    assert first == reverse("admin:sfconnector_syncrun_change", args=[run.pk])
    assert run.requested_by is not None
    assert not run.is_full


def test_a_full_reload_is_a_full_run(house: House, admin_client: Client) -> None:
    post(admin_client, "syncplan_run", house.plan.pk, full="1")
    assert SyncRun.objects.get(plan=house.plan).is_full


def test_new_fields_that_a_plan_leaves_out_are_offered_and_filled(
    house: House, admin_client: Client
) -> None:
    page = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    names = list(house.sobject.sfields.values_list("name", flat=True))
    SyncPlan.objects.update(fields_read=names)
    assert "not read by this plan" not in admin_client.get(page).content.decode()
    add_fields(house.sobject, ("Late__c", "string"), ("Picture__c", "base64"))
    shown = admin_client.get(page).content.decode()
    assert "1 field is new" in shown
    assert "Late__c" in shown
    post(admin_client, "syncplan_run", house.plan.pk, backfill="1")
    assert SyncRun.objects.get(plan=house.plan, state="queued").is_full
    assert "not read by this plan" not in admin_client.get(page).content.decode()


def test_a_queued_run_is_cancelled_at_once(house: House, admin_client: Client) -> None:
    post(admin_client, "syncplan_run", house.plan.pk)
    run = SyncRun.objects.get(plan=house.plan)
    post(admin_client, "syncrun_cancel", run.pk)
    run.refresh_from_db()
    assert run.state == SyncRun.State.CANCELLED


def test_a_plan_is_paused_and_goes_on(house: House, admin_client: Client) -> None:
    post(admin_client, "syncplan_pause", house.plan.pk)
    house.plan.refresh_from_db()
    assert house.plan.paused_at is not None
    post(admin_client, "syncplan_resume", house.plan.pk)
    house.plan.refresh_from_db()
    assert house.plan.paused_at is None


def test_the_progress_of_a_run_is_told_in_figures(
    house: House, admin_client: Client
) -> None:
    SyncRun.objects.filter(pk=house.run.pk).update(
        state="running", fetched=1500, expected=6000, api_calls=3
    )
    url = reverse("admin:sfconnector_syncrun_progress", args=[house.run.pk])
    told = admin_client.get(url).json()
    assert told["active"] is True
    assert (told["done"], told["expected"]) == (1500, 6000)
    assert told["values"]["fetched"] == "1,500"
    page = reverse("admin:sfconnector_syncrun_change", args=[house.run.pk])
    assert f'data-sf-live="{url}"' in admin_client.get(page).content.decode()


def test_a_failed_run_shows_its_remedy(house: House, admin_client: Client) -> None:
    SyncRun.objects.filter(pk=house.run.pk).update(
        state="failed", error_text="No such column.", remedy="Remove the field."
    )
    page = reverse("admin:sfconnector_syncrun_change", args=[house.run.pk])
    content = admin_client.get(page).content.decode()
    assert "No such column." in content
    assert "Remove the field." in content


def test_a_cached_answer_is_a_tree(house: House, admin_client: Client) -> None:
    url = reverse("admin:sfconnector_cachedresponse_change", args=[house.answer.pk])
    content = admin_client.get(url).content.decode()
    assert '<span class="sf-json-key">a</span>' in content
    assert '<span class="sf-json-number">1</span>' in content


def test_what_people_do_is_in_the_history_of_the_row(
    house: House, admin_client: Client
) -> None:
    args = ["northwind", "Account"]
    export = reverse("admin:sfconnector_record_export", args=args)
    b"".join(admin_client.post(export, {"format": "csv"}))
    columns = reverse("admin:sfconnector_record_columns", args=args)
    admin_client.post(columns, {"columns": "Name"})
    post(admin_client, "org_test", house.org.pk)
    post(admin_client, "syncplan_run", house.plan.pk)
    told = set(LogEntry.objects.values_list("change_message", "object_repr"))
    assert told == {
        ("Exported records as CSV.", f"object {house.sobject.pk}"),
        ("Arranged the list of records.", f"object {house.sobject.pk}"),
        ("Tested the connection.", f"org {house.org.pk}"),
        ("Asked for a run.", f"plan {house.plan.pk}"),
    }

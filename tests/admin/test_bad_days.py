"""Each page on a bad day: it stays up, and says what is wrong where one would look."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    CachedResponse,
    FieldChange,
    Org,
    Record,
    SavedCall,
    SchemaChange,
    SField,
    SObject,
    SyncPlan,
    SyncRun,
)
from tests.admin.conftest import House, person
from tests.admin.test_access import TABLE, url_of
from tests.connections import settings_with

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
LINK = "javascript:alert(3)"
TURNED = "\u202eevil\u2066"
LONG = "x" * 131_072


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    streamed: Any = response.content
    return str(streamed.decode())


def every_page(client: Client, house: House) -> Iterator[tuple[str, str]]:
    """Yield name and text of each page that a person with all rights can open."""
    for name, case in TABLE.items():
        if case.full == 200 and "GET" in case.methods:
            yield name, shown(client, url_of(name, house))


def index(client: Client) -> str:
    return shown(client, reverse("admin:app_list", args=["sfconnector"]))


def press(client: Client, name: str, house: House, **data: Any) -> str:
    """Press a button; return what the page that follows says."""
    response = client.post(url_of(name, house), data, follow=True)
    assert response.status_code == 200, name
    return str(response.content.decode())


# --- A dead org ----------------------------------------------------------------------


@pytest.fixture
def dead(connected_org: Org, salesforce_org: SalesforceOrg) -> Org:
    salesforce_org.faults.add("*", reset=True)
    return connected_org


BROKE = "The connection broke before an answer came."
PLAN = {
    "kind": "object", "sobject": "Account", "schedule": "manual", "mode": "auto",
    "full_every_days": 7, "overlap_minutes": 10, "drift_policy": "add",
    "history_days": 0,
}  # fmt: skip
BUTTONS: dict[str, dict[str, object]] = {
    "org_test": {},
    "org_discover": {},
    "sobject_describe": {},
    "org_explore": {"method": "GET", "path": "/services/data/v66.0/limits"},
    "org_query": {"soql": "SELECT Id FROM Account"},
    "syncplan_preview": PLAN,
    "org_disconnect": {},
}


@pytest.mark.parametrize("button", BUTTONS)
def test_a_dead_org_breaks_no_button_and_says_so(
    dead: Org, admin_client: Client, button: str
) -> None:
    sobject = SObject.objects.create(org=dead, name="Account", label="Account")
    target: dict[str, object] = {"org": dead.pk, "sobject": sobject.pk}
    args = [target[TABLE[button].target]] if TABLE[button].target else []
    url = reverse(f"admin:sfconnector_{button}", args=args)
    data = {"org": dead.pk, "orgs": [dead.pk], **BUTTONS[button]}
    response = admin_client.post(url, data, follow=True)
    assert response.status_code == 200
    assert BROKE in response.content.decode()


def test_a_dead_org_shows_everything_that_is_cached(house: House, full: Client) -> None:
    text = "The org cannot be reached."
    house.org.set_status(Org.Status.NEEDS_RECONNECT, text=text)
    pages = dict(every_page(full, house))
    assert text in pages["org_change"]
    assert text in pages["org_changelist"]
    assert text in index(full)
    assert "Acme" in pages["record_browse"]
    assert "Acme" in pages["record_show"]


# --- No worker, no broker ------------------------------------------------------------


def test_without_a_worker_the_dashboard_and_the_run_say_what_they_wait_for(
    house: House, full: Client
) -> None:
    for _name, _page in every_page(full, house):
        pass
    assert "has never run. Start the worker and beat" in index(full)
    page = press(full, "syncplan_run", house)
    assert "it waits for a worker" in page


def test_without_a_broker_a_wish_for_an_index_is_kept(
    house: House, full: Client, lost_broker: None
) -> None:
    page = press(full, "record_columns", house, columns="Name", indexed="Name")
    assert "arranged anew" in page
    house.sobject.refresh_from_db()
    assert house.sobject.wanted_indexes == ["Name"]


@pytest.fixture
def lost_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Send messages to a port where nobody listens."""
    before = current_app._get_current_object()
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    lost = Celery("lost", set_as_current=True)
    lost.config_from_object("django.conf:settings", namespace="CELERY")
    yield
    before.set_current()
    lost.close()  # or checks would count it as an app of the host


# --- A key that is gone --------------------------------------------------------------


@pytest.mark.parametrize(
    "keys", ["", "nonsense", f"k9:{base64.b64encode(b'o' * 32).decode()}"]
)
def test_an_unreadable_key_breaks_no_page(
    house: House, full: Client, settings: Any, keys: str
) -> None:
    settings.SFCONNECTOR = settings_with(ENCRYPTION_KEYS=keys)
    pages = dict(every_page(full, house))
    assert "SFCONNECTOR_ENCRYPTION_KEYS" in pages["connectedapp_keys"]
    assert "SFCONNECTOR_ENCRYPTION_KEYS" in pages["connectedapp_change"]


# --- A field that is gone ------------------------------------------------------------


def test_a_dropped_field_breaks_no_page(house: House, full: Client) -> None:
    gone = "Rating__c"
    SObject.objects.filter(pk=house.sobject.pk).update(
        columns=["Name", gone], wanted_indexes=[gone], indexed_fields=[gone]
    )
    plans = SyncPlan.objects.filter(pk=house.plan.pk)
    plans.update(fields=["Id", gone], where=f"{gone} != null")
    Record.objects.filter(pk=house.record.pk).update(
        data={"Id": house.record.record_id, "Name": "Acme", gone: "Hot"}
    )
    FieldChange.objects.create(
        org=house.org, sobject="Account", record_id=house.record.record_id, field=gone
    )
    SchemaChange.objects.create(sobject=house.sobject, field=gone, kind="removed")
    pages = dict(every_page(full, house))
    assert "removed" in pages["sobject_change"]
    assert "Hot" in pages["record_show"]
    url = url_of("record_browse", house)
    for query in (f"?sort={gone}", f"?sort=-{gone}", f"?f.{gone}=Hot", f"?q={gone}"):
        shown(full, url + query)


# --- Hostile values ------------------------------------------------------------------


def spoil(house: House) -> None:
    """Put hostile text wherever Salesforce, or a person, chooses the words."""
    bad = SCRIPT + TURNED
    house.org.set_status(Org.Status.NEEDS_RECONNECT, code="x", text=bad)
    Org.objects.filter(pk=house.org.pk).update(
        label=bad[:100],
        org_name=bad[:200],
        org_type=bad[:70],
        instance_url=LINK,
        connected_username=bad[:100],
        findings=[
            {"level": level, "title": bad, "text": bad, "remedy": bad, "link": LINK}
            for level in ("red", "yellow")
        ],
        limits={bad: {"max": 5, "remaining": 1}},
        api_versions=[{"version": bad}],
        scopes_granted=bad[:200].replace(" ", ""),
    )
    described = {
        "childRelationships": [{"childSObject": bad, "field": bad}],
        "label": bad,
    }
    SObject.objects.filter(pk=house.sobject.pk).update(
        label=bad[:200], label_plural=bad[:200], describe=described, describe_error=bad
    )
    values = [{"value": bad, "label": bad, "active": True}]
    for name, kind, told in (
        ("Site", "url", {}),
        ("Note", "textarea", {}),
        ("Pick", "picklist", {"picklistValues": values}),
        ("Calc", "string", {"calculatedFormula": bad}),
        ("Ref", "reference", {}),
    ):
        SField.objects.create(
            sobject=house.sobject,
            name=name,
            label=bad[:200],
            type=kind,
            describe=told,
            reference_to=[bad] if kind == "reference" else [],
        )
    data = {"Id": house.record.record_id, "Name": bad, "Site": LINK, "Note": LONG}
    data |= {"Pick": bad, "Ref": bad, "More": {"a": bad, LINK: [LINK, bad]}}
    Record.objects.filter(pk=house.record.pk).update(data=data)
    FieldChange.objects.create(
        org=house.org,
        sobject="Account",
        record_id=house.record.record_id,
        field="Name",
        before=bad,
        after={"a": bad},
    )
    SchemaChange.objects.create(
        sobject=house.sobject, field="Name", kind="changed", before=bad, after=LINK
    )
    SyncPlan.objects.update(name=bad[:100], paused_reason=bad, failures_in_a_row=1)
    SyncRun.objects.update(
        state="failed", error_text=bad, remedy=bad, error_code=bad[:70], warnings=[bad]
    )
    house.run.log.create(text=bad)
    CachedResponse.objects.update(body={bad: [LINK, bad, LONG]})
    ApiCall.objects.update(path=f"/services/{bad}", error_code=bad[:70])
    AuditEvent.objects.update(detail={"error": bad}, user_name=bad[:100])


def test_hostile_words_stay_words_on_every_page(
    house: House, full: Client, people: dict[str, Client]
) -> None:
    spoil(house)
    user = person("writer")
    SavedCall.objects.create(
        org=house.org, user=user, name=SCRIPT, path=f"/{SCRIPT}", is_shared=True
    )
    pages = {**dict(every_page(full, house)), "index": index(full)}
    for name, page in pages.items():
        assert "<script>alert" not in page, name
        assert "<img src=x" not in page, name
        assert f'href="{LINK}' not in page, name
        assert f'action="{LINK}' not in page, name
    for name in (
        "index",
        "org_change",
        "record_show",
        "syncrun_change",
        "sobject_change",
    ):
        assert "&lt;script&gt;alert(1)" in pages[name], name

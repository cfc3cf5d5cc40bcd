"""A plan only reads, whoever saves it; it is checked when saved, previewed and run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector import gateway, sync
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import Forbidden, SFConnectorError
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    CachedResponse,
    Org,
    SField,
    SObject,
    SyncPlan,
)
from tests.connections import browser_of

DATA = "/services/data/v66.0"
WRITES = [
    f"{DATA}/tooling/executeAnonymous?anonymousBody=x",
    f"{DATA}/tooling/executeAnonymous/?anonymousBody=x",
    f"{DATA}/tooling/runTestsAsynchronous/?classids=1",
    f"{DATA}/sobjects/Account/0015g00000AAAAAAAA?_HttpMethod=PATCH",
    f"{DATA}/sobjects/Account/0015g00000AAAAAAAA?%5fhttpmethod=DELETE",
]
ELSEWHERE = [
    "/services/oauth2/userinfo",
    "/services/oauth2/singleaccess",
    "/services/Soap/u/66.0",
    "/services/async/66.0/job",
    "//evil.example/services/data",
]
MASKED = [
    {"kind": "soql", "soql": "SELECT Phone p FROM Contact"},
    {"kind": "soql", "soql": "SELECT Id FROM Contact WHERE Phone LIKE '0%'"},
    {"kind": "endpoint", "path": f"{DATA}/sobjects/Contact/Phone/0301234"},
    {"kind": "endpoint", "path": f"{DATA}/jobs/query/7505g00000AAAAAAAA/results"},
    {"kind": "object", "sobject": "Contact", "where": "Phone LIKE '0%'"},
    {"kind": "object", "sobject": "Account", "where": "Id IN (SELECT AccountId FROM "
     "Contact WHERE Phone LIKE '0%')"},
]  # fmt: skip
REFUSED = [{"kind": "endpoint", "path": path} for path in WRITES + ELSEWHERE] + MASKED


@pytest.fixture
def org(connected_org: Org) -> Org:
    contact = SObject.objects.create(org=connected_org, name="Contact")
    SField.objects.create(sobject=contact, name="Phone", type="phone", is_masked=True)
    return connected_org


def person(*codenames: str) -> Client:
    user = User.objects.create_user("p", password="p", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return browser_of(user)


def form_of(org: Org, given: dict[str, str]) -> dict[str, Any]:
    return {
        "org": org.pk,
        "schedule": "manual",
        "mode": "auto",
        "drift_policy": "ignore",
        "overlap_minutes": "10",
        "full_every_days": "0",
        "history_days": "0",
        **given,
    }


def sent(org: Org) -> int:
    return ApiCall.objects.filter(org=org).exclude(purpose="refresh").count()


@pytest.mark.parametrize("given", REFUSED, ids=lambda one: str(one)[:70])
def test_what_a_plan_may_not_ask_is_neither_saved_nor_seen_nor_run(
    org: Org, given: dict[str, str]
) -> None:
    before = sent(org)
    browser = person("add_syncplan", "view_syncplan", "sync_org", "view_org")
    data = form_of(org, given)
    saved = browser.post(reverse("admin:sfconnector_syncplan_add"), data)
    assert saved.status_code == 200
    browser.post(reverse("admin:sfconnector_syncplan_preview"), data)
    assert not SyncPlan.objects.exists()

    verbs = {
        "endpoint": lambda: sync.plan_endpoint(org, path=given["path"]),
        "soql": lambda: sync.plan_soql(org, soql=given["soql"]),
        "object": lambda: sync.plan_object(
            org, sobject=given["sobject"], where=given["where"]
        ),
    }
    with pytest.raises(SFConnectorError):
        verbs[given["kind"]]()
    assert not SyncPlan.objects.exists()

    # As a row that was there before the rule, or that a program wrote.
    plan = SyncPlan.objects.create(org=org, **given)
    run = sync.request_run(plan)
    sync.execute(run.pk, worker="test")
    run.refresh_from_db()
    assert run.state == "failed"
    assert not CachedResponse.objects.exists()
    # A describe may be read first; what the plan words was not sent.
    asked = ApiCall.objects.filter(org=org).exclude(purpose__in=("refresh", "catalog"))
    assert asked.count() == before


def test_a_row_of_the_model_alone_gives_no_right_to_word_a_call(org: Org) -> None:
    browser = person("add_syncplan", "change_syncplan", "view_syncplan", "view_org")
    data = form_of(org, {"kind": "endpoint", "path": f"{DATA}/limits"})
    assert browser.get(reverse("admin:sfconnector_syncplan_add")).status_code == 403
    assert (
        browser.post(reverse("admin:sfconnector_syncplan_add"), data).status_code == 403
    )
    preview = reverse("admin:sfconnector_syncplan_preview")
    assert browser.post(preview, data).status_code in {403, 404}
    assert not SyncPlan.objects.exists()
    stranger = Actor(User.objects.get(username="p"))
    with pytest.raises(Forbidden):
        sync.plan_endpoint(org, path=f"{DATA}/limits", by=stranger)
    with pytest.raises(Forbidden):
        gateway.check_plan(
            SyncPlan(org=org, kind="soql", soql="SELECT Id FROM A"), by=stranger
        )


@pytest.mark.parametrize("right", ["explore_org", "sync_org"])
def test_one_of_two_rights_lets_a_person_save_a_plan(org: Org, right: str) -> None:
    browser = person("add_syncplan", "view_syncplan", "view_org", right)
    data = form_of(org, {"kind": "endpoint", "path": f"{DATA}/limits"})
    browser.post(reverse("admin:sfconnector_syncplan_add"), data)
    assert SyncPlan.objects.get().path == f"{DATA}/limits"
    told = AuditEvent.objects.get(action="plan.saved")
    assert told.user_name == "p"
    assert told.detail["asked"] == f"{DATA}/limits"


def test_a_plan_never_writes_even_for_one_who_may(org: Org) -> None:
    call = gateway.Call(method="DELETE", path=f"{DATA}/sobjects/Account/1")
    for purpose in ("plan", "preview"):
        with pytest.raises(Forbidden, match="only reads"):
            gateway.ask(
                org,
                call,
                by=NOBODY,
                purpose=purpose,
                may_write=True,
                confirmed_alias=org.alias,
            )
    told = AuditEvent.objects.filter(outcome="refused")
    assert set(told.values_list("action", flat=True)) == {"plan.send", "plan.preview"}


def test_previews_and_commands_are_in_the_audit_trail(org: Org) -> None:
    plan = SyncPlan(
        org=org, kind="soql", soql="SELECT Id FROM Lead WHERE Name='secret'"
    )
    sync.preview(plan)
    list(gateway.rows(org, "SELECT Id FROM Lead", by=NOBODY, purpose="command"))
    told = {one.action: one.detail for one in AuditEvent.objects.all()}
    assert {"plan.preview", "command.send"} <= set(told)
    assert "secret" not in json.dumps(told)


def test_a_masked_value_of_an_endpoint_is_not_kept(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    values = {"LastName": "C", "Phone": "+15550199-canary"}
    store = salesforce_org.records.store
    row = store.insert("Contact", values, user_id=salesforce_org.user.id)
    plan = sync.plan_endpoint(org, path=f"{DATA}/sobjects/contact/{row['Id']}")
    run = sync.request_run(plan)
    sync.execute(run.pk, worker="test")
    kept = CachedResponse.objects.get()
    assert kept.body["LastName"] == "C"
    assert "canary" not in json.dumps(kept.body)
    assert kept.asked.startswith(DATA)
    assert "canary" not in str(sync.preview(plan).body)


@pytest.mark.parametrize("number", ["Infinity", "NaN", "1e999", "-Infinity"])
def test_a_number_that_no_database_keeps_is_kept_as_text(
    org: Org, salesforce_org: SalesforceOrg, number: str
) -> None:
    SField.objects.update(is_masked=False)
    plan = sync.plan_endpoint(org, path=f"{DATA}/limits")
    salesforce_org.faults.add("/limits", body='{"a":' + number + "}")
    run = sync.request_run(plan)
    sync.execute(run.pk, worker="test")
    run.refresh_from_db()
    assert run.state == "succeeded", run.error_text
    assert number in str(CachedResponse.objects.get().body)

"""No figure, list or message changes with the rows of an org that is hidden (S42)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector import audit, clock, sync
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    ConnectedApp,
    FieldChange,
    Invitation,
    OAuthFlow,
    Org,
    PlanSet,
    PlanSetOrg,
    SavedCall,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.secret import Secret
from tests.admin.conftest import House, add_record, person
from tests.admin.test_access import TABLE
from tests.connections import browser_of
from tests.security.test_hidden_orgs import CANARY, hidden, outsider

__all__ = ["hidden"]
CHANGES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|<time[^>]*>.*?</time>|nonce="[^"]*"',
    re.S,
)


def pages(client: Client) -> dict[str, str]:
    """Return each page that names no row, and the front page, without what is random."""
    names = [f"sfconnector_{name}" for name, one in TABLE.items() if not one.target]
    urls = [reverse(f"admin:{name}") for name in (*names, "index")]
    found = {url: client.get(url).content.decode() for url in urls}
    return {url: CHANGES.sub("", text) for url, text in found.items()}


@pytest.fixture
def shared(hidden: House) -> SavedCall:
    """A query that somebody shares, so far to an org that everybody may see."""
    call = SavedCall.objects.create(
        org=Org.objects.get(alias="open"), user=person("sharer"), name="shared",
        is_shared=True, soql="SELECT Id FROM Account",
    )  # fmt: skip
    call.orgs.add(call.org)
    return call


def add_rows(org: Org) -> None:
    """Add rows of each kind to an org, and secrets."""
    now, maker = timezone.now(), person("maker")
    SObject.objects.filter(org=org).update(live_count=977, total_count=977)
    for number in range(7):
        sobject = SObject.objects.create(org=org, name=f"More{number}__c")
        plan = SyncPlan.objects.create(org=org, kind="object", sobject=sobject.name)
        SyncRun.objects.create(plan=plan, org=org, state="failed")
        add_record(org, f"0015g00000CCCCCC0{number}", Name="x")
        FieldChange.objects.create(org=org, sobject="Account", record_id="1")
        ApiCall.objects.create(
            org=org, purpose="sync", method="GET", path="/x", status=500, at=now
        )
        SavedCall.objects.create(
            org=org, user=person(f"p{number}"), name="x", path="/x"
        )
        OAuthFlow.objects.create(
            org=org, user=maker, state_hash=f"{number}", expires_at=now
        )
        Invitation.objects.create(
            org=org,
            created_by=maker,
            token_hash=f"{number}",
            expires_at=now + timedelta(days=1),
        )
        audit.append("org.test", by=audit.NOBODY, org=org, outcome="failed")
    for call in SavedCall.objects.filter(name="shared"):
        call.orgs.add(org)
    org.app.set_private_key(Secret("x"))
    org.app.save()
    org.set_status(Org.Status.NEEDS_RECONNECT, code="x", text="Not today.")


def test_s42_rows_of_a_hidden_org_change_no_page_of_an_outsider(
    hidden: House, shared: SavedCall
) -> None:
    eve = outsider("*")
    before = pages(eve)
    add_rows(hidden.org)
    after = pages(eve)
    assert [url for url in before if before[url] != after[url]] == []


def test_s42_the_test_would_see_the_rows(hidden: House) -> None:
    insider = Client()
    insider.force_login(hidden.org.saved_calls.get().user)
    before = pages(insider)
    add_rows(hidden.org)
    after = pages(insider)
    changed = {url for url in before if before[url] != after[url]}
    for name in ("org_storage", "connectedapp_keys", "syncrun_changelist"):
        assert reverse(f"admin:sfconnector_{name}") in changed


def test_s42_the_keys_page_counts_and_names_no_secret_of_others(hidden: House) -> None:
    ConnectedApp.objects.filter(pk=hidden.app.pk).update(consumer_secret_enc="broken")
    url = reverse("admin:sfconnector_connectedapp_keys")
    eve = outsider("*")
    for button in ("verify", "rotate"):
        text = eve.post(url, {button: "1"}, follow=True).content.decode()
        assert "do not open" in text
        assert "ConnectedApp" not in text
        assert not re.search(r"\d+ secrets", text)


@pytest.mark.parametrize("action", ["plan_set.made", "plan_set.changed"])
def test_s42_no_line_of_the_trail_names_a_hidden_set(
    hidden: House, action: str
) -> None:
    url = reverse("admin:sfconnector_planset_add")
    if action == "plan_set.changed":
        url = reverse("admin:sfconnector_planset_change", args=[hidden.planset.pk])
    members = {"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    root = browser_of(User.objects.create_superuser("root"))
    given = {"name": f"{CANARY} set", "schedule": "manual", **members}
    assert root.post(url, given).status_code == 302
    made = PlanSet.objects.get(name=f"{CANARY} set")
    PlanSetOrg.objects.get_or_create(
        plan_set=made, org=hidden.org, defaults={"applied_at": clock.now()}
    )
    line = AuditEvent.objects.filter(action=action).latest("pk")
    assert line.detail["set"] == made.name
    page = reverse("admin:sfconnector_auditevent_change", args=[line.pk])
    insider = browser_of(User.objects.get(username="ada"))
    for client, is_seen in ((insider, True), (root, True), (outsider("*"), False)):
        assert (client.get(page).status_code == 200) is is_seen


def test_s42_a_set_made_of_plans_leaves_a_line_that_names_it_by_number(
    hidden: House,
) -> None:
    made = sync.set_from([hidden.plan], name="Of plans")
    assert (
        AuditEvent.objects.filter(action="plan_set.made")
        .latest("pk")
        .detail["plan_set"]
        == made.pk
    )


@pytest.mark.parametrize("action", ["app.added", "app.changed"])
def test_s42_no_line_of_the_trail_names_a_hidden_app(
    hidden: House, action: str
) -> None:
    detail = {"app": hidden.app.pk, "name": hidden.app.name}
    line = audit.append(action, by=audit.NOBODY, detail=detail)
    url = reverse("admin:sfconnector_auditevent_change", args=[line.pk])
    assert outsider("*").get(url).status_code in {302, 404}

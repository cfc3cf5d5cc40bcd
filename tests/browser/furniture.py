"""A house with one of everything, as a site has it after some weeks: good and bad."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog, explorer, health, sync
from sfconnector.audit import Actor
from sfconnector.models import (
    ApiCall,
    ApiUsageDay,
    AuditEvent,
    CachedResponse,
    FieldChange,
    Heartbeat,
    Org,
    Record,
    SchemaChange,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.testing.connections import connected
from tests.admin.conftest import House, make_org

HOSTILE = {
    "Name": '"><img src=x onerror=alert(1)><script>alert(2)</script>',
    "Website": "javascript:alert(3)",
    "Description": "A long text. " * 10_000,
    "Industry": "\u202eevil\u2066",
    "AccountSource": "x" * 3_000,
}


@dataclasses.dataclass
class Furnished:
    """The rows that pages are asked about, besides those of the house."""

    house: House
    dead: Org
    new: Org
    sandbox: Org
    hostile: Record
    failed: SyncRun
    running: SyncRun


def furnish(acme: SalesforceOrg, sandbox: SalesforceOrg, user: Any) -> Furnished:
    """Connect two orgs, fetch, and let things go wrong in the others."""
    org, box = connected(acme), connected(sandbox, alias="acme-sandbox")
    Org.objects.filter(pk=org.pk).update(label="Acme production")
    for one in (org, box):
        catalog.discover(one)
        catalog.describe(one, sobject="Account")
        catalog.describe(one, sobject="Contact")
    health.doctor(org)
    plan = sync.plan_object(org, sobject="Account", every_minutes=15)
    sync.execute(sync.request_run(plan, by=Actor(user)).pk, worker="w")
    sync.execute(
        sync.request_run(sync.plan_object(box, sobject="Contact")).pk, worker="w"
    )
    endpoint = sync.plan_endpoint(org, path="/services/data/v39.0/sobjects/account")
    run = sync.request_run(endpoint)
    sync.execute(run.pk, worker="w")
    for path in (
        "/services/data/v66.0/limits",
        "/services/data/v66.0/sobjects/Account",
    ):
        request = explorer.Request(method="GET", path=path)
        explorer.remember(org, user=user, request=request)
        explorer.keep(org, user=user, request=request, name=path[-7:], is_shared=True)
    record = Record.objects.of(org, "Account").live().order_by("pk")[0]
    house = House(
        app=org.app,
        org=Org.objects.get(pk=org.pk),
        sobject=SObject.objects.get(org=org, name="Account"),
        plan=SyncPlan.objects.get(pk=plan.pk),
        planset=sync.set_from([plan], name="Sales"),
        run=SyncRun.objects.get(pk=run.pk),
        record=record,
        answer=CachedResponse.objects.get(),
        call=ApiCall.objects.order_by("pk")[0],
        event=AuditEvent.objects.order_by("pk")[0],
    )
    return troubled(house, box)


def troubled(house: House, box: Org) -> Furnished:
    """Add what goes wrong on a real site."""
    org, now = house.org, timezone.now()
    dead = make_org(
        org.app,
        "northwind",
        status="needs_reconnect",
        status_text="Salesforce refuses the refresh token: the user's password changed.",
        instance_url="",
    )
    for day in range(14):
        moment = (now - timedelta(days=day)).date()
        ApiUsageDay.objects.update_or_create(
            org=org, day=moment, defaults={"calls": 40 + 13 * (day % 5)}
        )
    failing = SyncPlan.objects.create(
        org=dead, kind="object", sobject="Lead", failures_in_a_row=3
    )
    failed = SyncRun.objects.create(
        plan=failing,
        org=dead,
        sobject="Lead",
        state="failed",
        error_code="INVALID_FIELD",
        error_text="No such column 'Rating__c' on entity 'Lead'.",
        remedy="Remove the field from the plan, or let the policy drop it.",
        warnings=["The describe is 3 days old."],
        started_at=now,
        finished_at=now,
    )
    running = SyncRun.objects.create(
        plan=sync.plan_object(org, sobject="Contact"),
        org=org,
        sobject="Contact",
        state="running",
        fetched=1500,
        expected=6000,
        started_at=now - timedelta(seconds=9),
        lease_until=now + timedelta(hours=1),
    )
    hostile = Record.objects.of(org, "Account").order_by("-pk")[0]
    hostile.data = {**hostile.data, **HOSTILE}
    hostile.state = Record.State.DELETED
    hostile.save()
    FieldChange.objects.create(
        org=org,
        sobject="Account",
        record_id=hostile.record_id,
        field="Industry",
        before="Energy",
        after=HOSTILE["Name"],
    )
    SchemaChange.objects.create(
        sobject=house.sobject,
        field="Rating__c",
        kind="removed",
        before={"type": "string"},
    )
    for kind in ("tick", "worker"):
        Heartbeat.objects.update_or_create(
            name=kind, defaults={"kind": kind, "seen_at": now + timedelta(hours=1)}
        )
    return Furnished(
        house=house,
        dead=dead,
        new=make_org(org.app, "fresh", status="new", instance_url="", is_sandbox=None),
        sandbox=box,
        hostile=hostile,
        failed=failed,
        running=running,
    )

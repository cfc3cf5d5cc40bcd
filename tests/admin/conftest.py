"""One of everything that the admin shows, and the people who look at it."""

from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    CachedResponse,
    ConnectedApp,
    Org,
    PlanSet,
    Record,
    SField,
    SObject,
    SyncPlan,
    SyncRun,
)
from sfconnector.secret import Secret
from tests.connections import browser_of

CONSUMER_SECRET = "CANARY-consumer-secret-7f3a"
ACCOUNT = "0015g00000AAAAAAAA"


@dataclasses.dataclass
class House:
    """One row of each model."""

    app: ConnectedApp
    org: Org
    sobject: SObject
    plan: SyncPlan
    planset: PlanSet
    run: SyncRun
    record: Record
    answer: CachedResponse
    call: ApiCall
    event: AuditEvent


def make_org(app: ConnectedApp, alias: str = "northwind", **values: object) -> Org:
    """Add an org that says it is connected but has no tokens: no call can leave."""
    given: dict[str, object] = {
        "status": Org.Status.CONNECTED,
        "is_sandbox": False,
        "catalog_at": timezone.now(),
        "instance_url": "https://northwind.my.salesforce.com",
        "connected_username": "person@northwind.example",
    }
    return Org.objects.create(alias=alias, app=app, **{**given, **values})


def add_fields(sobject: SObject, *fields: tuple[str, str]) -> None:
    """Describe an object with fields of the given names and types."""
    SField.objects.bulk_create(
        SField(
            sobject=sobject,
            name=name,
            label=f"The {name}",
            type=kind,
            position=index,
            name_field=name == "Name",
        )
        for index, (name, kind) in enumerate(fields)
    )


def add_record(org: Org, record_id: str, **data: object) -> Record:
    """Cache one Account."""
    return Record.objects.create(
        org=org,
        sobject="Account",
        record_id=record_id,
        content_hash=1,
        system_modstamp=timezone.now(),
        data={"Id": record_id, **data},
    )


@pytest.fixture
def app(db: None) -> ConnectedApp:
    app = ConnectedApp(name="The app", consumer_key="3MVGkey")
    app.set_consumer_secret(Secret(CONSUMER_SECRET))
    app.save()
    return app


@pytest.fixture
def house(app: ConnectedApp) -> House:
    org = make_org(app)
    sobject = SObject.objects.create(
        org=org, name="Account", label="Account", live_count=1, total_count=1
    )
    add_fields(sobject, ("Id", "id"), ("Name", "string"))
    plan = SyncPlan.objects.create(org=org, kind="object", sobject="Account")
    endpoint = SyncPlan.objects.create(
        org=org, kind="endpoint", path="/services/data/v39.0/sobjects/account"
    )
    run = SyncRun.objects.create(plan=endpoint, org=org, state="succeeded")
    now = timezone.now()
    return House(
        app=app,
        org=org,
        sobject=sobject,
        plan=plan,
        planset=sync.set_from([plan], name="The set"),
        run=run,
        record=add_record(org, ACCOUNT, Name="Acme"),
        answer=CachedResponse.objects.create(
            plan=endpoint, run=run, status=200, body={"a": [1]}, fetched_at=now
        ),
        call=ApiCall.objects.create(
            org=org, purpose="sync", method="GET", path="/services/data", at=now
        ),
        event=AuditEvent.objects.create(
            org=org, org_alias="northwind", action="run.start"
        ),
    )


def person(name: str, *codenames: str) -> User:
    """Add a member of staff with permissions ("*" is all of the app)."""
    user = User.objects.create_user(name, password=name, is_staff=True)
    owned = Q(codename__in=codenames)
    if "*" in codenames:
        owned |= Q(content_type__app_label="sfconnector")
    user.user_permissions.set(Permission.objects.filter(owned))
    return user


LOOKS = (
    "view_org",
    "view_connectedapp",
    "view_sobject",
    "view_syncplan",
    "view_planset",
    "view_syncrun",
    "view_cachedresponse",
    "view_apicall",
    "view_auditevent",
    "view_records",
)


@pytest.fixture
def people(house: House) -> dict[str, Client]:
    """Return a browser for each kind of person."""
    outsider = person("outsider", "*")
    insiders = Group.objects.create(name="insiders")
    house.org.visible_to.add(insiders)
    users = {
        "nobody": person("nobody"),
        "looker": person("looker", *LOOKS),
        "full": person("full", "*"),
    }
    clients = {"anonymous": Client(), "outsider": Client()}
    clients["outsider"].force_login(outsider)
    for name, user in users.items():
        user.groups.add(insiders)
        clients[name] = browser_of(user)
    return clients


@pytest.fixture
def full(people: dict[str, Client]) -> Client:
    """Return the browser of a person with every permission."""
    return people["full"]

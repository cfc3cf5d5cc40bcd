"""An org whose one contact was cached before its phone was masked."""

from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector.models import (
    CachedResponse,
    FieldChange,
    Org,
    Record,
    SField,
    SObject,
    SyncPlan,
    SyncRun,
)

DATA = "/services/data/v66.0"
START = "+15550199"
CANARY = f"{START}-CANARY-7731"


@dataclasses.dataclass
class House:
    org: Org
    contact: SObject
    record: Record
    identity: str
    user: User
    plans: list[SyncPlan]
    answer: CachedResponse
    run: SyncRun


@pytest.fixture
def house(connected_org: Org, salesforce_org: SalesforceOrg) -> House:
    """An org with one contact, cached with its phone before that was masked."""
    org = connected_org
    values = {"LastName": "Known", "Phone": CANARY}
    store = salesforce_org.records.store
    identity = store.insert("Contact", values, user_id=salesforce_org.user.id)["Id"]
    described = {"org": org, "live_count": 1, "total_count": 1}
    contact = SObject.objects.create(
        name="Contact",
        label="Contact",
        key_prefix="003",
        columns=["Phone"],
        **described,
    )
    case = SObject.objects.create(name="Case", label="Case", **described)
    for position, name in enumerate(("Id", "LastName", "Phone", "Name")):
        SField.objects.create(
            sobject=contact,
            name=name,
            type="string",
            position=position,
            is_masked=name == "Phone",
            name_field=name == "Phone",
        )
    SField.objects.create(
        sobject=case,
        name="ContactId",
        type="reference",
        relationship_name="Contact",
        reference_to=["Contact"],
    )
    attributes = {"type": "Contact"}
    data = {"attributes": attributes, "Id": identity, **values}
    record = Record.objects.create(
        org=org, sobject="Contact", record_id=identity, content_hash=1, data=data
    )
    child = {"Id": "500000000000001AAA", "ContactId": identity, "Contact": data}
    Record.objects.create(
        org=org,
        sobject="Case",
        record_id="500000000000001AAA",
        content_hash=1,
        data=child,
    )
    FieldChange.objects.create(
        org=org, sobject="Contact", record_id=identity, field="Phone", before=CANARY
    )
    query = "SELECT Phone p FROM Contact"
    path = f"{DATA}/sobjects/Contact/{identity}"
    plans = [
        SyncPlan.objects.create(org=org, kind="endpoint", path=path),
        SyncPlan.objects.create(org=org, kind="soql", soql=query),
        SyncPlan.objects.create(
            org=org, kind="object", sobject="Contact", fields=["LastName", "Phone"]
        ),
    ]
    run = SyncRun.objects.create(plan=plans[1], org=org, state="succeeded")
    answer = CachedResponse.objects.create(
        plan=plans[1],
        run=run,
        status=200,
        body={"records": [{"attributes": {"type": "AggregateResult"}, "p": CANARY}]},
        fetched_at=timezone.now(),
    )
    user = User.objects.create_superuser("root", password="x")
    return House(org, contact, record, identity, user, plans, answer, run)

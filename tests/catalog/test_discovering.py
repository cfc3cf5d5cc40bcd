"""The catalog follows what the org lists and describes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog, exceptions, signals
from sfconnector.models import (
    ApiCall,
    Org,
    SchemaChange,
    SField,
    SObject,
    SyncPlan,
)
from tests.connections import connect, org_of, reachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def org(salesforce_org: SalesforceOrg) -> Iterator[Org]:
    with reachable(salesforce_org):
        row = org_of(salesforce_org)
        yield connect(row).org


def test_discovering_lists_every_object_once(org: Org) -> None:
    discovery = catalog.discover(org)

    names = set(SObject.objects.filter(org=org).values_list("name", flat=True))
    assert {"Account", "Contact", "Opportunity", "Lead", "User"} <= names
    assert discovery.total == len(names) == len(discovery.added)
    account = SObject.objects.get(org=org, name="Account")
    assert (account.key_prefix, account.queryable, account.custom) == (
        "001",
        True,
        False,
    )
    org.refresh_from_db()
    assert org.catalog_at is not None


def test_discovering_again_changes_nothing(org: Org) -> None:
    catalog.discover(org)
    assert catalog.discover(org).not_modified

    again = catalog.discover(org, force=True)
    assert (again.added, again.removed, again.changed) == ((), (), ())


def test_an_object_that_vanishes_keeps_its_row(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    catalog.discover(org)
    gone = next(
        one.name for one in salesforce_org.records.schema.objects() if one.custom
    )
    salesforce_org.records.schema.remove_object(gone)

    assert catalog.discover(org, force=True).removed == (gone,)
    assert SObject.objects.get(org=org, name=gone).is_present is False


def test_describing_stores_fields_in_any_case_of_the_name(org: Org) -> None:
    catalog.discover(org)
    row = catalog.describe(org, sobject="aCCount")

    fields = {field.name: field for field in row.sfields.all()}
    assert fields["Name"].name_field
    assert fields["BillingStreet"].compound_field_name == "BillingAddress"
    assert fields["OwnerId"].reference_to
    assert row.describe is not None
    assert "fields" not in row.describe
    assert not SchemaChange.objects.exists()


def test_a_describe_that_did_not_change_costs_one_call_and_no_row(org: Org) -> None:
    catalog.describe(org, sobject="Account")
    before = ApiCall.objects.count()
    fields = set(SField.objects.values_list("pk", flat=True))

    catalog.describe(org, sobject="Account")

    calls = ApiCall.objects.order_by("pk")[before:]
    assert [call.status for call in calls] == [304]
    assert set(SField.objects.values_list("pk", flat=True)) == fields


def test_a_changed_field_is_told_and_announced(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    catalog.describe(org, sobject="Account")
    SField.objects.filter(name="Phone").update(is_masked=True)
    heard: list[dict[str, Any]] = []

    def hear(sender: object, **told: Any) -> None:
        heard.append(told)

    signals.schema_changed.connect(hear)
    try:
        salesforce_org.records.schema.change_field("Account", "Phone", length=80)
        salesforce_org.records.schema.remove_field("Account", "Fax")
        row = catalog.describe(org, sobject="Account", force=True)
    finally:
        signals.schema_changed.disconnect(hear)

    told = {
        (change.kind, change.field, change.attribute) for change in row.changes.all()
    }
    assert told == {("changed", "Phone", "length"), ("removed", "Fax", "")}
    assert row.sfields.get(name="Phone").is_masked
    assert [one["sobject"] for one in heard] == ["Account"]


def test_an_unknown_object_is_an_error_with_a_remedy(org: Org) -> None:
    catalog.discover(org)
    with pytest.raises(exceptions.NotFound) as caught:
        catalog.describe(org, sobject="Unicorn__c")
    assert "Unicorn__c" in str(caught.value)
    assert "Unicorn__c" in caught.value.remedy


def test_many_describes_are_refreshed_25_to_a_call(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    catalog.discover(org)
    others = SObject.objects.exclude(name="Lead").values_list("name", flat=True)
    names = ["Lead", *others[:25]]
    before = ApiCall.objects.count()
    assert set(catalog.refresh(org, names=names)) == set(names)
    assert ApiCall.objects.count() == before + 2

    assert catalog.refresh(org) == ()
    assert ApiCall.objects.count() == before + 4

    salesforce_org.clock.offset = 60  # Last-Modified knows no parts of a second
    salesforce_org.records.schema.remove_field("Lead", "Fax")
    assert "Lead" in catalog.refresh(org)
    assert SchemaChange.objects.get().field == "Fax"


@pytest.mark.parametrize("way", ["describe", "refresh", "upkeep"])
def test_a_describe_is_read_whole_once_a_day(
    org: Org, salesforce_org: SalesforceOrg, way: str
) -> None:
    """What our user may see changes, and the stamp of the schema does not."""
    catalog.describe(org, sobject="Account")
    salesforce_org.user.hide("Account.Fax")
    catalog.describe(org, sobject="Account")  # not changed, says the org
    assert SField.objects.filter(name="Fax").exists()
    day_ago = timezone.now() - timedelta(days=1)
    SObject.objects.filter(name="Account").update(described_at=day_ago)
    if way == "describe":
        catalog.describe(org, sobject="Account")
    elif way == "refresh":
        catalog.refresh(org)
    else:
        SyncPlan.objects.create(org=org, kind="object", sobject="Account")
        catalog.refresh_planned(timezone.now())
    assert not SField.objects.filter(name="Fax").exists()
    assert SObject.objects.get(name="Account").described_at > day_ago

"""Two orgs side by side: what only one has, and what differs."""

from __future__ import annotations

import pytest
from django.test import Client

from sfconnector.models import Org, SField, SObject
from tests.admin.conftest import House, add_fields, make_org

COMPARE = "/admin/sfconnector/sobject/compare/"


@pytest.fixture
def other(house: House) -> Org:
    org = make_org(house.app, "southwind")
    account = SObject.objects.create(org=org, name="Account", label="Customer")
    SObject.objects.create(org=org, name="Only_South__c", label="South")
    SObject.objects.create(org=house.org, name="Only_North__c", label="North")
    add_fields(account, ("Id", "id"), ("Name", "picklist"), ("New__c", "string"))
    now = org.catalog_at
    SObject.objects.filter(name="Account").update(described_at=now)
    return org


def look(client: Client, house: House, other: Org, sobject: str = "") -> str:
    query = {"left": house.org.pk, "right": other.pk, "sobject": sobject}
    return client.get(COMPARE, query).content.decode()


def test_objects_that_differ_are_listed(
    house: House, other: Org, admin_client: Client
) -> None:
    page = look(admin_client, house, other)
    assert "3 differences" in page
    assert "Only_South__c" in page
    assert "Customer" in page


def test_fields_that_differ_are_listed_by_attribute(
    house: House, other: Org, admin_client: Client
) -> None:
    page = look(admin_client, house, other, "account")
    assert "2 differences" in page
    assert "New__c" in page
    assert "picklist" in page


def test_the_same_is_said_to_be_the_same(
    house: House, other: Org, admin_client: Client
) -> None:
    SField.objects.filter(sobject__org=other).delete()
    account = SObject.objects.get(org=other, name="Account")
    add_fields(account, ("Id", "id"), ("Name", "string"))
    assert "There is no difference." in look(admin_client, house, other, "Account")


def test_what_was_never_read_is_told(
    house: House, other: Org, admin_client: Client
) -> None:
    SObject.objects.filter(org=other, name="Account").update(described_at=None)
    page = look(admin_client, house, other, "Account")
    assert "have not been read yet" in page


def test_an_org_of_others_cannot_be_compared(
    house: House, other: Org, people: dict[str, Client]
) -> None:
    page = look(people["outsider"], house, other)
    assert "northwind" not in page
    assert "Comparing takes two orgs" in page


def test_it_says_what_was_compared(
    house: House, other: Org, admin_client: Client
) -> None:
    objects = look(admin_client, house, other)
    assert "by name and label; not their fields" in objects
    assert "2 objects" in objects
    SField.objects.filter(sobject__org=other, name="New__c").update(is_masked=True)
    fields = look(admin_client, house, other, "Account")
    assert "Compared: the fields of <code>Account</code>" in fields
    assert "2 fields, 1 masked one left out" in fields
    assert "Records are not compared." in fields

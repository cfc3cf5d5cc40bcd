from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from salesforce_simulator.schema import Schema, SObjectType, standard_schema
from salesforce_simulator.schema.groups import audit, record_id
from salesforce_simulator.schema.kinds import lookup, text


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 9, 49, 20, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def schema(clock: Clock) -> Schema:
    return standard_schema(clock=clock)


def machine() -> SObjectType:
    return SObjectType(
        name="Machine__c", label="Machine", label_plural="Machines", key_prefix="a77"
    ).with_fields(
        (
            record_id("Record ID"),
            text("Name", "Name", 80, name_field=True),
            lookup("Account__c", "Account", "Account", children="Machines__r"),
            *audit(),
        )
    )


def test_names_are_found_whatever_their_case(schema: Schema) -> None:
    account = schema.object("aCCOUNT")
    assert account is not None
    assert account.name == "Account"
    assert account.field("BILLINGCITY") is account.field("BillingCity")


@pytest.mark.parametrize(
    "name", ["", "Nothing", "Account; DROP", "é\0", "account.name"]
)
def test_unknown_names_are_none(schema: Schema, name: str) -> None:
    assert schema.object(name) is None
    account = schema.object("Account")
    assert account is not None
    assert account.field(name) is None
    assert account.child(name) is None
    assert account.parent(name) is None


def test_the_stamp_is_whole_seconds_and_moves_with_every_change(
    schema: Schema, clock: Clock
) -> None:
    first = schema.modified
    assert first == datetime(2026, 5, 6, 9, 49, 20, tzinfo=UTC)
    clock.now += timedelta(minutes=5)
    assert schema.modified == first
    schema.change_field("Account", "Phone", label="Main line")
    assert schema.modified == first + timedelta(minutes=5)
    assert schema.revision == 1


def test_an_added_object_is_seen_from_its_parents(schema: Schema) -> None:
    schema.add_object(machine())
    account = schema.object("Account")
    assert account is not None
    child = account.child("machines__r")
    assert child is not None
    assert (child.child_sobject, child.field) == ("Machine__c", "Account__c")
    found = schema.by_prefix("a77000000000001")
    assert found is not None
    assert found.name == "Machine__c"


def test_a_removed_object_leaves_no_trace_at_its_parents(schema: Schema) -> None:
    schema.remove_object("Parcel__c")
    shipment = schema.object("Shipment__c")
    assert shipment is not None
    assert shipment.child("Parcels__r") is None
    with pytest.raises(KeyError):
        schema.remove_object("Parcel__c")


def test_a_field_can_be_added_changed_and_removed(schema: Schema) -> None:
    schema.add_field("account", text("Motto__c", "Motto", 50))
    changed = schema.change_field("Account", "motto__C", length=80)
    assert changed.length == 80
    account = schema.object("Account")
    assert account is not None
    assert account.fields["motto__c"].describe()["byteLength"] == 240
    assert account.fields["motto__c"].describe()["custom"]
    schema.remove_field("Account", "Motto__c")
    account = schema.object("Account")
    assert account is not None
    assert account.field("Motto__c") is None


def test_a_changed_field_keeps_its_place(schema: Schema) -> None:
    account = schema.object("Account")
    assert account is not None
    before = list(account.fields)
    schema.change_field("Account", "Phone", label="Telephone")
    account = schema.object("Account")
    assert account is not None
    assert list(account.fields) == before


def test_a_hidden_field_is_absent_everywhere(schema: Schema) -> None:
    view = schema.for_user(frozenset({("account", "phone"), ("Contact", "AccountId")}))
    account, contact = view.object("Account"), view.object("Contact")
    assert account is not None
    assert contact is not None
    assert account.field("Phone") is None
    assert all(
        one["name"] != "Phone"
        for one in account.describe("/services/data/v66.0")["fields"]
    )
    assert account.child("Contacts") is None
    assert contact.parent("Account") is None
    whole = schema.object("Account")
    assert whole is not None
    assert whole.field("Phone") is not None
    assert view.modified == schema.modified


def test_a_view_follows_the_changes_of_the_schema(schema: Schema) -> None:
    hidden = frozenset({("Account", "Phone")})
    assert schema.for_user(hidden) is schema.for_user(hidden)
    schema.add_field("Account", text("Motto__c", "Motto", 50))
    account = schema.for_user(hidden).object("Account")
    assert account is not None
    assert account.field("Motto__c") is not None
    assert account.field("Phone") is None
    assert schema.for_user(frozenset()) is schema


def test_hiding_what_does_not_exist_changes_nothing(schema: Schema) -> None:
    view = schema.for_user(frozenset({("Nothing", "x"), ("Account", "Nothing__c")}))
    assert len(view.objects()) == len(schema.objects())


def test_a_free_prefix_belongs_to_nobody(schema: Schema) -> None:
    prefix = schema.free_prefix()
    assert prefix.startswith("a")
    assert schema.by_prefix(prefix) is None


def test_changes_from_many_threads_are_all_kept(schema: Schema) -> None:
    def add(start: int) -> None:
        for number in range(start, start + 5):
            schema.add_field("Account", text(f"Extra_{number}__c", "Extra", 10))

    threads = [threading.Thread(target=add, args=(n * 5,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account = schema.object("Account")
    assert account is not None
    assert sum(name.startswith("extra_") for name in account.fields) == 30
    assert schema.revision == 30

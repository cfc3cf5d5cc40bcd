from __future__ import annotations

import pytest

from salesforce_simulator.store import Store, StoreError
from store.orgs import Clock


def test_a_deleted_row_is_in_the_recycle_bin(
    store: Store, user: str, clock: Clock
) -> None:
    row = store.slice("Account", 5, 6)[0]
    clock.pass_seconds(10)
    store.delete("Account", row["Id"], user_id=user)
    assert store.count("Account") == 39
    gone = store.get("Account", row["Id"], include_deleted=True)
    assert gone is not None
    assert gone["IsDeleted"]
    assert gone["SystemModstamp"] == "2026-06-01T12:00:10.000+0000"
    for verb in (
        lambda: store.delete("Account", row["Id"], user_id=user),
        lambda: store.update("Account", row["Id"], {"Name": "x"}, user_id=user),
    ):
        with pytest.raises(StoreError) as caught:
            verb()
        assert caught.value.code == "ENTITY_IS_DELETED"


def test_a_deleted_row_can_be_taken_back(store: Store, user: str, clock: Clock) -> None:
    row = store.slice("Account", 5, 6)[0]
    store.delete("Account", row["Id"], user_id=user)
    clock.pass_seconds(10)
    store.undelete("Account", row["Id"], user_id=user)
    assert store.slice("Account", 5, 6)[0]["Name"] == row["Name"]
    assert store.count("Account") == 40
    window = ("2026-06-01T00:00:00.000+0000", clock.now)
    assert row["Id"] not in dict(store.deleted_ids("Account", *window))
    with pytest.raises(StoreError):
        store.undelete("Account", row["Id"], user_id=user)


def test_a_purged_row_is_gone_but_its_deletion_is_known(
    store: Store, user: str, clock: Clock
) -> None:
    row = store.slice("Account", 5, 6)[0]
    store.hard_delete("Account", row["Id"])
    assert store.get("Account", row["Id"], include_deleted=True) is None
    assert row not in store.scan("Account", include_deleted=True)
    found = dict(store.deleted_ids("Account", clock.now, clock.now))
    assert found == {row["Id"]: "2026-06-01T12:00:00.000+0000"}
    with pytest.raises(StoreError) as caught:
        store.delete("Account", row["Id"], user_id=user)
    assert caught.value.code == "ENTITY_IS_DELETED"


def test_details_go_with_their_master_and_come_back_with_it(
    store: Store, user: str, clock: Clock
) -> None:
    shipment = store.slice("Shipment__c", 0, 1)[0]["Id"]
    first, *others = store.find("Parcel__c", "Shipment__c", shipment)
    assert others
    store.delete("Parcel__c", first["Id"], user_id=user)
    clock.pass_seconds(5)
    store.delete("Shipment__c", shipment, user_id=user)
    assert store.find("Parcel__c", "Shipment__c", shipment) == []
    store.undelete("Shipment__c", shipment, user_id=user)
    back = store.find("Parcel__c", "Shipment__c", shipment)
    assert [row["Id"] for row in back] == [row["Id"] for row in others]


def test_an_account_takes_its_contacts_and_sales_along(store: Store, user: str) -> None:
    account = next(
        row["Id"]
        for row in store.scan("Account")
        if store.find("Contact", "AccountId", row["Id"])
        and store.find("Opportunity", "AccountId", row["Id"])
    )
    store.hard_delete("Account", account)
    for name in ("Contact", "Opportunity"):
        assert store.find(name, "AccountId", account, include_deleted=True) == []

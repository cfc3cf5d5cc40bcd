from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sfconnector.simulator.schema.kinds import check, text
from sfconnector.simulator.store import Store, StoreError
from tests.simulator.store.orgs import Clock, new_store, user_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return new_store(clock, Account=40, Contact=40)


@pytest.fixture
def user(store: Store) -> str:
    return user_of(store)


def refusal(store: Store, sobject: str, values: dict[str, Any]) -> StoreError:
    with pytest.raises(StoreError) as caught:
        store.insert(sobject, values, user_id=user_of(store))
    return caught.value


def test_an_inserted_row_has_its_audit_fields_and_defaults(
    store: Store, user: str
) -> None:
    row = store.insert(
        "contact", {"LastName": "Núñez", "FirstName": "Íñigo"}, user_id=user
    )
    assert row["Name"] == "Íñigo Núñez"
    assert row["CreatedDate"] == row["SystemModstamp"] == "2026-06-01T12:00:00.000+0000"
    assert row["OwnerId"] == row["CreatedById"] == row["LastModifiedById"] == user
    assert row["IsDeleted"] is False
    assert row["DoNotCall"] is False
    assert store.get("Contact", row["Id"]) == row
    assert store.slice("Contact", 40, 41) == [row]


def test_an_update_moves_the_stamps_and_nothing_else(
    store: Store, user: str, clock: Clock
) -> None:
    before = store.slice("Account", 3, 4)[0]
    clock.pass_seconds(90)
    after = store.update("Account", before["Id"][:15], {"phone": "1"}, user_id=user)
    assert after == before | {
        "Phone": "1",
        "LastModifiedDate": "2026-06-01T12:01:30.000+0000",
        "SystemModstamp": "2026-06-01T12:01:30.000+0000",
        "LastModifiedById": user,
    }


def test_an_empty_text_becomes_null(store: Store, user: str) -> None:
    row = store.slice("Account", 3, 4)[0]
    assert (
        store.update("Account", row["Id"], {"Phone": ""}, user_id=user)["Phone"] is None
    )


def test_the_stage_of_a_sale_brings_the_rest_along(store: Store, user: str) -> None:
    row = store.insert(
        "Opportunity",
        {
            "Name": "x",
            "StageName": "Closed Won",
            "CloseDate": "2026-05-31",
            "Amount": 10,
        },
        user_id=user,
    )
    assert (row["IsClosed"], row["IsWon"], row["Probability"]) == (True, True, 100.0)
    assert (row["ForecastCategory"], row["Fiscal"]) == ("Closed", "2026 2")
    assert row["ExpectedRevenue"] == 10.0
    row = store.update("Opportunity", row["Id"], {"Probability": 30}, user_id=user)
    assert (row["Probability"], row["ExpectedRevenue"]) == (30.0, 3.0)


def test_numbers_are_counted_up(store: Store, user: str) -> None:
    row = store.insert("Case", {"Subject": "x"}, user_id=user)
    assert row["CaseNumber"].isdigit()
    assert store.find("Case", "CaseNumber", row["CaseNumber"]) == [row]
    assert row["Status"] == "New"


@pytest.mark.parametrize(
    ("values", "code", "message", "fields"),
    [
        (
            {},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]",
            ["LastName"],
        ),
        (
            {"LastName": "x", "Foo__c": 1},
            "INVALID_FIELD",
            "No such column 'Foo__c' on sobject of type Contact",
            [],
        ),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", "(max length=80)", ["LastName"]),
        (
            {"LastName": "x", "MailingGeocodeAccuracy": "Near"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: Near",
            ["MailingGeocodeAccuracy"],
        ),
        (
            {"LastName": "x", "AccountId": "nonsense"},
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: nonsense",
            ["AccountId"],
        ),
        (
            {"LastName": "x", "AccountId": "001000000000001AAA"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            ["AccountId"],
        ),
        (
            {"LastName": "x", "Email": "no address"},
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: no address",
            ["Email"],
        ),
        (
            {"LastName": "x", "Birthdate": "31.12.1999"},
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of date",
            ["Birthdate"],
        ),
        (
            {"LastName": "x", "SystemModstamp": "2026-01-01T00:00:00Z"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: SystemModstamp.",
            ["SystemModstamp"],
        ),
        (
            {"LastName": "x", "MailingAddress": {"city": "x"}},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "MailingAddress",
            ["MailingAddress"],
        ),
        ({"LastName": ["x"]}, "JSON_PARSER_ERROR", "", ["LastName"]),
    ],
)
def test_bad_values_are_refused_in_the_words_of_salesforce(
    store: Store, values: dict[str, Any], code: str, message: str, fields: list[str]
) -> None:
    error = refusal(store, "Contact", values)
    assert error.code == code
    assert message in error.message
    assert error.fields == fields
    assert store.count("Contact") == 40


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("NumberOfEmployees", "12", 12),
        ("AnnualRevenue", "1500.4", 1500.0),
        ("Discount__c", 12.345, 12.35),
        ("SLA_Expiration_Date__c", "2026-02-28", "2026-02-28"),
        ("Product_Interests__c", "Hardware;Training", "Hardware;Training"),
        ("ParentId", "", None),
    ],
)
def test_values_are_stored_in_their_wire_form(
    store: Store, user: str, field: str, given: object, stored: object
) -> None:
    row = store.insert("Account", {"Name": "x", field: given}, user_id=user)
    assert row[field] == stored
    assert type(row[field]) is type(stored)


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        (
            "Delivered_At__c",
            "2026-03-01T10:00:00+02:00",
            "2026-03-01T08:00:00.000+0000",
        ),
        (
            "Delivered_At__c",
            "2026-03-01T10:00:00.120+0000",
            "2026-03-01T10:00:00.120+0000",
        ),
        ("Delivered_At__c", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000+0000"),
        ("Pickup_Time__c", "10:30:00", "10:30:00.000Z"),
        ("Express__c", "TRUE", True),
        ("Express__c", None, False),
        ("Weight__c", 1, 1.0),
    ],
)
def test_dates_times_and_flags_are_read_in_all_their_forms(
    store: Store, user: str, field: str, given: object, stored: object
) -> None:
    assert store.insert("Shipment__c", {field: given}, user_id=user)[field] == stored


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("Express__c", "perhaps"),
        ("Weight__c", "NaN"),
        ("Weight__c", True),
        ("Pickup_Time__c", "25:00"),
        ("Delivered_At__c", 5),
    ],
)
def test_values_of_the_wrong_type_are_refused(
    store: Store, field: str, given: object
) -> None:
    assert refusal(store, "Shipment__c", {field: given}).code == "JSON_PARSER_ERROR"


def test_a_number_that_does_not_fit_is_refused(store: Store) -> None:
    error = refusal(store, "Shipment__c", {"Weight__c": 1e7})
    assert error.code == "NUMBER_OUTSIDE_VALID_RANGE"


def test_a_body_must_be_base64(store: Store, user: str) -> None:
    account = store.slice("Account", 0, 1)[0]["Id"]
    values = {"ParentId": account, "Name": "a.txt", "Body": "not base64!"}
    assert refusal(store, "Attachment", values).code == "JSON_PARSER_ERROR"
    values["Body"] = base64.b64encode(b"hello").decode()
    assert store.insert("Attachment", values, user_id=user)["Body"] == values["Body"]


def test_a_unique_value_belongs_to_one_row(store: Store, user: str) -> None:
    first = store.slice("Account", 0, 1)[0]
    taken = first["ERP_Number__c"].lower()
    error = refusal(store, "Account", {"Name": "x", "ERP_Number__c": taken})
    assert error.code == "DUPLICATE_VALUE"
    assert first["Id"][:15] in error.message
    store.update("Account", first["Id"], {"ERP_Number__c": taken}, user_id=user)


def test_a_unique_value_is_claimed_within_a_transaction_too(
    store: Store, user: str
) -> None:
    values = {"Name": "x", "ERP_Number__c": "A"}

    def insert_twice() -> None:
        with store.transaction() as change:
            change.insert("Account", values, user_id=user)
            change.insert("Account", values, user_id=user)

    with pytest.raises(StoreError) as caught:
        insert_twice()
    assert caught.value.code == "DUPLICATE_VALUE"
    assert store.count("Account") == 40


def test_a_reference_to_the_wrong_object_is_refused(store: Store, user: str) -> None:
    values = {"LastName": "x", "AccountId": user}
    assert refusal(store, "Contact", values).code == "FIELD_INTEGRITY_EXCEPTION"


def test_a_reference_to_a_deleted_row_is_refused(store: Store, user: str) -> None:
    account = store.slice("Account", 0, 1)[0]["Id"]
    store.delete("Account", account, user_id=user)
    values = {"LastName": "x", "AccountId": account}
    assert refusal(store, "Contact", values).code == "ENTITY_IS_DELETED"


def test_a_required_field_cannot_be_emptied(store: Store, user: str) -> None:
    row = store.slice("Account", 0, 1)[0]
    with pytest.raises(StoreError) as caught:
        store.update("Account", row["Id"], {"Name": None}, user_id=user)
    assert caught.value.code == "REQUIRED_FIELD_MISSING"


@pytest.mark.parametrize("name", ["Organization", "AccountHistory", "CaseStatus"])
def test_some_objects_cannot_be_written(store: Store, name: str) -> None:
    error = refusal(store, name, {"Name": "x"})
    assert error.code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_users_are_deactivated_and_never_deleted(store: Store, user: str) -> None:
    with pytest.raises(StoreError) as caught:
        store.delete("User", user, user_id=user)
    assert caught.value.code == "DELETE_OPERATION_NOT_ALLOWED"


def test_a_field_hidden_from_a_user_cannot_be_written(store: Store, user: str) -> None:
    view = store.schema.for_user(frozenset({("Account", "Phone")}))
    with pytest.raises(StoreError) as caught:
        store.insert("Account", {"Name": "x", "Phone": "1"}, user_id=user, schema=view)
    assert caught.value.code == "INVALID_FIELD"


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


def test_updated_ids_count_both_ends_of_the_window(
    store: Store, user: str, clock: Clock
) -> None:
    rows = store.slice("Account", 0, 3)
    for row in rows:
        clock.pass_seconds(60)
        store.update("Account", row["Id"], {"Site": "x"}, user_id=user)
    start, end = "2026-06-01T12:01:00.000+0000", "2026-06-01T12:02:00.000+0000"
    assert store.updated_ids("Account", start, end) == [row["Id"] for row in rows[:2]]


def test_every_visible_change_moves_the_revision(store: Store, user: str) -> None:
    before = store.revision
    row = store.insert("Account", {"Name": "x"}, user_id=user)
    store.update("Account", row["Id"], {"Name": "y"}, user_id=user)
    store.delete("Account", row["Id"], user_id=user)
    assert store.revision == before + 3


def test_a_late_commit_shows_rows_older_than_their_visibility(
    store: Store, user: str, clock: Clock
) -> None:
    row = store.slice("Account", 5, 6)[0]
    with store.late_commit() as change:
        new = change.insert("Account", {"Name": "Late"}, user_id=user)
        change.update("Account", row["Id"], {"Name": "Late too"}, user_id=user)
        clock.pass_seconds(300)
        other = store.insert("Account", {"Name": "Meanwhile"}, user_id=user)
        assert store.get("Account", new["Id"]) is None
        assert store.count("Account") == 41
        assert store.slice("Account", 5, 6) == [row]
        assert change.get("Account", new["Id"]) == new
    late = store.get("Account", new["Id"])
    assert late is not None
    assert late["SystemModstamp"] == "2026-06-01T12:00:00.000+0000"
    assert late["SystemModstamp"] < other["SystemModstamp"]
    changed = store.get("Account", row["Id"])
    assert changed is not None
    assert changed["Name"] == "Late too"
    since = list(store.scan_range("Account", "SystemModstamp", other["SystemModstamp"]))
    assert since == [other]


def test_a_late_commit_keeps_what_others_changed_meanwhile(
    store: Store, user: str
) -> None:
    row = store.slice("Account", 5, 6)[0]
    with store.late_commit() as change:
        change.update("Account", row["Id"], {"Name": "Mine"}, user_id=user)
        store.update("Account", row["Id"], {"Phone": "theirs"}, user_id=user)
    after = store.slice("Account", 5, 6)[0]
    assert (after["Name"], after["Phone"]) == ("Mine", "theirs")


def test_a_failed_transaction_leaves_nothing(store: Store, user: str) -> None:
    before = list(store.scan("Account", include_deleted=True))

    def fail_at_last() -> None:
        with store.transaction() as change:
            change.insert("Account", {"Name": "x"}, user_id=user)
            change.delete("Account", before[0]["Id"], user_id=user)
            change.hard_delete("Account", before[1]["Id"])
            change.update("Account", "001junk", {"Name": "y"}, user_id=user)

    with pytest.raises(StoreError):
        fail_at_last()
    assert list(store.scan("Account", include_deleted=True)) == before


def test_rows_of_one_transaction_can_refer_to_each_other(
    store: Store, user: str
) -> None:
    with store.transaction() as change:
        account = change.insert("Account", {"Name": "x"}, user_id=user)["Id"]
        values = {"LastName": "y", "AccountId": account}
        contact = change.insert("Contact", values, user_id=user)["Id"]
    row = store.get("Contact", contact)
    assert row is not None
    assert row["AccountId"] == account


def test_atomic_changes_show_at_once_and_are_undone_together(
    store: Store, user: str
) -> None:
    before = list(store.scan("Account", include_deleted=True))
    deleted = store.deleted_ids("Account", "2000", "3000")

    def fail_at_last() -> None:
        with store.atomic():
            new = store.insert("Account", {"Name": "x"}, user_id=user)
            assert store.get("Account", new["Id"]) == new
            store.update("Account", before[0]["Id"], {"Name": "y"}, user_id=user)
            store.delete("Account", before[1]["Id"], user_id=user)
            with store.atomic():
                store.hard_delete("Account", before[2]["Id"])
            store.insert("Account", {}, user_id=user)

    with pytest.raises(StoreError):
        fail_at_last()
    assert list(store.scan("Account", include_deleted=True)) == before
    assert store.deleted_ids("Account", "2000", "3000") == deleted


def test_a_field_added_later_can_be_written_and_read(store: Store, user: str) -> None:
    store.schema.add_field("Account", text("Motto__c", "Motto", 50))
    store.schema.add_field("Account", check("Loud__c", "Loud"))
    row = store.slice("Account", 0, 1)[0]
    assert (row["Motto__c"], row["Loud__c"]) == (None, False)
    changed = store.update("Account", row["Id"], {"Motto__c": "Onward"}, user_id=user)
    assert changed["Motto__c"] == "Onward"


def test_a_removed_object_has_no_rows_to_give(store: Store) -> None:
    store.schema.remove_object("Shipment__c")
    with pytest.raises(StoreError) as caught:
        store.count("Shipment__c")
    assert caught.value.code == "INVALID_TYPE"


def test_an_org_can_be_set_up_past_all_checks(store: Store) -> None:
    row = next(store.scan("Organization"))
    store.overwrite("Organization", row["Id"], {"Name": "My org", "IsSandbox": True})
    assert next(store.scan("Organization")) == row | {
        "Name": "My org",
        "IsSandbox": True,
    }
    with pytest.raises(StoreError):
        store.overwrite("Organization", "00Dnothing", {})


def write_many(store: Store, user: str) -> None:
    for number in range(60):
        row = store.insert("Account", {"Name": f"n{number}"}, user_id=user)
        store.update("Account", row["Id"], {"Site": f"n{number}"}, user_id=user)
        if number % 3 == 0:
            store.delete("Account", row["Id"], user_id=user)


def is_torn(store: Store) -> bool:
    found = [row["Id"] for row in store.scan("Account", include_deleted=True)]
    ordered = store.scan_range("Account", "SystemModstamp")
    stamps = [(row["SystemModstamp"], row["Id"]) for row in ordered]
    return found != sorted(set(found)) or stamps != sorted(stamps)


def test_threads_that_read_and_write_at_once_see_whole_rows(store: Store) -> None:
    user = user_of(store)
    with ThreadPoolExecutor(max_workers=5) as pool:
        writers = [pool.submit(write_many, store, user) for _ in range(3)]
        while not all(writer.done() for writer in writers):
            readers = [pool.submit(is_torn, store) for _ in range(2)]
            assert not any(reader.result() for reader in readers)
        for writer in writers:
            writer.result()
    assert store.count("Account") == 40 + 3 * 40

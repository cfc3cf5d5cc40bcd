from __future__ import annotations

import base64
from typing import Any

import pytest

from salesforce_simulator.schema.kinds import check, text
from salesforce_simulator.store import Store, StoreError
from store.orgs import Clock, user_of


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
    values["Body"] = ""
    assert store.insert("Attachment", values, user_id=user)["Body"] == ""


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

from __future__ import annotations

from salesforce_simulator.schema import SObjectType, standard_schema

SCHEMA = standard_schema()


def sobject(name: str) -> SObjectType:
    one = SCHEMA.object(name)
    assert one is not None
    return one


def value(name: str, row: dict[str, object], field: str) -> object:
    one = sobject(name)
    return one.value(row, one.fields[field.lower()])


def test_an_address_is_put_together_from_its_parts() -> None:
    row = {"BillingCity": "Łódź", "BillingLatitude": 51.7, "BillingLongitude": 19.4}
    assert value("Account", row, "BillingAddress") == {
        "city": "Łódź",
        "country": None,
        "geocodeAccuracy": None,
        "latitude": 51.7,
        "longitude": 19.4,
        "postalCode": None,
        "state": None,
        "street": None,
    }


def test_an_address_without_any_part_is_null() -> None:
    assert value("Account", {"ShippingCity": "Łódź"}, "BillingAddress") is None


def test_the_address_of_a_lead_has_parts_without_a_prefix() -> None:
    address = value("Lead", {"Street": "A", "PostalCode": "1"}, "Address")
    assert isinstance(address, dict)
    assert (address["street"], address["postalCode"]) == ("A", "1")


def test_a_location_needs_both_of_its_parts() -> None:
    row = {"Position__Latitude__s": 1.5, "Position__Longitude__s": 2.5}
    assert value("Shipment__c", row, "Position__c") == {
        "latitude": 1.5,
        "longitude": 2.5,
    }
    row["Position__Longitude__s"] = None
    assert value("Shipment__c", row, "Position__c") is None


def test_a_formula_is_calculated_from_the_row() -> None:
    row = {"Amount": 200.0, "Probability": 25.0}
    assert value("Opportunity", row, "Weighted_Amount__c") == 50.0


def test_a_formula_over_nothing_or_zero_is_empty() -> None:
    assert value("Opportunity", {"Amount": None}, "Weighted_Amount__c") is None
    row = {"AnnualRevenue": 5.0, "NumberOfEmployees": 0}
    assert value("Account", row, "Revenue_per_Employee__c") is None


def test_a_value_that_was_never_stored_is_the_default() -> None:
    assert value("Account", {}, "Name") is None
    assert value("Contact", {}, "DoNotCall") is False
    assert value("Shipment__c", {}, "Delivered__c") is False


def test_hidden_parts_do_not_show_in_an_address() -> None:
    view = SCHEMA.for_user(frozenset({("Account", "BillingCity")}))
    account = view.object("Account")
    assert account is not None
    row = {"BillingCity": "secret", "BillingCountry": "Poland"}
    address = account.value(row, account.fields["billingaddress"])
    assert isinstance(address, dict)
    assert address["city"] is None

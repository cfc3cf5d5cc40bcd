from __future__ import annotations

import json
import time
from typing import Any

import pytest

from salesforce_simulator.schema import SObjectType, standard_schema

_RICH = """
Account Contact Opportunity Lead User Organization Case Task Event Campaign Product2
ContentVersion Attachment Shipment__c Parcel__c
"""
_TYPES = """
address base64 boolean combobox currency date datetime double email encryptedstring id
int location multipicklist percent phone picklist reference string textarea time url
"""
_FIELD_KEYS = """
aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula
cascadeDelete caseSensitive compoundFieldName controllerName createable custom
defaultValue defaultValueFormula defaultedOnCreate dependentPicklist deprecatedAndHidden
digits displayLocationInDecimal encrypted externalId extraTypeInfo filterable
filteredLookupInfo formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted
idLookup inlineHelpText label length mask maskType name nameField namePointing nillable
permissionable picklistValues polymorphicForeignKey precision queryByDistance
referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete
restrictedPicklist scale searchPrefilterable soapType sortable type unique updateable
writeRequiresMasterRead
"""
RICH = _RICH.split()
FIELD_KEYS = _FIELD_KEYS.split()
TEXT_OR_NULL = {
    "calculatedFormula",
    "compoundFieldName",
    "controllerName",
    "defaultValueFormula",
    "extraTypeInfo",
    "inlineHelpText",
    "mask",
    "maskType",
    "referenceTargetField",
    "relationshipName",
}
WHOLE = {"byteLength", "digits", "length", "precision", "scale"}
OTHER = {
    "defaultValue",
    "filteredLookupInfo",
    "picklistValues",
    "referenceTo",
    "relationshipOrder",
}
SCHEMA = standard_schema()


def described(name: str) -> dict[str, Any]:
    one = SCHEMA.object(name)
    assert one is not None
    return one.describe("/services/data/v66.0", host="example.my.salesforce.com")


def field(sobject: str, name: str) -> dict[str, Any]:
    return next(one for one in described(sobject)["fields"] if one["name"] == name)


@pytest.mark.parametrize("name", RICH)
def test_each_field_has_the_57_keys_in_order_and_of_the_right_types(name: str) -> None:
    assert len(FIELD_KEYS) == 57
    for one in described(name)["fields"]:
        assert list(one) == FIELD_KEYS
        for key, value in one.items():
            if key in TEXT_OR_NULL:
                assert value is None or isinstance(value, str), key
            elif key in WHOLE:
                assert type(value) is int, key
            elif key in {"label", "name", "soapType", "type"}:
                assert value, key
            elif key not in OTHER:
                assert isinstance(value, bool), key
        assert isinstance(one["picklistValues"], list)
        assert isinstance(one["referenceTo"], list)


def test_every_type_of_field_occurs() -> None:
    found = {one["type"] for name in RICH for one in described(name)["fields"]}
    assert found >= set(_TYPES.split())


@pytest.mark.parametrize(
    ("kind", "soap"),
    [
        ("id", "tns:ID"),
        ("reference", "tns:ID"),
        ("string", "xsd:string"),
        ("multipicklist", "xsd:string"),
        ("boolean", "xsd:boolean"),
        ("int", "xsd:int"),
        ("currency", "xsd:double"),
        ("percent", "xsd:double"),
        ("date", "xsd:date"),
        ("datetime", "xsd:dateTime"),
        ("time", "xsd:time"),
        ("address", "urn:address"),
        ("location", "urn:location"),
        ("base64", "xsd:base64Binary"),
    ],
)
def test_a_type_goes_with_its_soap_type(kind: str, soap: str) -> None:
    found = {
        one["soapType"]
        for name in RICH
        for one in described(name)["fields"]
        if one["type"] == kind
    }
    assert found == {soap}


def test_text_takes_three_bytes_a_character_and_ids_one() -> None:
    assert field("Account", "Name")["byteLength"] == 765
    assert field("Account", "Id")["byteLength"] == 18
    assert field("Account", "AnnualRevenue")["byteLength"] == 0


def test_a_lookup_to_several_objects_is_polymorphic() -> None:
    who = field("Task", "WhoId")
    assert who["referenceTo"] == ["Contact", "Lead"]
    assert who["relationshipName"] == "Who"
    assert who["namePointing"]
    assert who["polymorphicForeignKey"]
    assert not field("Contact", "AccountId")["polymorphicForeignKey"]


def test_the_parts_of_an_address_name_their_compound() -> None:
    assert field("Account", "BillingStreet")["compoundFieldName"] == "BillingAddress"
    assert field("Contact", "FirstName")["compoundFieldName"] == "Name"
    whole = field("Account", "BillingAddress")
    assert (whole["type"], whole["createable"], whole["queryByDistance"]) == (
        "address",
        False,
        True,
    )


def test_a_formula_is_calculated_and_cannot_be_written() -> None:
    one = field("Opportunity", "Weighted_Amount__c")
    assert one["calculated"]
    assert one["calculatedFormula"]
    assert not one["createable"]
    assert not one["updateable"]


def test_a_detail_lives_and_dies_with_its_master() -> None:
    link = field("Parcel__c", "Shipment__c")
    assert link["cascadeDelete"]
    assert not link["nillable"]
    assert link["relationshipOrder"] == 0
    assert link["relationshipName"] == "Shipment__r"
    child = next(
        one
        for one in described("Shipment__c")["childRelationships"]
        if one["childSObject"] == "Parcel__c"
    )
    assert child["relationshipName"] == "Parcels__r"
    assert child["cascadeDelete"]


def test_what_must_be_given_or_follows_from_the_org_is_told_by_describe() -> None:
    assert not field("Contact", "LastName")["nillable"]
    assert field("Contact", "OwnerId")["defaultedOnCreate"]
    assert field("Account", "ERP_Number__c")["externalId"]
    assert field("Account", "ERP_Number__c")["unique"]
    assert field("Shipment__c", "Name")["autoNumber"]


@pytest.mark.parametrize("name", ["Account", "Organization", "Shipment__c", "Topic"])
def test_a_describe_has_its_keys_in_alphabetical_order(name: str) -> None:
    result = described(name)
    assert list(result) == sorted(result)
    assert {"actionOverrides", "childRelationships", "sobjectDescribeOption"} <= set(
        result
    )
    assert json.loads(json.dumps(result)) == result


def test_a_page_of_an_object_is_on_the_host_of_the_org() -> None:
    urls = described("Account")["urls"]
    assert urls["uiNewRecord"] == "https://example.my.salesforce.com/001/e"
    assert urls["sobject"] == "/services/data/v66.0/sobjects/Account"
    assert "uiNewRecord" not in described("Organization")["urls"]


def test_describe_global_lists_hundreds_of_objects_each_with_the_same_keys() -> None:
    entries = [one.global_entry("/services/data/v66.0") for one in SCHEMA.objects()]
    names = [entry["name"] for entry in entries]
    assert len(names) > 500
    assert len({name.lower() for name in names}) == len(names)
    assert {len(entry) for entry in entries} == {28}
    assert {"AccountHistory", "AccountShare", "CaseStatus", "Profile"} <= set(names)
    prefixes = {entry["name"]: entry["keyPrefix"] for entry in entries}
    assert prefixes["Case"] == "500"
    assert prefixes["AccountHistory"] is None


def test_describe_global_is_quick_to_write() -> None:
    objects = SCHEMA.objects()
    [one.global_entry("/services/data/v66.0") for one in objects]
    started = time.perf_counter()
    text = json.dumps([one.global_entry("/services/data/v65.0") for one in objects])
    assert time.perf_counter() - started < 0.5
    assert len(text) > 200_000


def test_objects_beside_another_name_their_parent() -> None:
    history = SCHEMA.object("AccountHistory")
    assert history is not None
    assert (
        history.global_entry("/services/data/v66.0")["associateParentEntity"]
        == "Account"
    )
    assert history.fields["accountid"].reference_to == ("Account",)
    assert history.fields["oldvalue"].type == "anyType"


@pytest.mark.parametrize("name", ["CaseStatus", "Attachment", "RecentlyViewed"])
def test_some_objects_are_not_for_the_bulk_api(name: str) -> None:
    one = SCHEMA.object(name)
    assert isinstance(one, SObjectType)
    assert not one.bulk_supported


def test_a_note_is_written_and_found_by_the_type_of_its_parent(client):
    lead = client.post("/sobjects/Lead", {"LastName": "x", "Company": "y"}).json()["id"]
    note = {"ParentId": lead, "Title": "A note", "Body": "Its text"}
    made = client.post("/sobjects/Note", note).json()["id"]
    soql = "SELECT Id, Title, Parent.Type FROM Note WHERE Parent.Type = 'Lead'"
    (found,) = client.query(soql)["records"]
    assert (found["Id"], found["Parent"]["Type"]) == (made, "Lead")
    described = client.get("/sobjects/Note/describe").json()
    assert described["keyPrefix"] == "002"
    children = client.get("/sobjects/Lead/describe").json()["childRelationships"]
    assert "Notes" in [one["relationshipName"] for one in children]

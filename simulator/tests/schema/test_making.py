from __future__ import annotations

import pytest
from store.orgs import Clock

from salesforce_simulator.schema import (
    Field,
    make_field,
    make_fields,
    make_object,
    standard_schema,
)
from salesforce_simulator.schema.making import TYPES
from salesforce_simulator.store import Store


@pytest.mark.parametrize("kind", TYPES)
def test_a_field_of_every_type_can_be_made_and_described(kind: str) -> None:
    fields = make_fields("Gate_Code__c", kind)
    assert all(len(one.describe()) == 57 for one in fields)
    assert fields[-1].label == "Gate Code"
    assert fields[-1].type == {"richtextarea": "textarea"}.get(kind, kind)


def test_picklists_and_lookups_are_made_from_plain_names() -> None:
    colour = make_field("Colour__c", "picklist", picklist=["Red", "Blue"])
    assert colour.picklist_values == {"Red", "Blue"}
    site = make_field("Site__c", "reference", reference_to="Account")
    assert (site.reference_to, site.relationship_name) == (("Account",), "Site__r")


def test_long_text_cannot_be_filtered() -> None:
    assert make_field("Notes__c", "textarea").filterable
    assert not make_field("Notes__c", "textarea", length=32_000).filterable


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [("colour", {}, "there is no field type"), ("string", {"size": 3}, "size")],
)
def test_what_cannot_be_made_is_told(
    kind: str, more: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        make_field("X__c", kind, **more)


def test_a_field_with_a_formula_is_read_only() -> None:
    twice = make_field(
        "Twice__c",
        "double",
        formula="Speed__c * 2",
        compute=lambda row: row["Speed__c"] * 2,
    ).describe()
    assert twice["calculated"]
    assert twice["calculatedFormula"] == "Speed__c * 2"
    assert not twice["createable"]
    assert not twice["updateable"]
    assert make_field("Empty__c", "string", formula="Name").describe()["calculated"]


def test_a_new_object_can_hold_records_at_once() -> None:
    clock = Clock()
    schema = standard_schema(clock=clock)
    store = Store(schema, seed=1, clock=clock)
    user = next(store.scan("User"))["Id"]
    fields: list[Field] = [make_field("Speed__c", "double", scale=1)]
    schema.add_object(make_object(schema, "Machine__c", fields=fields))
    schema.add_object(make_object(schema, "Tool__c"))
    machine, tool = schema.object("Machine__c"), schema.object("Tool__c")
    assert machine is not None
    assert tool is not None
    assert machine.key_prefix != tool.key_prefix
    row = store.insert("Machine__c", {"Name": "Press", "Speed__c": 1.25}, user_id=user)
    assert row["Id"].startswith(machine.key_prefix or "?")
    assert row["Speed__c"] == 1.2
    assert list(store.scan("machine__c")) == [row]


def test_a_custom_address_names_its_parts_as_orgs_do() -> None:
    fields = make_fields("Site__c", "address")
    assert [one.name for one in fields][:3] == [
        "Site__Street__s",
        "Site__City__s",
        "Site__PostalCode__s",
    ]
    one = make_object(standard_schema(), "Depot__c", fields=fields)
    row = {"Site__PostalCode__s": "20095", "Site__CountryCode__s": "DE"}
    address = one.value(row, fields[-1])
    assert isinstance(address, dict)
    assert address["postalCode"] == "20095"
    assert address["countryCode"] == "DE"
    assert {"geocodeAccuracy", "stateCode", "state"} <= address.keys()

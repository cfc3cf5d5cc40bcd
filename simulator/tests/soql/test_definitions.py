"""EntityDefinition and FieldDefinition tell what the schema says."""

from __future__ import annotations


def test_objects_are_found_by_name(client):
    soql = (
        "SELECT DurableId, Label, KeyPrefix, IsQueryable FROM EntityDefinition"
        " WHERE QualifiedApiName = 'Account'"
    )
    (found,) = client.query(soql)["records"]
    assert found["attributes"]["type"] == "EntityDefinition"
    assert [found[n] for n in ("DurableId", "Label", "KeyPrefix", "IsQueryable")] == [
        "Account",
        "Account",
        "001",
        True,
    ]


def test_fields_are_found_by_their_object(client):
    soql = (
        "SELECT QualifiedApiName, DataType, EntityDefinition.Label FROM FieldDefinition"
        " WHERE EntityDefinition.QualifiedApiName = 'Account'"
    )
    found = {row["QualifiedApiName"]: row for row in client.query(soql)["records"]}
    described = client.get("/sobjects/Account/describe").json()["fields"]
    assert set(found) == {field["name"] for field in described}
    assert found["Name"]["DataType"] == "Text(255)"
    assert found["OwnerId"]["DataType"] == "Lookup(User)"
    assert found["AnnualRevenue"]["EntityDefinition"]["Label"] == "Account"
    by_id = "SELECT Id FROM FieldDefinition WHERE EntityDefinitionId = 'Account'"
    assert client.query(by_id)["totalSize"] == len(found)


def test_an_object_lists_its_fields(client):
    soql = (
        "SELECT QualifiedApiName, (SELECT QualifiedApiName FROM Fields)"
        " FROM EntityDefinition WHERE QualifiedApiName IN ('Topic', 'Note')"
    )
    rows = client.query(soql)["records"]
    sizes = {row["QualifiedApiName"]: row["Fields"]["totalSize"] for row in rows}
    for name, size in sizes.items():
        fields = client.get(f"/sobjects/{name}/describe").json()["fields"]
        assert size == len(fields)
    assert set(sizes) == {"Topic", "Note"}


def test_an_object_made_at_run_time_is_listed(client):
    count = "SELECT COUNT() FROM EntityDefinition"
    before = client.query(count)["totalSize"]
    client.org.records.add_object("Late__c")
    assert client.query(count)["totalSize"] == before + 1
    asked = f"{count} WHERE QualifiedApiName = 'Late__c'"
    assert client.query(asked)["totalSize"] == 1

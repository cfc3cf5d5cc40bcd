"""The Tooling API: other objects and rows beside the data API's, for reading alone."""

from __future__ import annotations

import pytest
from shapes import OBJECT, all_of, problems
from visitor import V, rest_error

TOOLING = f"{V}/tooling"


def ask(client, soql):
    answer = client.get(f"{TOOLING}/query", params={"q": soql})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(client, soql, path=TOOLING):
    answer = client.get(f"{path}/query", params={"q": soql})
    return (*rest_error(answer), answer.json()[0]["message"])


def test_its_objects_are_named_and_described(client):
    body = client.get(f"{TOOLING}/sobjects").json()
    assert problems(body["sobjects"], [OBJECT]) == []
    names = {one["name"] for one in body["sobjects"]}
    assert {"ApexClass", "CustomField", "Layout", "TraceFlag", "User"} <= names
    assert "Account" not in names
    assert not any(one["createable"] for one in body["sobjects"])
    described = client.get(f"{TOOLING}/sobjects/ApexClass/describe").json()
    types = {field["name"]: field["type"] for field in described["fields"]}
    assert (types["SymbolTable"], types["Name"]) == ("complexvalue", "string")
    assert described["urls"]["describe"] == f"{TOOLING}/sobjects/ApexClass/describe"
    plain = client.get("/sobjects/ApexClass/describe").json()
    assert "SymbolTable" not in {field["name"] for field in plain["fields"]}
    assert rest_error(client.get("/sobjects/TraceFlag/describe")) == (404, "NOT_FOUND")
    resources = client.get(TOOLING).json()
    assert resources["sobjects"] == f"{TOOLING}/sobjects"


def test_an_answer_has_the_keys_of_the_tooling_api(client):
    body = ask(client, "SELECT Id, DeveloperName FROM CustomObject")
    shape = {
        **all_of("size totalSize", "whole"),
        "done": "flag",
        "queryLocator": "text?",
        "entityTypeName": "text",
        "records": "list",
    }
    assert problems(body, shape) == []
    assert (body["size"], body["queryLocator"]) == (2, None)
    assert body["entityTypeName"] == "CustomEntityDefinition"
    one = next(r for r in body["records"] if r["DeveloperName"] == "Shipment")
    address = f"{TOOLING}/sobjects/CustomObject/{one['Id']}"
    assert one["attributes"] == {"type": "CustomObject", "url": address}
    assert client.get(address).json()["ManageableState"] == "unmanaged"
    fields = ask(
        client,
        f"SELECT DeveloperName FROM CustomField WHERE TableEnumOrId = '{one['Id']}'",
    )
    names = {row["DeveloperName"] for row in fields["records"]}
    assert {"Tracking_Number", "Total"} <= names


def test_custom_fields_come_and_go_with_the_schema(client):
    soql = "SELECT Id FROM CustomField WHERE DeveloperName = 'Late'"
    assert ask(client, soql)["totalSize"] == 0
    client.org.records.add_field("Account", "Late__c", external_id=True)
    [row] = ask(client, soql)["records"]
    body = client.get(row["attributes"]["url"]).json()
    assert body["FullName"] == "Account.Late__c"
    assert body["Metadata"]["externalId"] is True
    client.org.user.hide("Account.Late__c")
    assert ask(client, soql)["totalSize"] == 1


def test_layouts_have_the_ids_that_layouts_are_described_with(client):
    soql = "SELECT Id, Name FROM Layout WHERE EntityDefinitionId = 'Account'"
    [row] = ask(client, soql)["records"]
    [layout] = client.get("/sobjects/Account/describe/layouts").json()["layouts"]
    assert (row["Id"], row["Name"]) == (layout["id"], "Account Layout")


def test_shared_objects_show_the_rows_of_the_org(client):
    people = ask(client, "SELECT Id, Name, Profile.Name FROM User ORDER BY Id LIMIT 3")
    plain = client.query("SELECT Id, Name FROM User ORDER BY Id LIMIT 3")
    assert [r["Id"] for r in people["records"]] == [r["Id"] for r in plain["records"]]
    assert people["records"][0]["Profile"]["Name"]


def test_a_value_with_parts_is_sent_as_it_is(client):
    [row] = ask(client, "SELECT Id, IsActive, Metadata FROM RemoteProxy")["records"]
    assert row["Metadata"].keys() == {
        *("description", "disableProtocolSecurity", "isActive", "url", "urls")
    }
    told = refused(client, "SELECT Id, FullName FROM CustomField")
    assert told[:2] == (400, "MALFORMED_QUERY")
    assert "must specify no more than one row for retrieval" in told[2]


def test_further_pages(client):
    client.org.page_size = 20
    body = ask(client, "SELECT Id FROM CustomField")
    assert (body["size"], body["done"]) == (20, False)
    assert body["nextRecordsUrl"] == f"{TOOLING}/query/{body['queryLocator']}"
    ids = [row["Id"] for row in body["records"]]
    while not body["done"]:
        body = client.get(body["nextRecordsUrl"]).json()
        ids += [row["Id"] for row in body["records"]]
    assert len(set(ids)) == body["totalSize"] == len(ids)


def test_several_questions_in_one(client):
    soql = "SELECT+Id+FROM+RemoteProxy"
    asked = {"method": "GET", "url": f"{TOOLING}/query?q={soql}", "referenceId": "r"}
    body = client.post(f"{TOOLING}/composite", {"compositeRequest": [asked]}).json()
    [one] = body["compositeResponse"]
    assert (one["httpStatusCode"], one["body"]["entityTypeName"]) == (
        200,
        "RemoteProxy",
    )
    found = ask(client, "SELECT QualifiedApiName FROM EntityDefinition LIMIT 2")
    assert len(found["records"]) == 2


def test_what_it_does_not_know(client):
    assert refused(client, "SELECT Id FROM Account") == (
        400,
        "INVALID_TYPE",
        "sObject type 'Account' is not supported.",
    )
    assert refused(client, "SELECT Nope FROM ApexClass")[1] == "INVALID_FIELD"
    assert refused(client, "SELECT Id, SymbolTable FROM ApexClass", V)[1] == (
        "INVALID_FIELD"
    )
    for path in ("/nothing", "/limits", "/sobjects/Account/describe", "/jobs/query"):
        assert rest_error(client.get(TOOLING + path)) == (404, "NOT_FOUND"), path
    columns = client.get(
        f"{TOOLING}/query",
        params={"q": "SELECT Id, Name FROM ApexClass", "columns": "true"},
    ).json()
    assert [one["columnName"] for one in columns["columnMetadata"]] == ["Id", "Name"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/executeAnonymous?anonymousBody=System.debug(1);"),
        ("POST", "/runTestsAsynchronous/"),
        ("POST", "/runTestsSynchronous/"),
    ],
)
def test_no_code_is_run(client, method, path):
    answer = client.call(method, TOOLING + path, json={})
    assert rest_error(answer) == (403, "INSUFFICIENT_ACCESS")


def test_nothing_is_changed(client):
    [row] = ask(client, "SELECT Id FROM RemoteProxy")["records"]
    address = row["attributes"]["url"]
    made = client.post(f"{TOOLING}/sobjects/TraceFlag", {"LogType": "USER_DEBUG"})
    assert rest_error(made) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    changed = client.patch(address, {"IsActive": False})
    assert rest_error(changed) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    gone = client.delete(address)
    assert rest_error(gone) == (400, "DELETE_OPERATION_NOT_ALLOWED")
    user = client.delete(f"{TOOLING}/sobjects/User/{client.org.user.id}")
    assert rest_error(user) == (400, "DELETE_OPERATION_NOT_ALLOWED")
    for kind in ("apex", "visualforce"):
        answer = client.get(f"{TOOLING}/completions?type={kind}").json()
        assert list(answer.values()) == [{}]
    assert client.get(f"{TOOLING}/completions").status_code == 400

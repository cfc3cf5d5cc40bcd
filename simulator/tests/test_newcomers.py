"""What somebody meets who brings data and objects of their own."""

from __future__ import annotations

import requests
from visitor import Visitor, rest_error

from salesforce_simulator.testing.orgs import org_process

SETUP = {"Organization", "User", "Profile"}


def test_an_empty_org_holds_what_is_named_and_nobody_elses_rows(salesforce_orgs):
    org = salesforce_orgs("Bare", empty=True, records={"Account": 3})
    counts = {name: count for name, count in org.record_counts().items() if count}
    assert set(counts) == SETUP | {"Account"}
    assert (counts["Account"], counts["User"]) == (3, 1)
    client = Visitor(org).enter()
    made = client.post("/sobjects/Contact", {"LastName": "First"}).json()
    assert made["success"] is True
    assert client.query("SELECT COUNT() FROM Contact")["totalSize"] == 1
    assert (
        client.get("/queryAll", params={"q": "SELECT Id FROM Lead"}).json()["records"]
        == []
    )


def test_no_row_of_an_empty_org_points_to_nothing(salesforce_orgs):
    org = salesforce_orgs(
        "Bare", empty=True, records={"Account": 9, "Contact": 9, "Task": 9}
    )
    store, schema = org.records.store, org.records.schema
    for name in ("Account", "Contact", "Task", "User"):
        one = schema.object(name)
        lookups = [field for field in one.fields.values() if field.reference_to]
        for row in store.scan(name):
            for field in lookups:
                key = row.get(field.name)
                known = filter(schema.object, field.reference_to)
                assert not key or any(store.get(to, key) for to in known), field.name


def test_the_command_line_knows_it_too():
    with org_process("--empty", "--records", "Lead=2") as ready:
        status = requests.get(ready["base_url"] + "/__simulator__/", timeout=10)
        records = status.json()["records"]
    assert set(records) == SETUP | {"Lead"}
    assert records["Lead"] == 2


def test_more_users_than_the_org_started_with_can_be_added(salesforce_orgs):
    org = salesforce_orgs("Bare", empty=True)
    user = org.users.add("bob.builder@example.com")
    found = (
        Visitor(org).enter().query("SELECT Id, Name, UserType FROM User ORDER BY Id")
    )
    assert [one["Id"] for one in found["records"]] == [org.user.id, user.id]
    assert found["records"][1]["Name"] == "Bob Builder"
    assert found["records"][1]["UserType"] == "Standard"


def test_names_of_an_object_made_at_run_time_can_be_counted(client):
    org = client.org
    org.records.add_object("Ticket__c", number_format="T-{0000}")
    first = client.post("/sobjects/Ticket__c", {}).json()["id"]
    client.post("/sobjects/Ticket__c", {})
    names = client.query("SELECT Name FROM Ticket__c ORDER BY Id")["records"]
    assert [one["Name"] for one in names] == ["T-0001", "T-0002"]
    field = org.records.schema.object("Ticket__c").field("Name").describe()
    assert (field["autoNumber"], field["createable"]) == (True, False)
    given = client.patch(f"/sobjects/Ticket__c/{first}", {"Name": "mine"})
    assert rest_error(given) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_such_an_object_comes_by_http_and_tasks_may_be_about_it(client):
    body = {"sobject": "Ticket__c", "number_format": "{000}"}
    made = client.post("/__simulator__/actions/add_object", body)
    assert made.status_code == 200
    key = client.post("/sobjects/Ticket__c", {}).json()["id"]
    task = client.post("/sobjects/Task", {"Subject": "Look", "WhatId": key})
    assert task.status_code == 201, task.text
    (found,) = client.query(
        f"SELECT What.Name, What.Type FROM Task WHERE WhatId = '{key}'"
    )["records"]
    assert (found["What"]["Name"], found["What"]["Type"]) == ("001", "Ticket__c")
    described = client.get("/sobjects/Task/describe").json()["fields"]
    (what,) = [field for field in described if field["name"] == "WhatId"]
    assert "Ticket__c" in what["referenceTo"]


def test_no_two_objects_are_alike_without_their_suffix(salesforce_org):
    names = [one.name for one in salesforce_org.records.schema.objects()]
    bare = [name.removesuffix("__c").lower() for name in names]
    twice = {name for name in bare if bare.count(name) > 1}
    assert twice == set()

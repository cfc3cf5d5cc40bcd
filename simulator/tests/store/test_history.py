"""Histories are written for the fields that are tracked, and stages always."""

from __future__ import annotations

import pytest


@pytest.fixture
def account(client) -> str:
    client.org.records.track("Account", "Phone", "OwnerId", "Description")
    return str(client.post("/sobjects/Account", {"Name": "a"}).json()["id"])


def history(client, account: str):
    fields = "Field, DataType, OldValue, NewValue, CreatedById"
    soql = f"SELECT {fields} FROM AccountHistory WHERE AccountId = '{account}'"
    rows = client.query(soql)["records"]
    assert {row["CreatedById"] for row in rows} == {client.org.user.id}
    return {
        (row["Field"], row["DataType"], row["OldValue"], row["NewValue"])
        for row in rows
    }


def test_tracked_fields_leave_a_history(client, account):
    other = client.org.users.add("zoe.zimt@example.com")
    changes = {"Phone": "1", "OwnerId": other.id, "Site": "s", "Description": "d"}
    assert client.patch(f"/sobjects/Account/{account}", changes).status_code == 204
    assert history(client, account) == {
        ("created", "Text", None, None),
        ("Phone", "Phone", None, "1"),
        ("Description", "Text", None, None),
        ("Owner", "Text", client.org.user.name, other.name),
        ("Owner", "EntityId", client.org.user.id, other.id),
    }
    described = client.get("/sobjects/AccountHistory/describe").json()["fields"]
    entries = next(one for one in described if one["name"] == "Field")
    names = {entry["value"] for entry in entries["picklistValues"]}
    assert {name for name, *_ in history(client, account)} <= names
    (row,) = client.query(
        f"SELECT (SELECT Field FROM Histories) FROM Account WHERE Id = '{account}'"
    )["records"]
    assert row["Histories"]["totalSize"] == 5


def test_a_history_is_deleted_with_its_record(client, account):
    client.delete(f"/sobjects/Account/{account}")
    soql = f"SELECT COUNT() FROM AccountHistory WHERE AccountId = '{account}'"
    assert client.query(soql)["totalSize"] == 0


def test_what_has_no_history_cannot_be_tracked(client):
    with pytest.raises(ValueError, match="Task has no history"):
        client.org.records.track("Task", "Subject")
    with pytest.raises(ValueError, match="Account has no field Nope"):
        client.org.records.track("Account", "Nope")


def test_stages_of_opportunities_are_kept(client):
    values = {"Name": "o", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
    deal = client.post("/sobjects/Opportunity", {**values, "Amount": 5}).json()["id"]
    path = f"/sobjects/Opportunity/{deal}"
    client.patch(path, {"Description": "nothing of it"})
    client.patch(path, {"Amount": 7, "StageName": "Closed Won"})
    soql = (
        "SELECT Id, StageName, Amount, PrevAmount, Probability FROM OpportunityHistory"
        f" WHERE OpportunityId = '{deal}' ORDER BY Id"
    )
    first, last = client.query(soql)["records"]
    assert [first[n] for n in ("StageName", "Amount", "PrevAmount")] == [
        "Prospecting",
        5,
        None,
    ]
    assert [last[n] for n in ("StageName", "Amount", "PrevAmount", "Probability")] == [
        "Closed Won",
        7,
        5,
        100,
    ]
    row = client.get(path).json()
    assert row["LastAmountChangedHistoryId"] == last["Id"]
    assert row["LastCloseDateChangedHistoryId"] is None

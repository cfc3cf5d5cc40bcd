"""``columns=true``: what a statement would show, as the Salesforce CLI asks for it."""

from __future__ import annotations

import pytest
from visitor import rest_error


def asked(client, soql):
    answer = client.get("/query", params={"q": soql, "columns": "true"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def flat(headings, prefix=""):
    """The paths of all columns, in their order."""
    for one in headings:
        path = prefix + one["columnName"]
        if one["joinColumns"]:
            yield from flat(one["joinColumns"], f"{path}.")
        else:
            yield path


def test_a_column_tells_its_type_and_its_rights(client):
    body = asked(client, "select id, name, annualrevenue from account")
    assert {k: v for k, v in body.items() if k != "columnMetadata"} == {
        "entityName": "Account",
        "groupBy": False,
        "idSelected": True,
        "keyPrefix": "001",
    }
    first, second, third = body["columnMetadata"]
    assert first == {
        "aggregate": False,
        "apexType": "Id",
        "booleanType": False,
        "columnName": "Id",
        "custom": False,
        "displayName": "Id",
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
    assert (second["columnName"], second["textType"], second["insertable"]) == (
        "Name",
        True,
        True,
    )
    assert (third["apexType"], third["numberType"]) == ("Decimal", True)


def test_parents_and_children_stand_in_join_columns_under_canonical_names(client):
    body = asked(
        client,
        "SELECT owner.name, OWNER.EMAIL, parent.owner.username, "
        "(select lastname, ACCOUNT.name from contacts) FROM account",
    )
    headings = body["columnMetadata"]
    assert list(flat(headings)) == [
        "Owner.Name",
        "Owner.Email",
        "Parent.Owner.Username",
        "Contacts.LastName",
        "Contacts.Account.Name",
    ]
    owner, parent, contacts = headings
    assert (owner["foreignKeyName"], owner["aggregate"]) == ("OwnerId", False)
    assert parent["joinColumns"][0]["foreignKeyName"] == "OwnerId"
    assert (contacts["aggregate"], contacts["foreignKeyName"]) == (True, None)


def test_aggregates_are_shown_as_they_are_called(client):
    body = asked(
        client,
        "SELECT leadsource, COUNT(id), MAX(amount) most FROM opportunity "
        "GROUP BY leadsource",
    )
    assert body["groupBy"] is True
    told = [
        (h["columnName"], h["displayName"], h["aggregate"], h["numberType"])
        for h in body["columnMetadata"]
    ]
    assert told == [
        ("LeadSource", "LeadSource", False, False),
        ("expr0", "count(Id)", True, True),
        ("most", "most", True, True),
    ]


def test_a_bare_count_has_no_columns(client):
    assert asked(client, "SELECT COUNT() FROM Lead")["columnMetadata"] == []


def test_typeof_and_fields_are_spread_out(client):
    typeof = asked(
        client,
        "SELECT TYPEOF What WHEN Account THEN Phone WHEN Case THEN Subject "
        "ELSE Name END FROM Task",
    )
    assert list(flat(typeof["columnMetadata"])) == [
        "What.Phone",
        "What.Subject",
        "What.Name",
    ]
    fields = asked(client, "SELECT FIELDS(CUSTOM) FROM Account LIMIT 3")
    assert all(one["custom"] for one in fields["columnMetadata"])


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY"),
        ("SELECT (SELECT Nope FROM Contacts) FROM Account", "INVALID_FIELD"),
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE " + "(" * 5000, "QUERY_TOO_COMPLICATED"),
    ],
)
def test_errors_are_those_of_the_query_itself(client, soql, code):
    params = {"q": soql, "columns": "true"}
    answer = client.get("/query", params=params)
    assert rest_error(answer) == (400, code)
    assert answer.json() == client.get("/query", params={"q": soql}).json()

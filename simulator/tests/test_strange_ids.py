"""Ids that never were: one refusal, wherever they are named."""

from __future__ import annotations

import pytest
from visitor import rest_error

from salesforce_simulator import ids

NEVER = [
    {
        "message": "invalid cross reference id",
        "errorCode": "INVALID_CROSS_REFERENCE_KEY",
        "fields": [],
    }
]


@pytest.mark.parametrize("number", [99, 10**9])
def test_an_id_that_never_was_is_refused_alike_everywhere(client, number):
    key = client.query("SELECT Id FROM Account LIMIT 1")["records"][0]["Id"]
    key = ids.make("001", number, instance=key[3:6] if number == 99 else "0ZZ")
    paths = (f"/sobjects/Account/{key}", f"/sobjects/Account/Id/{key}")
    for answer in (
        client.patch(paths[0], {"Name": "x"}),
        client.delete(paths[0]),
        client.patch(paths[1], {"Name": "x"}),
    ):
        assert (answer.status_code, answer.json()) == (404, NEVER)
    told = [{"statusCode": NEVER[0]["errorCode"], "message": NEVER[0]["message"]}]
    records = [{"attributes": {"type": "Account"}, "Id": key, "Name": "x"}]
    for answer in (
        client.patch("/composite/sobjects", {"records": records}),
        client.delete(f"/composite/sobjects?ids={key}"),
    ):
        (result,) = answer.json()
        assert result == {"success": False, "errors": [{**told[0], "fields": []}]}


def test_a_lookup_to_an_id_that_never_was_names_its_field(client):
    values = {"LastName": "x", "AccountId": ids.make("001", 10**9, instance="0ZZ")}
    answer = client.post("/sobjects/Contact", values)
    assert rest_error(answer) == (400, "INVALID_CROSS_REFERENCE_KEY")
    assert answer.json()[0]["fields"] == ["AccountId"]

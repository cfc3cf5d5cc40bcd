"""An unmodified jsforce believes that the pretend org is Salesforce."""

from __future__ import annotations

import jsforce_at_work
import pytest

from salesforce_simulator.testing.orgs import org_factory


@pytest.fixture(scope="module")
def seen():
    """What jsforce saw on its journey."""
    with org_factory() as start:
        org = start("Acme", records={"Account": 4100, "Contact": 300})
        org.records.add_field("Account", "Key__c", external_id=True)
        body = jsforce_at_work.run("journey.mjs", org)
        body["org"] = {
            "base_url": org.base_url,
            "user": org.user.id,
            "id": org.org_id,
        }
        return body


def test_it_logs_in_by_client_credentials(seen):
    assert seen["instance"] == seen["org"]["base_url"]
    assert seen["user"]["id"] == seen["org"]["user"]
    assert seen["user"]["organizationId"] == seen["org"]["id"]


def test_it_describes(seen):
    assert {"Account", "Contact", "Lead", "Opportunity"} <= set(seen["objects"])
    assert seen["fieldKeys"] == [57]
    assert seen["nameField"] == "string"


def test_it_reads_all_pages(seen):
    assert seen["pages"] == [2000, 2000, 100]
    assert seen["queried"] == {"total": 4100, "distinct": 4100}


def test_it_sees_salesforces_errors(seen):
    assert seen["badQuery"]["code"] == "INVALID_FIELD"
    assert "No such column 'Nope'" in seen["badQuery"]["message"]


def test_it_creates_reads_changes_and_deletes(seen):
    crud = seen["crud"]
    assert crud["made"]["success"] is True
    assert crud["name"] == "Zoë's “Shop”"
    assert crud["phones"] == ["1", "2"]
    assert crud["gone"]["code"] == "NOT_FOUND"


def test_it_upserts(seen):
    assert seen["upsert"] == {"created": [True, False], "same": True, "name": "Two"}


def test_it_uses_collections(seen):
    assert seen["collections"] == {
        "success": [True, False, True],
        "code": "REQUIRED_FIELD_MISSING",
        "names": ["C1", "C2"],
    }


def test_it_uses_composite(seen):
    items = seen["composite"]["compositeResponse"]
    assert [item["httpStatusCode"] for item in items] == [201, 200]
    assert items[1]["body"]["Name"] == "Composite"


def test_it_queries_in_bulk(seen):
    assert seen["bulkQuery"] == {"rows": 300, "keys": ["Id", "Name"]}


def test_it_loads_in_bulk(seen):
    load = seen["bulkLoad"]
    assert load["done"] == ["true", "true"]
    assert len(load["failed"]) == 1
    assert load["failed"][0].startswith("REQUIRED_FIELD_MISSING")
    assert load["stored"] == [
        ['Bulk "A"', "two\nlines"],
        ["Bulk B", "comma, semicolon;"],
    ]


def test_it_loads_and_exports_by_bulk_api_1(seen):
    batches = dict(seen["batches"])
    last = batches.pop("last")
    assert (last["id"], last["success"]) == (None, False)
    assert last["errors"][0].startswith("REQUIRED_FIELD_MISSING")
    assert batches.pop("empty")["code"] == "ClientInputError"
    assert "INVALID_FIELD" in batches.pop("badQuery")["message"]
    assert batches.pop("stranger")["code"] == "InvalidSessionId"
    assert batches == {
        "inserted": 200,
        "changed": 200,
        "emptied": 200,
        "exported": 300,
        "destroyed": 200,
        "upserted": [True, False],
        "renewed": True,
        "refreshed": 1,
    }


def test_it_handles_jobs_by_hand(seen):
    assert seen["job"]["state"] in {"Queued", "InProgress", "Completed"}
    assert {k: v for k, v in seen["job"].items() if k != "state"} == {
        "opened": "Open",
        "listed": [True],
        "checked": "1",
        "closed": "Closed",
        "aborted": "Aborted",
    }


def test_it_logs_in_by_soap(seen):
    soap = seen["soap"]
    assert soap["wrong"]["message"].startswith("INVALID_LOGIN: ")
    assert (soap["user"], soap["organization"], soap["rows"]) == (True, True, 300)


def test_it_sees_recent_rows_searches_and_asks_for_columns(seen):
    recent = seen["recent"]
    assert recent["given"] == recent["contacts"][:2] == recent["wanted"]
    assert recent["types"] == ["Contact", "Contact"]
    assert seen["search"] == ["Composite"]
    assert seen["columns"] == [["Name", []], ["Owner", ["Name"]]]
    assert seen["nonempty"] == 300


def test_it_is_told_alike_of_ids_that_never_were(seen):
    codes = [one["code"] for one in seen["never"]]
    assert codes == ["INVALID_CROSS_REFERENCE_KEY"] * 2


def test_it_reads_the_api_usage(seen):
    assert seen["limit"]["limit"] == 100_000
    assert seen["limit"]["used"] > 0

"""Each kind of answer has the keys and types that real orgs' answers have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shapes import (
    ADDRESS,
    ATTRIBUTES,
    DESCRIBE,
    ERROR,
    FAILED,
    FIELD,
    IDENTITY,
    INGEST_JOB,
    INGEST_JOB_INFO,
    NOT_SENT,
    OBJECT,
    PICKLIST,
    QUERY_JOB,
    QUERY_JOB_INFO,
    ROW,
    SAVED,
    TOKEN,
    UPSERTED,
    USERINFO,
    problems,
)
from visitor import V, Visitor


@pytest.fixture
def client(visitor) -> Visitor:
    visitor.log_in()
    return visitor


def check(value, shape):
    assert problems(value, shape) == []


def test_the_checker_itself_sees_differences():
    assert problems({"a": 1}, {"a": "text"})
    assert problems({"a": True}, {"a": "whole"})
    assert problems({"a": None}, {"a": "text"})
    assert problems({"a": "x", "b": 1}, {"a": "text"})
    assert problems({}, {"a": "text"})
    assert problems([], ["text"])
    assert problems({"a": None}, {"a": "text?", "b*": "whole"}) == []


def test_tokens_and_identities(client):
    check(client.tokens, TOKEN)
    check(client.refresh().json(), TOKEN)
    check(client.get("/services/oauth2/userinfo").json(), USERINFO)
    check(client.get(f"/id/{client.org.org_id}/{client.org.user.id}").json(), IDENTITY)


def test_versions_and_resources(client):
    check(
        client.get("/services/data").json(),
        [{"label": "text", "url": "text", "version": "text"}],
    )
    resources = client.get(V).json()
    assert {"sobjects", "query", "queryAll", "limits", "identity"} <= set(resources)
    assert all(isinstance(path, str) for path in resources.values())


def test_limits_have_the_71_names_of_a_real_org(client):
    limits = client.get("/limits").json()
    assert len(limits) == 71
    nested = {"Max": "whole", "Remaining": "whole"}
    for name, entry in limits.items():
        extra = {"CreateCustom": nested} if name == "PermissionSets" else {}
        check(entry, {**nested, **extra})


def test_describe_global(client):
    body = client.get("/sobjects").json()
    check(
        body,
        {"encoding": "text", "maxBatchSize": "whole", "sobjects": [OBJECT]},
    )
    assert len(body["sobjects"]) > 300


@pytest.mark.parametrize("name", ["Account", "Contact", "Opportunity", "Lead", "Case"])
def test_describe(client, name):
    body = client.get(f"/sobjects/{name}/describe").json()
    check(body, DESCRIBE)
    assert list(body) == sorted(body)
    for field in body["fields"]:
        default = field.pop("defaultValue")
        assert default is None or isinstance(default, str | bool)
        check(field, FIELD)
        assert list(field) == sorted(field)
        for entry in field["picklistValues"]:
            check(entry, PICKLIST)


def test_basic_information_recent_items_and_search(client):
    client.post("/sobjects/Account", {"Name": "Seen"})
    body = client.get("/sobjects/Account").json()
    check(body, {"objectDescribe": OBJECT, "recentItems": [ROW]})
    check(client.get("/recent").json(), [ROW])
    check(
        client.get("/search", params={"q": "FIND {qqqq}"}).json(),
        {"searchRecords": "list"},
    )


def test_rows(client):
    made = client.post("/sobjects/Account", {"Name": "N", "BillingCity": "Bern"}).json()
    check(made, SAVED)
    row = client.get(f"/sobjects/Account/{made['id']}").json()
    names = {
        f["name"] for f in client.get("/sobjects/Account/describe").json()["fields"]
    }
    assert set(row) == names | {"attributes"}
    check(row["BillingAddress"], ADDRESS)
    assert row["ShippingAddress"] is None
    path = f"/sobjects/Account/Id/{made['id']}"
    check(client.patch(path, {"Phone": "1"}).json(), UPSERTED)


def test_pages_parents_children_and_aggregates(client):
    page = client.query("SELECT Id, Name FROM Account LIMIT 2")
    check(page, {"totalSize": "whole", "done": "flag", "records": [ROW]})
    client.org.page_size = 1
    page = client.query("SELECT Id, Name FROM Account LIMIT 2")
    check(
        page,
        {
            "totalSize": "whole",
            "done": "flag",
            "nextRecordsUrl": "text",
            "records": [ROW],
        },
    )
    parent = {"attributes": ATTRIBUTES, "Name": "text"}
    page = client.query("SELECT Owner.Name FROM Account LIMIT 1")
    check(page["records"], [{"attributes": ATTRIBUTES, "Owner": parent}])
    page = client.query("SELECT COUNT(Id) FROM Account")
    assert page["records"][0]["attributes"] == {"type": "AggregateResult"}
    assert isinstance(page["records"][0]["expr0"], int)


def test_record_counts_updated_and_deleted(client):
    check(
        client.get("/limits/recordCount?sObjects=Account").json(),
        {"sObjects": [{"count": "whole", "name": "text"}]},
    )
    key = client.post("/sobjects/Account", {"Name": "Gone"}).json()["id"]
    client.delete(f"/sobjects/Account/{key}")
    client.org.clock.advance(120)
    now = client.org.clock.now()
    window = {"start": (now - timedelta(days=1)).isoformat(), "end": now.isoformat()}
    check(
        client.get("/sobjects/Account/updated", params=window).json(),
        {"ids": "list", "latestDateCovered": "text"},
    )
    check(
        client.get("/sobjects/Account/deleted", params=window).json(),
        {
            "deletedRecords": [{"id": "text", "deletedDate": "text"}],
            "earliestDateAvailable": "text",
            "latestDateCovered": "text",
        },
    )


def test_errors(client):
    for path in ("/nothing", "/query?q=x", "/sobjects/Account/garbage"):
        check(client.get(path).json(), ERROR)
    check(client.post("/sobjects/Account", {}).json(), ERROR)
    client.org.expire_sessions()
    check(client.get("/limits").json(), ERROR)


def test_composite_and_collections(client):
    def one(method, path, body=None):
        return {"method": method, "url": V + path, "referenceId": "r", "body": body}

    item = {
        "body": SAVED,
        "httpHeaders": {"Location": "text"},
        "httpStatusCode": "whole",
        "referenceId": "text",
    }
    insert = one("POST", "/sobjects/Account", {"Name": "x"})
    check(
        client.post("/composite", {"compositeRequest": [insert]}).json(),
        {"compositeResponse": [item]},
    )
    failed = {**item, "body": ERROR, "httpHeaders": {}}
    missing = one("GET", "/nothing")
    check(
        client.post("/composite", {"compositeRequest": [missing]}).json(),
        {"compositeResponse": [failed]},
    )
    graph = {
        "graphId": "text",
        "graphResponse": {"compositeResponse": [item]},
        "isSuccessful": "flag",
    }
    graphs = [{"graphId": "g", "compositeRequest": [insert]}]
    check(
        client.post("/composite/graph", {"graphs": graphs}).json(), {"graphs": [graph]}
    )
    good = {"attributes": {"type": "Account"}, "Name": "x"}
    bad = {"attributes": {"type": "Account"}}
    saved, refused = client.post("/composite/sobjects", {"records": [good, bad]}).json()
    check(saved, SAVED)
    check(refused, FAILED)
    batch = [{"method": "GET", "url": "v66.0/limits"}]
    check(
        client.post("/composite/batch", {"batchRequests": batch}).json(),
        {"hasErrors": "flag", "results": [{"statusCode": "whole", "result": "object"}]},
    )


def test_bulk_jobs(client):
    from salesforce_simulator.bulk import Pace

    client.org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
    asked = {"operation": "query", "query": "SELECT Id FROM Account"}
    made = client.post("/jobs/query", asked).json()
    check(made, QUERY_JOB)
    check(client.get(f"/jobs/query/{made['id']}").json(), QUERY_JOB_INFO)
    asked = {"operation": "insert", "object": "Account", "contentType": "CSV"}
    made = client.post("/jobs/ingest", asked).json()
    check(made, INGEST_JOB)
    path = f"/jobs/ingest/{made['id']}"
    csv = {"Content-Type": "text/csv"}
    client.call("PUT", f"{path}/batches", data=b"Name\nx\n", headers=csv)
    client.patch(path, {"state": "UploadComplete"})
    check(client.get(path).json(), INGEST_JOB_INFO)
    listed = client.get("/jobs/query").json()
    assert sorted(listed) == ["done", "nextRecordsUrl", "records"]


def keys_of(client, place):
    """The keys that a kind of answer has where a difference is meant."""
    if place == "token":
        return set(client.tokens)
    answer = client.get(V + place).json()
    if not place:
        return set(answer)
    if place.endswith("/describe"):
        return {field["name"] for field in answer["fields"]}
    return set(answer["objectDescribe"]["urls"])


@pytest.mark.parametrize(
    ("place", "names"),
    [entry for places in NOT_SENT.values() for entry in places.items()],
)
def test_what_is_left_out_is_left_out_on_purpose(client, place, names):
    present = keys_of(client, place)
    assert present
    assert present.isdisjoint(names.split())


def test_all_versions_answer_in_the_form_of_the_newest(client):
    """Real orgs leave newer keys out of older versions, and list search results bare.

    The exceptions, which are imitated, have tests of their own: upserts below v46.0,
    graphs below v50.0, the order of bulk columns below v50.0.
    """
    old = "/services/data/v36.0"
    check(
        client.get(f"{old}/search", params={"q": "FIND {qqqq}"}).json(),
        {"searchRecords": "list"},
    )
    body = client.get(f"{old}/sobjects/Account/describe").json()
    assert set(body) == set(client.get("/sobjects/Account/describe").json())

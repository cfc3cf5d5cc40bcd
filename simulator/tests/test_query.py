"""Query pages over REST: sizes, locators, cursors that die, cached pages."""

from __future__ import annotations

import gc
import re
import time

import pytest
from visitor import V, Visitor, rest_error

from salesforce_simulator.store.snapshot import Snapshot

SOQL = "SELECT Id, Name FROM Account ORDER BY Id"


@pytest.fixture
def client(salesforce_orgs):
    org = salesforce_orgs("Big", records={"Account": 5000, "Contact": 900})
    return Visitor(org).enter()


def walk(client, soql, path="/query", **more):
    """All records, and the sizes of the pages that they came in."""
    page = client.get(path, params={"q": soql}, **more).json()
    records, sizes = list(page["records"]), [len(page["records"])]
    while not page["done"]:
        page = client.get(page["nextRecordsUrl"]).json()
        records += page["records"]
        sizes.append(len(page["records"]))
    return records, sizes


def test_pages_have_two_thousand_rows_and_a_relative_opaque_address(client):
    page = client.query(SOQL)
    assert list(page) == ["totalSize", "done", "nextRecordsUrl", "records"]
    assert page["totalSize"] == client.query("SELECT COUNT() FROM Account")["totalSize"]
    assert re.fullmatch(rf"{V}/query/[A-Za-z0-9]{{18}}-2000", page["nextRecordsUrl"])
    records, sizes = walk(client, SOQL)
    assert sizes[:2] == [2000, 2000]
    ids = [record["Id"] for record in records]
    assert ids == sorted(set(ids))
    assert len(ids) == page["totalSize"]


def test_the_last_page_has_no_further_address(client):
    page = client.query(SOQL + " LIMIT 3")
    assert list(page) == ["totalSize", "done", "records"]
    assert (page["totalSize"], page["done"]) == (3, True)


@pytest.mark.parametrize(("asked", "given"), [(1000, 1000), (5, 200), (9999, 2000)])
def test_the_batch_size_is_a_hint_within_bounds(client, asked, given):
    headers = {"Sforce-Query-Options": f"batchSize={asked}"}
    assert len(client.query(SOQL, headers=headers)["records"]) == given


def test_long_text_makes_pages_smaller(client):
    page = client.query("SELECT Id, Description FROM Account")
    assert len(page["records"]) == 1000
    assert page["nextRecordsUrl"].endswith("-1000")


def test_an_org_may_have_small_pages(client):
    client.org.page_size = 70
    _, sizes = walk(client, SOQL + " LIMIT 150")
    assert sizes == [70, 70, 10]


def test_a_locator_is_the_users_own(client, salesforce_orgs):
    url = client.query(SOQL)["nextRecordsUrl"]
    client.org.users.add("bob@big.example")
    bob = Visitor(client.org)
    bob.log_in(username="bob@big.example")
    assert rest_error(bob.get(url)) == (400, "INVALID_QUERY_LOCATOR")
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("tail", ["0r8xxxxxxxxxxxxxxx-2000", "x", "-1"])
def test_a_locator_that_never_was_is_invalid(client, tail):
    answer = client.get(f"/query/{tail}")
    assert answer.json() == [
        {"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}
    ]


def test_a_locator_dies_when_it_is_told_to_and_after_two_days(client):
    url = client.query(SOQL)["nextRecordsUrl"]
    assert client.org.cursors.kill() == 1
    assert client.get(url).status_code == 400
    url = client.query(SOQL)["nextRecordsUrl"]
    client.org.grants.session_seconds = 10 * 86_400
    client.org.clock.advance(2 * 86_400 + 1)
    assert client.get(url).status_code == 400


def test_a_page_shows_the_rows_as_they_stood_at_the_question(client):
    first = client.query(SOQL)
    key = first["records"][0]["Id"]
    last = client.query("SELECT Id FROM Account ORDER BY Id DESC LIMIT 1")
    client.delete(f"/sobjects/Account/{last['records'][0]['Id']}")
    page = client.get(first["nextRecordsUrl"]).json()
    assert page["totalSize"] == first["totalSize"]
    assert key not in {record["Id"] for record in page["records"]}


def test_a_changed_row_is_seen_by_the_next_question(client):
    key = client.query(SOQL)["records"][0]["Id"]
    client.patch(f"/sobjects/Account/{key}", {"Name": "Renamed"})
    assert client.query(SOQL)["records"][0]["Name"] == "Renamed"


def test_query_all_shows_deleted_rows(client):
    key = client.query(SOQL)["records"][0]["Id"]
    client.delete(f"/sobjects/Account/{key}")
    soql = f"SELECT Id, IsDeleted FROM Account WHERE Id = '{key}'"
    assert client.query(soql)["records"] == []
    found = client.get("/queryAll", params={"q": soql}).json()["records"]
    assert found[0]["IsDeleted"] is True
    records, _ = walk(client, "SELECT Id FROM Account", "/queryAll")
    assert key in {record["Id"] for record in records}


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("", "MALFORMED_QUERY"),
        ("SELEKT Id FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
    ],
)
def test_a_wrong_statement_gets_salesforces_error(client, soql, code):
    assert rest_error(client.get("/query", params={"q": soql})) == (400, code)


def test_a_contact_has_the_opportunities_that_name_it(client):
    contact = client.post("/sobjects/Contact", {"LastName": "Buyer"}).json()["id"]
    deal = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    client.post("/sobjects/Opportunity", {**deal, "ContactId": contact})
    soql = f"SELECT (SELECT Name FROM Opportunities) FROM Contact WHERE Id='{contact}'"
    (record,) = client.query(soql)["records"]
    assert [one["Name"] for one in record["Opportunities"]["records"]] == ["Deal"]


def test_children_that_do_not_fit_have_an_address_of_their_own(client):
    account = client.post("/sobjects/Account", {"Name": "Parent"}).json()["id"]
    for start in range(0, 450, 150):
        records = [
            {
                "attributes": {"type": "Contact"},
                "LastName": f"Child {start + number}",
                "AccountId": account,
            }
            for number in range(150)
        ]
        made = client.post("/composite/sobjects", {"records": records}).json()
        assert all(result["success"] for result in made)
    page = client.query(
        f"SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Id='{account}'"
    )
    children = page["records"][0]["Contacts"]
    assert page["done"] is True
    assert (children["totalSize"], children["done"]) == (450, False)
    names = [child["LastName"] for child in children["records"]]
    while not children["done"]:
        children = client.get(children["nextRecordsUrl"]).json()
        names += [child["LastName"] for child in children["records"]]
    assert sorted(names) == sorted(f"Child {number}" for number in range(450))


def test_gzip_and_plain_pages_are_the_same(client):
    plain = client.query(SOQL)
    packed = client.get(
        "/query", params={"q": SOQL}, headers={"Accept-Encoding": "gzip"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json() == plain


def test_an_unchanged_question_is_answered_from_the_cache(client):
    first, _ = walk(client, SOQL)
    kept = client.org.cursors.pages.bytes
    assert kept > 0
    again, _ = walk(client, SOQL)
    assert again == first
    assert client.org.cursors.pages.bytes == kept
    client.org.cursors.pages.most_bytes = 1000
    assert walk(client, SOQL)[0] == first


def snapshots() -> int:
    """Count those alive, those of other tests' orgs included."""
    gc.collect()
    # By its type: isinstance() would ask a lazy object of another test what it is.
    return sum(issubclass(type(one), Snapshot) for one in gc.get_objects())


def test_answers_about_data_that_has_changed_are_not_kept(client):
    """Each holds a snapshot of its object: many of them are many megabytes."""
    before = snapshots()
    for number in range(20):
        client.post("/sobjects/Account", {"Name": f"Fresh {number}"})
        found = client.query(f"SELECT Id FROM Account WHERE Name = 'Fresh {number}'")
        assert found["totalSize"] == 1
    assert snapshots() - before < 10


def test_the_explain_parameter_gives_a_plan(client):
    body = client.get("/query", params={"explain": SOQL}).json()
    assert body["plans"][0]["cardinality"] == 5000


def test_search_finds_by_words(client):
    client.post("/sobjects/Account", {"Name": "Zanzibar Trading"})
    body = client.get(
        "/search", params={"q": "FIND {Zanzibar} RETURNING Account(Id, Name)"}
    ).json()
    assert [r["Name"] for r in body["searchRecords"]] == ["Zanzibar Trading"]
    body = client.get(
        "/parameterizedSearch", params={"q": "Zanzibar", "sobject": "Account"}
    ).json()
    assert len(body["searchRecords"]) == 1
    body = client.post(
        "/parameterizedSearch", {"q": "Zanzibar", "sobjects": [{"name": "Account"}]}
    ).json()
    assert len(body["searchRecords"]) == 1


def test_a_search_without_braces_is_malformed(client):
    answer = client.get("/search", params={"q": "Zanzibar"})
    assert rest_error(answer) == (400, "MALFORMED_SEARCH")


def test_pages_come_fast_enough_for_benchmarks(client):
    """Far below what one core does; counted in its own time, as it may be busy."""
    soql = "SELECT Id, Name, Phone, Website, Industry, SystemModstamp FROM Account"
    started = time.process_time()
    cold, _ = walk(client, soql)
    cold_seconds = time.process_time() - started
    started = time.process_time()
    for _ in range(3):
        walk(client, soql)
    warm_seconds = (time.process_time() - started) / 3
    assert len(cold) / cold_seconds > 2_000
    assert len(cold) / warm_seconds > 4_000


@pytest.mark.parametrize("purpose", ["VIEW", "REFERENCE"])
def test_rows_read_for_a_person_are_the_recent_ones_first_row_first(client, purpose):
    client.post("/sobjects/Lead", {"LastName": "x", "Company": "y"})
    page = client.query(f"{SOQL} LIMIT 3 FOR {purpose}")
    wanted = [record["Id"] for record in page["records"]]
    assert [one["Id"] for one in client.get("/recent?limit=3").json()] == wanted
    basic = client.get("/sobjects/Account").json()
    assert [one["Id"] for one in basic["recentItems"]] == wanted
    again = client.query(f"{SOQL} LIMIT 1 OFFSET 2 FOR {purpose}")["records"][0]["Id"]
    assert [one["Id"] for one in client.get("/recent?limit=3").json()] == [
        again,
        *wanted[:2],
    ]


def test_a_plain_query_leaves_the_recent_rows_alone(client):
    client.query(f"{SOQL} LIMIT 3")
    assert client.get("/recent").json() == []

"""An unmodified simple-salesforce believes that the pretend org is Salesforce."""

from __future__ import annotations

import csv
import io
import warnings
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from simple_salesforce import Salesforce, exceptions


class ToTheSimulator(HTTPAdapter):
    """simple-salesforce insists on https; this leads it to the local http."""

    def __init__(self, base_url):
        super().__init__()
        self.base_url = base_url

    def send(self, request, **options):
        url = urlsplit(request.url)
        request.headers["Host"] = url.netloc
        query = f"?{url.query}" if url.query else ""
        request.url = f"{self.base_url}{url.path}{query}"
        return super().send(request, **options)


@pytest.fixture
def org(salesforce_orgs):
    org = salesforce_orgs("Acme", records={"Account": 4500, "Contact": 30})
    # Its own host, as the client knows it: simple-salesforce keeps the host only.
    org.base_url = "http://acme.my.salesforce.com"
    org.jobs.pace = type(org.jobs.pace)(queue_seconds=0.0, run_seconds=0.0)
    return org


@pytest.fixture
def sf(org, salesforce_orgs, request):
    from salesforce_simulator import serve

    with serve(org) as url, requests.Session() as session:
        org.base_url = "http://acme.my.salesforce.com"
        session.mount("https://", ToTheSimulator(url))
        yield Salesforce(
            consumer_key=org.consumer_key,
            consumer_secret=org.consumer_secret,
            domain="acme.my",
            session=session,
            version="66.0",
        )


def test_it_logs_in_by_client_credentials(sf, org):
    assert sf.sf_instance == "acme.my.salesforce.com"
    assert sf.session_id.startswith(org.org_id[:15])


def test_the_general_log_in_host_refuses_client_credentials(sf, org):
    answer = sf.session.post(
        "https://login.salesforce.com/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": org.consumer_key,
            "client_secret": org.consumer_secret,
        },
        timeout=10,
    )
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "request not supported on this domain",
    }


def test_it_describes(sf):
    names = {one["name"] for one in sf.describe()["sobjects"]}
    assert {"Account", "Contact", "Opportunity", "Lead", "User"} <= names
    fields = {field["name"]: field for field in sf.Account.describe()["fields"]}
    assert fields["Name"]["type"] == "string"
    assert fields["OwnerId"]["referenceTo"] == ["User"]
    assert len(fields["Name"]) == 57
    assert sf.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"


def test_it_reads_all_pages_of_a_query(sf):
    first = sf.query("SELECT Id, Name FROM Account ORDER BY Id")
    assert (first["totalSize"], first["done"]) == (4500, False)
    everything = sf.query_all("SELECT Id, Name FROM Account ORDER BY Id")
    ids = [record["Id"] for record in everything["records"]]
    assert len(set(ids)) == 4500
    assert ids == sorted(ids)
    lazily = [row["Id"] for row in sf.query_all_iter("SELECT Id FROM Account")]
    assert sorted(lazily) == ids


def test_it_counts_and_asks_with_parents_and_children(sf):
    assert sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 30
    made = sf.Account.create({"Name": "Parent"})
    sf.Contact.create({"LastName": "Child", "AccountId": made["id"]})
    soql = "SELECT Name, Account.Name FROM Contact WHERE LastName = 'Child'"
    assert sf.query(soql)["records"][0]["Account"]["Name"] == "Parent"
    soql = f"SELECT (SELECT Name FROM Contacts) FROM Account WHERE Id='{made['id']}'"
    assert sf.query(soql)["records"][0]["Contacts"]["totalSize"] == 1


def test_it_creates_reads_changes_and_deletes(sf):
    made = sf.Account.create({"Name": "Café Zürich", "NumberOfEmployees": 12})
    assert made["success"] is True
    row = sf.Account.get(made["id"])
    assert (row["Name"], row["NumberOfEmployees"]) == ("Café Zürich", 12)
    assert sf.Account.update(made["id"], {"Name": "Café Basel"}) == 204
    assert sf.Account.get(made["id"])["Name"] == "Café Basel"
    assert sf.Account.delete(made["id"]) == 204
    with pytest.raises(exceptions.SalesforceResourceNotFound):
        sf.Account.get(made["id"])


def test_it_upserts_by_external_id(sf, org):
    org.records.add_field("Account", "Key__c", external_id=True)
    assert sf.Account.upsert("Key__c/a%40b", {"Name": "One"}) == 201
    assert sf.Account.upsert("Key__c/a%40b", {"Name": "Two"}) == 200
    row = sf.Account.get_by_custom_id("Key__c", "a@b")
    assert row["Name"] == "Two"


def test_it_sees_salesforces_errors(sf):
    with pytest.raises(exceptions.SalesforceMalformedRequest) as caught:
        sf.query("SELECT Nope FROM Account")
    assert caught.value.content[0]["errorCode"] == "INVALID_FIELD"
    assert "ERROR at Row:1:Column:8" in caught.value.content[0]["message"]


def test_an_expired_session_is_seen_as_one_and_renewed(sf, org):
    before = sf.session_id
    org.expire_sessions()
    assert sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    assert sf.session_id != before
    assert org.requests.count("/services/oauth2/token") == 2


def test_it_reads_the_api_usage(sf):
    sf.limits()
    usage = sf.api_usage["api-usage"]
    assert usage.total == 100_000
    assert usage.used >= 1


def test_it_uses_collections_and_composite(sf):
    records = [
        {"attributes": {"type": "Account"}, "Name": f"Together {n}"} for n in range(3)
    ]
    made = sf.restful("composite/sobjects", method="POST", json={"records": records})
    assert [one["success"] for one in made] == [True, True, True]
    body = {
        "compositeRequest": [
            {
                "method": "POST",
                "url": "/services/data/v66.0/sobjects/Account",
                "referenceId": "a",
                "body": {"Name": "Composite"},
            },
            {
                "method": "GET",
                "url": "/services/data/v66.0/sobjects/Account/@{a.id}?fields=Name",
                "referenceId": "b",
            },
        ]
    }
    answer = sf.restful("composite", method="POST", json=body)
    assert answer["compositeResponse"][1]["body"]["Name"] == "Composite"


def test_it_searches(sf):
    sf.Account.create({"Name": "Quokka Island Ltd"})
    found = sf.search("FIND {Quokka} RETURNING Account(Name)")["searchRecords"]
    assert [row["Name"] for row in found] == ["Quokka Island Ltd"]


def test_it_asks_what_was_updated_and_deleted(sf, org):
    from datetime import timedelta

    made = sf.Account.create({"Name": "Short-lived"})
    sf.Account.delete(made["id"])
    kept = sf.Account.create({"Name": "Kept"})
    org.clock.advance(120)
    start, end = org.clock.now() - timedelta(hours=1), org.clock.now()
    assert kept["id"] in sf.Account.updated(start, end)["ids"]
    gone = sf.Account.deleted(start, end)["deletedRecords"]
    assert made["id"] in [entry["id"] for entry in gone]


def test_it_queries_in_bulk(sf):
    pages = list(sf.bulk2.Account.query("SELECT Id, Name FROM Account", wait=0.1))
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert len({row["Id"] for row in rows}) == 4500
    everything = sf.query_all("SELECT Id, Name FROM Account")["records"]
    names = {record["Id"]: record["Name"] for record in everything}
    assert {row["Id"]: row["Name"] for row in rows} == names


def test_it_loads_in_bulk(sf):
    records = [{"Name": f'Bulk "{n}",\nquoted', "Phone": str(n)} for n in range(120)]
    (result,) = sf.bulk2.Account.insert(records=records, wait=0.1)
    assert result["numberRecordsProcessed"] == 120
    assert result["numberRecordsFailed"] == 0
    found = sf.query("SELECT Name, Phone FROM Account WHERE Name LIKE 'Bulk%'")
    assert {(r["Name"], r["Phone"]) for r in found["records"]} == {
        (one["Name"], one["Phone"]) for one in records
    }
    job = result["job_id"]
    done = csv.DictReader(io.StringIO(sf.bulk2.Account.get_successful_records(job)))
    assert sum(row["sf__Created"] == "true" for row in done) == 120
    (bad,) = sf.bulk2.Account.insert(records=[{"Name": "ok"}, {"Name": ""}], wait=0.1)
    assert bad["numberRecordsFailed"] == 1
    failed = sf.bulk2.Account.get_failed_records(bad["job_id"])
    assert "REQUIRED_FIELD_MISSING" in failed


def test_it_uses_bulk_api_1(sf):
    rows = [{"Name": f"V1 {n}", "NumberOfEmployees": n} for n in range(30)]
    made = sf.bulk.Account.insert(rows, batch_size=10)
    assert [one["success"] for one in made] == [True] * 30
    found = sf.bulk.Account.query(
        "SELECT Id, Name, NumberOfEmployees FROM Account WHERE Name LIKE 'V1 %'"
    )
    assert {(one["Name"], one["NumberOfEmployees"]) for one in found} == {
        (row["Name"], row["NumberOfEmployees"]) for row in rows
    }
    changed = sf.bulk.Account.update(
        [{"Id": one["Id"], "NumberOfEmployees": None} for one in found]
    )
    assert all(one["success"] and not one["created"] for one in changed)
    (bad,) = sf.bulk.Account.insert([{"Name": ""}])
    assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    gone = sf.bulk.Account.delete([{"Id": one["Id"]} for one in found])
    assert all(one["success"] for one in gone)
    query = "SELECT Id FROM Account WHERE Name LIKE 'V1 %'"
    assert sf.bulk.Account.query(query) == []
    deleted = sf.bulk.Account.query_all(query)
    assert len(deleted) == 30
    with pytest.raises(exceptions.SalesforceGeneralError):
        sf.bulk.Account.query("SELECT Nope FROM Account")

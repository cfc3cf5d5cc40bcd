"""Bulk API 1.0: jobs of batches in CSV, JSON and XML, and their refusals."""

from __future__ import annotations

import csv
import io
import re
import threading
import xml.etree.ElementTree as ET

import pytest
from loader import SPACE, Loader, body
from visitor import Visitor

from salesforce_simulator.bulk import Pace


@pytest.fixture
def client(salesforce_orgs):
    org = salesforce_orgs("Acme", records={"Account": 250, "Contact": 10})
    org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
    org.records.add_field("Account", "Key__c", external_id=True, unique=True)
    return Visitor(org).enter()


@pytest.fixture(params=["CSV", "JSON", "XML"])
def loader(client, request):
    return Loader(client, request.param)


def test_rows_are_made_changed_and_deleted(client, loader):
    kind = loader.kind
    rows = [
        {"Name": 'Ärger & "Söhne"', "NumberOfEmployees": 7},
        {"Name": "Two", "NumberOfEmployees": 8},
    ]
    made = loader.load("insert", body(kind, rows))
    assert [one[1:] for one in made] == [(True, True, "")] * 2
    keys = [one[0] for one in made]
    row = client.get(f"/sobjects/Account/{keys[0]}").json()
    assert (row["Name"], row["NumberOfEmployees"]) == ('Ärger & "Söhne"', 7)
    changes = [{"Id": key, "NumberOfEmployees": None} for key in keys]
    assert [one[:3] for one in loader.load("update", body(kind, changes))] == [
        (key, True, False) for key in keys
    ]
    assert (
        client.get(f"/sobjects/Account/{keys[0]}").json()["NumberOfEmployees"] is None
    )
    gone = [{"Id": keys[0]}]
    assert loader.load("delete", body(kind, gone))[0][:2] == (keys[0], True)
    assert client.get(f"/sobjects/Account/{keys[0]}").status_code == 404
    assert loader.load("hardDelete", body(kind, [{"Id": keys[1]}]))[0][1]


def test_an_upsert_goes_by_the_external_id(client, loader):
    rows = [{"Key__c": f"k{n}", "Name": f"N{n}"} for n in range(2)]
    more = {"externalIdFieldName": "Key__c"}
    first = loader.load("upsert", body(loader.kind, rows), **more)
    again = loader.load("upsert", body(loader.kind, rows), **more)
    assert [one[2] for one in first + again] == [True, True, False, False]
    assert [one[0] for one in first] == [one[0] for one in again]


def test_one_bad_row_stops_no_other(loader):
    rows = [{"Name": "Good", "Phone": "1"}, {"Name": None, "Phone": "2"}]
    good, bad = loader.load("insert", body(loader.kind, rows))
    assert good[1:3] == (True, True)
    assert bad[:3] == ("", False, False)
    assert bad[3].startswith("REQUIRED_FIELD_MISSING")
    if loader.kind == "CSV":
        assert bad[3].endswith(":Name --")


def test_a_query_gives_a_list_of_results_and_then_rows(client, loader):
    soql = "SELECT Id, Name, Owner.Name, CreatedDate FROM Account ORDER BY Id LIMIT 3"
    batch = loader.add(loader.job("query"), soql.encode())
    answer = loader.get(f"{batch}/result")
    if loader.kind == "JSON":
        (result,) = answer.json()
    else:
        root = ET.fromstring(answer.content)
        assert root.tag == f"{SPACE}result-list"
        (result,) = [one.text for one in root]
    rows = loader.get(f"{batch}/result/{result}")
    wanted = [row["Id"] for row in client.query(soql)["records"]]
    if loader.kind == "CSV":
        assert [one["Id"] for one in csv.DictReader(io.StringIO(rows.text))] == wanted
    elif loader.kind == "JSON":
        records = rows.json()
        assert [one["Id"] for one in records] == wanted
        assert records[0]["attributes"]["type"] == "Account"
        assert records[0]["Owner"]["Name"]
        assert isinstance(records[0]["CreatedDate"], int)
    else:
        records = ET.fromstring(rows.content)
        assert [one.findtext(f"{SPACE}Id") for one in records] == wanted
        assert records[0].findtext(f"{SPACE}Owner/{SPACE}Name")


def test_a_query_all_shows_deleted_rows(client):
    loader = Loader(client)
    key = client.query("SELECT Id FROM Account LIMIT 1")["records"][0]["Id"]
    client.delete(f"/sobjects/Account/{key}")
    everything = client.get("/queryAll", params={"q": "SELECT COUNT() FROM Account"})
    for operation, count in (
        ("query", 249),
        ("queryAll", everything.json()["totalSize"]),
    ):
        batch = loader.add(loader.job(operation), b"SELECT Id FROM Account")
        info = loader.told(loader.get(batch))
        assert int(info["numberRecordsProcessed"]) == count
    assert count > 250


def test_chunks_by_id_cover_every_row_once(client):
    loader = Loader(client)
    told = f'<jobInfo xmlns="{SPACE[1:-1]}"><operation>query</operation><object>Account</object><contentType>CSV</contentType></jobInfo>'
    header = {"Sforce_Enable_PKChunking": "chunkSize=100; parent=Account"}
    job = loader.told(loader.send("POST", "", told, "application/xml", **header))["id"]
    loader.add(job, b"SELECT Id FROM Account WHERE Name != 'x' OR Name = 'y'")
    root = ET.fromstring(loader.get(f"/{job}/batch").content)
    states = [one.findtext(f"{SPACE}state") for one in root]
    assert states == ["NotProcessed", "Completed", "Completed", "Completed"]
    seen = []
    for one in list(root)[1:]:
        batch = f"/{job}/batch/{one.findtext(f'{SPACE}id')}"
        assert b"Id >= '001" in loader.get(f"{batch}/request").content
        (result,) = ET.fromstring(loader.get(f"{batch}/result").content)
        text = loader.get(f"{batch}/result/{result.text}").text
        seen += [row["Id"] for row in csv.DictReader(io.StringIO(text))]
    wanted = [row["Id"] for row in client.query("SELECT Id FROM Account")["records"]]
    assert sorted(seen) == sorted(wanted)
    assert len(seen) == 250


def test_batches_are_described_as_their_job_is_whatever_a_request_speaks(loader):
    job = loader.job("query")
    query = b"SELECT Id FROM Account"
    loader.add(job, query)
    for media in ("application/json", "application/xml", ""):
        batches = loader.send("GET", f"/{job}/batch", media=media)
        assert batches.headers["Content-Type"].startswith(loader.described)
        key = re.search(r"751\w{15}", batches.text)[0]
        for path in (f"/{job}/batch/{key}", f"/{job}/batch/{key}/result"):
            told = loader.send("GET", path, media=media)
            assert told.status_code == 200, told.text
            assert told.headers["Content-Type"].startswith(loader.described)
        described = loader.send("GET", f"/{job}", media=media)
        assert ("json" in described.headers["Content-Type"]) == ("json" in media)


def test_states_take_their_time_and_an_abort_leaves_batches_undone(client):
    org, loader = client.org, Loader(client)
    org.jobs.pace = Pace(queue_seconds=10, run_seconds=10)
    job = loader.job("insert")
    batch = loader.add(job, b"Name\nSlow\n")
    states = [loader.told(loader.get(batch))["state"]]
    org.clock.advance(10)
    states.append(loader.told(loader.get(batch))["state"])
    info = loader.told(loader.get(f"/{job}"))
    assert (info["numberBatchesInProgress"], info["numberBatchesTotal"]) == ("1", "1")
    org.clock.advance(10)
    states.append(loader.told(loader.get(batch))["state"])
    assert states == ["Queued", "InProgress", "Completed"]
    never = loader.add(job, b"Name\nNever\n")
    assert (
        loader.told(loader.describe(f"/{job}", state="Aborted"))["state"] == "Aborted"
    )
    org.clock.advance(60)
    assert loader.told(loader.get(never))["state"] == "NotProcessed"
    assert client.query("SELECT Id FROM Account WHERE Name = 'Never'")["totalSize"] == 0


def test_a_closed_job_takes_no_more_batches_and_goes_on(client):
    org, loader = client.org, Loader(client)
    org.jobs.pace = Pace(queue_seconds=5, run_seconds=0)
    job = loader.job("insert")
    batch = loader.add(job, b"Name\nLate\n")
    assert loader.told(loader.describe(f"/{job}", state="Closed"))["state"] == "Closed"
    more = loader.send("POST", f"/{job}/batch", b"Name\nx\n", "text/csv")
    assert loader.refusal(more)[:2] == (400, "InvalidJobState")
    again = loader.describe(f"/{job}", state="Closed")
    assert loader.refusal(again)[:2] == (400, "InvalidJobState")
    org.clock.advance(5)
    # Rows are there though nobody asked for the batch.
    assert client.query("SELECT Id FROM Account WHERE Name = 'Late'")["totalSize"] == 1
    assert loader.told(loader.get(batch))["state"] == "Completed"


def test_batches_that_race_all_arrive(client):
    loader = Loader(client)
    job = loader.job("upsert", externalIdFieldName="Key__c")
    rows = b"Key__c,Name\n" + b"".join(b"race%d,n\n" % n for n in range(50))
    batches = []
    threads = [
        threading.Thread(target=lambda: batches.append(loader.add(job, rows)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    created = [one[2] for batch in batches for one in loader.results(batch)]
    assert (len(created), sum(created)) == (300, 50)
    count = client.query("SELECT COUNT() FROM Account WHERE Key__c LIKE 'race%'")
    assert count["totalSize"] == 50


def test_the_request_of_a_batch_is_given_back(client):
    loader = Loader(client)
    batch = loader.add(loader.job(), b"Name\nx\n")
    answer = loader.get(f"{batch}/request")
    assert (answer.content, answer.headers["Content-Type"]) == (
        b"Name\nx\n",
        "text/csv",
    )


BOMB = b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 1000 + b'">]><jobInfo>&a;</jobInfo>'
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("media", "sent", "code"),
    [
        ("application/xml", BOMB, "ClientInputError"),
        ("application/xml", b"<jobInfo>", "ClientInputError"),
        ("application/xml", b"<other/>", "InvalidJob"),
        ("application/json", b"{", "ClientInputError"),
        ("application/json", DEEP, "ClientInputError"),
        ("application/json", b"[]", "InvalidJob"),
        ("application/json", b'{"operation": "nope"}', "InvalidJob"),
        (
            "application/json",
            b'{"operation": "insert", "object": "Nope"}',
            "InvalidEntity",
        ),
        (
            "application/json",
            b'{"operation": "insert", "object": "Account", "contentType": "ZIP_CSV"}',
            "InvalidJob",
        ),
        (
            "application/json",
            b'{"operation": "upsert", "object": "Account", "contentType": "CSV"}',
            "InvalidJob",
        ),
        (
            "application/json",
            b'{"operation": "insert", "object": "Attachment"}',
            "InvalidEntity",
        ),
    ],
)
def test_jobs_that_cannot_be_are_refused(client, media, sent, code):
    loader = Loader(client)
    answer = loader.send("POST", "", sent, media)
    assert loader.refusal(answer)[:2] == (400, code)
    assert ("json" in answer.headers["Content-Type"]) == ("json" in media)


@pytest.mark.parametrize(
    ("kind", "media", "sent", "code"),
    [
        ("CSV", "text/csv", b"", "ClientInputError"),
        ("CSV", "text/csv", b"Name\n", "ClientInputError"),
        ("CSV", "text/csv", b'Name\n"x', "ClientInputError"),
        ("CSV", "application/json", b"[]", "InvalidBatch"),
        ("JSON", "application/json", b'[{"Name": "x"}, 1]', "ClientInputError"),
        ("JSON", "application/json", DEEP, "ClientInputError"),
        ("JSON", "text/csv", b"Name\nx\n", "InvalidBatch"),
        ("XML", "application/xml", b"<!DOCTYPE a []><sObjects/>", "ClientInputError"),
        ("XML", "application/xml", b"<records/>", "ClientInputError"),
        ("CSV", "text/csv", b"Name\n" + b"x\n" * 10_001, "ClientInputError"),
        ("CSV", "text/csv", b"Name\n" + b"x" * 10_000_001, "ClientInputError"),
    ],
)
def test_batches_that_cannot_be_are_refused(client, kind, media, sent, code):
    loader = Loader(client, kind)
    answer = loader.send("POST", f"/{loader.job()}/batch", sent, media)
    assert loader.refusal(answer)[:2] == (400, code)
    assert client.get("/limits").status_code == 200


@pytest.mark.parametrize(
    ("operation", "sent", "words"),
    [
        ("insert", b"Nope__c\nx\n", "Field name not found : Nope__c"),
        ("query", b"SELECT Nope FROM Account", "INVALID_FIELD"),
        ("query", b"SELECT Id FROM Contact", "about Account"),
        ("query", b"rubbish", "MALFORMED_QUERY"),
    ],
)
def test_a_batch_that_cannot_be_done_fails_as_a_whole(client, operation, sent, words):
    loader = Loader(client)
    batch = loader.add(loader.job(operation), sent)
    info = loader.told(loader.get(batch))
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith("InvalidBatch : ")
    assert words in info["stateMessage"]
    assert loader.refusal(loader.get(f"{batch}/result"))[:2] == (400, "InvalidBatch")


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("GET", "/750000000000001AAA", (400, "InvalidJob")),
        ("GET", "", (405, "MethodNotAllowed")),
        ("DELETE", "/{job}", (405, "MethodNotAllowed")),
        ("GET", "/{job}/nothing", (404, "InvalidUrl")),
        ("GET", "/{job}/batch/751000000000001AAA", (400, "InvalidBatch")),
        ("GET", "/{job}/batch/751000000000001AAA/result", (400, "InvalidBatch")),
    ],
)
def test_what_is_not_there_is_told(client, method, path, refused):
    loader = Loader(client)
    answer = loader.send(method, path.format(job=loader.job()))
    assert loader.refusal(answer)[:2] == refused


def test_a_session_that_is_over_is_told_in_its_own_words(client):
    loader = Loader(client)
    answer = loader.send("GET", "/x", X_SFDC_Session="dead")
    assert loader.refusal(answer) == (400, "InvalidSessionId", "Invalid session id")
    assert "<exceptionCode>InvalidSessionId</exceptionCode>" in answer.text


@pytest.mark.parametrize("header", ["chunkSize=0", "chunkSize=250001"])
def test_a_chunk_size_out_of_bounds_is_refused(client, header):
    loader = Loader(client)
    told = b'{"operation": "query", "object": "Account", "contentType": "CSV"}'
    named = {"Sforce_Enable_PKChunking": header}
    answer = loader.send("POST", "", told, "application/json", **named)
    assert loader.refusal(answer)[:2] == (400, "InvalidPkChunkingHeader")


def test_maintenance_lets_nothing_in(client):
    loader = Loader(client)
    job = loader.job()
    client.org.read_only = True
    answer = loader.send("POST", f"/{job}/batch", b"Name\nx\n", "text/csv")
    assert loader.refusal(answer)[:2] == (503, "ServerUnavailable")


def test_the_request_log_cuts_the_session_short(client):
    loader = Loader(client)
    loader.load("insert", b"Name\nx\n")
    text = client.get("/__simulator__/requests?path=/services/async*").text
    assert "x-sfdc-session" in text
    assert loader.token not in text
    assert loader.token[20:] not in text

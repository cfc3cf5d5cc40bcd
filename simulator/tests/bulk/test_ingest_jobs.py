from __future__ import annotations

import pytest
from soql.cosmos import Cosmos, bare

from bulk.desk import Desk

TIMES = {"apiActiveProcessingTime", "apexProcessingTime", "totalProcessingTime"}


@pytest.fixture
def desk() -> Desk:
    return Desk(Cosmos())


def names(desk: Desk) -> list[str]:
    return [
        row["Name"] for row in desk.cosmos.ask("SELECT Name FROM Moon__c ORDER BY Name")
    ]


def test_an_insert_is_created_open(desk: Desk):
    body = {"operation": "insert", "object": "moon__c", "lineEnding": "LF"}
    created = desk.value("POST", "ingest", body)
    job = created["id"]
    assert list(created) == [
        "id",
        "operation",
        "object",
        "createdById",
        "createdDate",
        "systemModstamp",
        "state",
        "concurrencyMode",
        "contentType",
        "apiVersion",
        "contentUrl",
        "lineEnding",
        "columnDelimiter",
    ]
    assert (created["object"], created["state"]) == ("Moon__c", "Open")
    assert created["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job}/batches"
    desk.wait(3600)
    opened = desk.value("GET", f"ingest/{job}")
    assert (opened["state"], opened["jobType"]) == ("Open", "V2Ingest")
    assert "numberRecordsProcessed" not in opened


def test_an_insert_from_its_data_to_results(desk: Desk):
    body = {"operation": "insert", "object": "moon__c", "lineEnding": "LF"}
    job = desk.value("POST", "ingest", body)["id"]
    data = 'Name,Amount__c,Story__c\n"Io",3.5,"two\nlines, ""quoted"""\nEuropa,,\n'
    assert desk.send("PUT", f"ingest/{job}/batches", data.encode()).status == 201
    closed = desk.value("PATCH", f"ingest/{job}", {"state": "UploadComplete"})
    assert closed["state"] == "UploadComplete"
    assert "lineEnding" not in closed

    desk.wait(0.3)
    running = desk.value("GET", f"ingest/{job}")
    assert (running["state"], running["numberRecordsProcessed"]) == ("InProgress", 2)
    desk.wait(0.3)
    done = desk.value("GET", f"ingest/{job}")
    assert (
        done["state"],
        done["numberRecordsProcessed"],
        done["numberRecordsFailed"],
    ) == ("JobComplete", 2, 0)
    assert set(done) >= TIMES

    found = desk.cosmos.ask(
        "SELECT Id, Name, Amount__c, Story__c FROM Moon__c ORDER BY Name"
    )
    assert [list(bare(row).values())[1:] for row in found] == [
        ["Europa", None, None],
        ["Io", 3.5, 'two\nlines, "quoted"'],
    ]
    europa, io = (row["Id"] for row in found)
    assert desk.text(f"ingest/{job}/successfulResults") == (
        '"sf__Id","sf__Created",Name,Amount__c,Story__c\n'
        f'"{io}","true","Io","3.5","two\nlines, ""quoted"""\n'
        f'"{europa}","true","Europa","",""\n'
    )
    assert (
        desk.text(f"ingest/{job}/failedResults")
        == '"sf__Id","sf__Error",Name,Amount__c,Story__c\n'
    )
    assert desk.text(f"ingest/{job}/unprocessedrecords") == "Name,Amount__c,Story__c\n"


def test_an_update_changes_what_is_given_and_empties_what_is_not_available(desk: Desk):
    moon = desk.cosmos.add(
        "Moon__c", Name="Io", Text__c="old", Choice__c="Rock", Count__c=4
    )
    job = desk.load(
        "update", f"Id,Text__c,Choice__c,Count__c\n{moon['Id']},new,#N/A,\n"
    )
    assert desk.rows(f"ingest/{job}/successfulResults")[1][:2] == [moon["Id"], "false"]
    (row,) = desk.cosmos.ask("SELECT Text__c, Choice__c, Count__c FROM Moon__c")
    assert bare(row) == {"Text__c": "new", "Choice__c": None, "Count__c": 4}


def test_an_upsert_creates_or_changes_by_external_id(desk: Desk):
    known = desk.cosmos.add("Moon__c", Name="Io", Code__c="I")
    job = desk.load(
        "upsert",
        "Code__c,Name\nI,Changed\nE,Europa\n,Nobody\n",
        externalIdFieldName="code__c",
    )
    assert desk.value("GET", f"ingest/{job}")["externalIdFieldName"] == "Code__c"
    first, second = desk.rows(f"ingest/{job}/successfulResults")[1:]
    assert first[:2] == [known["Id"], "false"]
    assert second[1] == "true"
    (failed,) = desk.rows(f"ingest/{job}/failedResults")[1:]
    assert failed[1].startswith("MISSING_ARGUMENT:")
    assert names(desk) == ["Changed", "Europa"]


def test_an_upsert_that_matches_twice_changes_neither(desk: Desk):
    for name in ("a", "b"):
        desk.cosmos.add("Moon__c", Name=name, Code__c="X")
    job = desk.load("upsert", "Code__c,Name\nX,c\n", externalIdFieldName="Code__c")
    (failed,) = desk.rows(f"ingest/{job}/failedResults")[1:]
    assert failed[1].startswith("DUPLICATE_EXTERNAL_ID:")
    assert names(desk) == ["a", "b"]


def test_deletes_go_to_the_recycle_bin_and_hard_deletes_do_not(desk: Desk):
    soft, hard = (desk.cosmos.add("Moon__c", Name=name)["Id"] for name in "sh")
    desk.load("delete", f"Id\n{soft}\n")
    desk.load("hardDelete", f"Id\n{hard}\n")
    left = desk.cosmos.ask("SELECT Id FROM Moon__c", deleted=True)
    assert [row["Id"] for row in left] == [soft]
    assert names(desk) == []


def test_rows_fail_one_by_one_with_a_code_a_message_and_fields(desk: Desk):
    data = f"Id,Count__c\n{'a11000000000001'},1\n,2\nx,3\n"
    job = desk.load("update", data)
    info = desk.value("GET", f"ingest/{job}")
    assert (
        info["state"],
        info["numberRecordsProcessed"],
        info["numberRecordsFailed"],
    ) == ("JobComplete", 3, 3)
    header, *failed = desk.rows(f"ingest/{job}/failedResults")
    assert header == ["sf__Id", "sf__Error", "Id", "Count__c"]
    assert failed[1][:2] == [
        "",
        "MISSING_ARGUMENT:Id not specified in an update call:--",
    ]
    for row in failed:
        assert len(row[1].split(":")) >= 3


def test_a_row_of_another_length_fails_and_shows_blanks(desk: Desk):
    job = desk.load("insert", "Name,Text__c\nIo\nEuropa,x\n")
    assert desk.text(f"ingest/{job}/failedResults") == (
        '"sf__Id","sf__Error",Name,Text__c\n'
        '"","INVALID_FIELD:Number of fields in header is different from the row. '
        'header = 2 row = 1:--","",""\n'
    )
    assert names(desk) == ["Europa"]


def test_a_lookup_may_be_told_by_an_external_id(desk: Desk):
    planet = desk.cosmos.add("Planet__c", Name="Jupiter")
    job = desk.load("insert", "Name,Planet__r.Name\nIo,Jupiter\nLost,Nowhere\n")
    (row,) = desk.cosmos.ask("SELECT Planet__c FROM Moon__c")
    assert row["Planet__c"] == planet["Id"]
    (failed,) = desk.rows(f"ingest/{job}/failedResults")[1:]
    assert failed[1] == (
        "INVALID_FIELD:Foreign key external ID: nowhere not found for field Name in "
        "entity Planet__c:--"
    )


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("Name,Foo__c\nIo,1\n", {}, "InvalidBatch : Field name not found : Foo__c"),
        (
            "Name\r\nIo\r\n",
            {},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            "Name\nIo\n",
            {"lineEnding": "CRLF"},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF",
        ),
    ],
)
def test_an_upload_that_cannot_be_read_fails_the_job(
    desk: Desk, data: str, options: dict[str, str], message: str
):
    job = desk.load("insert", data, **options)
    info = desk.value("GET", f"ingest/{job}")
    assert (info["state"], info["errorMessage"]) == ("Failed", message)
    assert names(desk) == []


def test_rows_of_a_failed_job_are_unprocessed(desk: Desk):
    job = desk.load("insert", "Name,Foo__c\nIo,1\nEuropa,2\n")
    assert (
        desk.text(f"ingest/{job}/unprocessedrecords")
        == 'Name,Foo__c\n"Io","1"\n"Europa","2"\n'
    )


def test_delimiters_and_line_endings_are_those_of_the_job(desk: Desk):
    job = desk.load(
        "insert",
        "Name;Text__c\r\nIo;x,y\r\n",
        columnDelimiter="SEMICOLON",
        lineEnding="CRLF",
    )
    first, second, last = desk.text(f"ingest/{job}/successfulResults").split("\r\n")
    assert first == '"sf__Id";"sf__Created";Name;Text__c'
    assert second.endswith(';"true";"Io";"x,y"')
    assert last == ""


def test_one_upload_only_while_the_job_is_open(desk: Desk):
    job = desk.value("POST", "ingest", {"operation": "insert", "object": "Moon__c"})[
        "id"
    ]
    path = f"ingest/{job}/batches"
    desk.send("PUT", path, b"Name\nIo\n")
    status, code, message = desk.refusal("PUT", path, b"Name\nEuropa\n")
    assert (status, code) == (400, "INVALIDJOBSTATE")
    assert message.startswith(f"Found multiple contents for job: <{job}>")
    desk.value("PATCH", f"ingest/{job}", {"state": "UploadComplete"})
    assert desk.refusal("PUT", path, b"Name\nEuropa\n")[0] == 400
    assert desk.refusal("PATCH", f"ingest/{job}", {"state": "UploadComplete"})[0] == 400
    desk.wait(60)
    assert desk.refusal("PATCH", f"ingest/{job}", {"state": "UploadComplete"})[2] == (
        "Closing already Completed Job not allowed"
    )


def test_an_aborted_job_writes_nothing(desk: Desk):
    job = desk.value("POST", "ingest", {"operation": "insert", "object": "Moon__c"})[
        "id"
    ]
    desk.send("PUT", f"ingest/{job}/batches", b"Name\nIo\n")
    assert (
        desk.value("PATCH", f"ingest/{job}", {"state": "Aborted"})["state"] == "Aborted"
    )
    desk.wait(60)
    assert desk.value("GET", f"ingest/{job}")["state"] == "Aborted"
    assert names(desk) == []
    assert desk.send("DELETE", f"ingest/{job}").status == 204
    assert desk.refusal("GET", f"ingest/{job}")[0] == 404


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"operation": "merge", "object": "Moon__c"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Comet__c"}, "INVALIDENTITY"),
        ({"operation": "insert"}, "INVALIDENTITY"),
        ({"operation": "upsert", "object": "Moon__c"}, "INVALIDJOB"),
        (
            {
                "operation": "upsert",
                "object": "Moon__c",
                "externalIdFieldName": "Text__c",
            },
            "INVALIDJOB",
        ),
        (
            {"operation": "insert", "object": "Moon__c", "lineEnding": "CR"},
            "INVALIDJOB",
        ),
    ],
)
def test_jobs_that_make_no_sense_are_refused(
    desk: Desk, options: dict[str, str], code: str
):
    assert desk.refusal("POST", "ingest", options)[:2] == (400, code)


def test_ingest_jobs_are_listed_apart_from_query_jobs(desk: Desk):
    desk.query("SELECT Id FROM Moon__c")
    job = desk.load("insert", "Name\nIo\n")
    (listed,) = desk.value("GET", "ingest")["records"]
    assert (listed["id"], listed["state"], listed["jobType"]) == (
        job,
        "JobComplete",
        "V2Ingest",
    )

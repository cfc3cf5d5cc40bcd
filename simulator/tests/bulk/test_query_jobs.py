from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from soql.cosmos import USER, Cosmos

from bulk.desk import Desk, desk_with_moons

MOONS = "SELECT Id, Name FROM Moon__c"


@pytest.fixture
def desk() -> Desk:
    return desk_with_moons()


def test_a_job_passes_through_its_states_as_time_passes(desk: Desk):
    created = desk.value("POST", "query", {"operation": "query", "query": MOONS})
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
        "lineEnding",
        "columnDelimiter",
    ]
    assert created["id"].startswith("750")
    assert len(created["id"]) == 18
    assert created["apiVersion"] == 66.0
    assert created["createdById"] == USER
    path = f"query/{created['id']}"
    states = []
    for seconds in (0.0, 0.25, 0.25, 3600.0):
        desk.wait(seconds)
        info = desk.value("GET", path)
        states.append((info["state"], info["numberRecordsProcessed"]))
    assert states == [
        ("UploadComplete", 0),
        ("InProgress", 0),
        ("JobComplete", 7),
        ("JobComplete", 7),
    ]
    assert info["jobType"] == "V2Query"
    assert info["retries"] == 0
    assert info["totalProcessingTime"] > 0
    assert info["isPkChunkingSupported"] is True


def test_the_pace_of_jobs_can_be_set(desk: Desk):
    desk.jobs.pace.queue_seconds = desk.jobs.pace.run_seconds = 0.0
    job = desk.query(MOONS)
    assert desk.value("GET", f"query/{job}")["state"] == "JobComplete"


def test_results_are_refused_before_the_job_is_complete(desk: Desk):
    job = desk.query(MOONS)
    status, code, _ = desk.refusal("GET", f"query/{job}/results")
    assert (status, code) == (400, "INVALIDJOBSTATE")


def test_every_value_is_quoted_and_columns_stand_in_select_order(desk: Desk):
    cosmos = desk.cosmos
    moon = cosmos.add(
        "Moon__c",
        Name='The "big" one',
        Text__c="a,b\nc;d",
        Amount__c=912260031.0,
        Count__c=3,
        Flag__c=True,
        Day__c="2026-05-24",
        Moment__c="2026-05-01T07:25:37.000Z",
    )
    job = desk.exported(
        "SELECT Text__c, Name, Amount__c, Count__c, Flag__c, Day__c, Moment__c, "
        f"Planet__r.Name FROM Moon__c WHERE Id = '{moon['Id']}'"
    )
    answer = desk.send("GET", f"query/{job}/results")
    assert answer.headers["Content-Type"] == "text/csv;charset=UTF-8"
    assert answer.headers["Sforce-Locator"] == "null"
    assert answer.headers["Sforce-NumberOfRecords"] == "1"
    assert b"".join(answer.chunks or ()).decode() == (
        '"Text__c","Name","Amount__c","Count__c","Flag__c","Day__c","Moment__c","Planet__r.Name"\n'
        '"a,b\nc;d","The ""big"" one","9.12260031E8","3","true","2026-05-24",'
        '"2026-05-01T07:25:37.000Z",""\n'
    )


def test_columns_are_sorted_by_name_before_version_50(desk: Desk):
    desk.version = "49.0"
    job = desk.exported("SELECT Name, Id, Count__c FROM Moon__c LIMIT 1")
    header, row = desk.rows(f"query/{job}/results")
    assert header == ["Count__c", "Id", "Name"]
    assert row[2] == "Moon 0"


def test_a_result_without_rows_is_a_header(desk: Desk):
    job = desk.exported(f"{MOONS} WHERE Name = 'none'")
    answer = desk.send("GET", f"query/{job}/results")
    assert b"".join(answer.chunks or ()) == b'"Id","Name"\n'
    assert answer.headers["Sforce-NumberOfRecords"] == "0"


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [
        ("BACKQUOTE", "`"),
        ("CARET", "^"),
        ("PIPE", "|"),
        ("SEMICOLON", ";"),
        ("TAB", "\t"),
    ],
)
@pytest.mark.parametrize(("ending", "line"), [("LF", "\n"), ("CRLF", "\r\n")])
def test_delimiters_and_line_endings(
    desk: Desk, name: str, delimiter: str, ending: str, line: str
):
    job = desk.exported(
        f"{MOONS} ORDER BY Name LIMIT 1", columnDelimiter=name, lineEnding=ending
    )
    first, second, last = desk.text(f"query/{job}/results").split(line)
    assert first == f'"Id"{delimiter}"Name"'
    assert second.endswith(f'{delimiter}"Moon 0"')
    assert last == ""


def test_pages_follow_their_locators_to_the_end(desk: Desk):
    job = desk.exported(MOONS)
    names: list[str] = []
    query = {"maxRecords": "3"}
    sizes = []
    while query.get("locator") != "null":
        answer = desk.send("GET", f"query/{job}/results", **query)
        names += [row[1] for row in desk.rows(f"query/{job}/results", **query)[1:]]
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        query = {"maxRecords": "3", "locator": answer.headers["Sforce-Locator"]}
    assert names == [f"Moon {number}" for number in range(7)]
    assert sizes == ["3", "3", "1"]


def test_a_locator_can_be_read_again_and_belongs_to_its_job(desk: Desk):
    job, other = desk.exported(MOONS), desk.exported(MOONS)
    first = desk.send("GET", f"query/{job}/results", maxRecords="3")
    locator = first.headers["Sforce-Locator"]
    again = [
        desk.text(f"query/{job}/results", locator=locator, maxRecords="2")
        for _ in range(2)
    ]
    assert again[0] == again[1]
    assert "Moon 3" in again[0]
    for wrong in (locator[:-2], "MTAwMDA", "ü"):
        assert desk.refusal("GET", f"query/{job}/results", locator=wrong)[0] == 400
    assert desk.refusal("GET", f"query/{other}/results", locator=locator)[0] == 400


@pytest.mark.parametrize("most", ["0", "-1", "many"])
def test_a_wrong_max_records_is_refused(desk: Desk, most: str):
    job = desk.exported(MOONS)
    assert desk.refusal("GET", f"query/{job}/results", maxRecords=most)[0] == 400


def test_result_pages_name_five_pages_at_a_time(desk: Desk):
    desk.jobs.default_records = 1
    job = desk.exported(MOONS)
    first = desk.value("GET", f"query/{job}/resultPages")
    assert [len(first["resultPages"]), first["done"]] == [5, False]
    base = f"/services/data/v66.0/jobs/query/{job}"
    assert first["nextRecordsUrl"].startswith(f"{base}/resultpages?locator=")
    locator = first["nextRecordsUrl"].partition("=")[2]
    second = desk.value("GET", f"query/{job}/resultpages", locator=locator)
    assert (second["done"], second["nextRecordsUrl"]) == (True, None)
    names = []
    for page in first["resultPages"] + second["resultPages"]:
        assert page["resultUrl"].startswith(f"{base}/results?locator=")
        rows = desk.rows(
            f"query/{job}/results", locator=page["resultUrl"].partition("=")[2]
        )
        names += [row[1] for row in rows[1:]]
    assert names == [f"Moon {number}" for number in range(7)]


def test_result_pages_need_version_58(desk: Desk):
    desk.version = "57.0"
    job = desk.exported(MOONS)
    assert desk.refusal("GET", f"query/{job}/resultPages")[:2] == (404, "NOT_FOUND")


def test_results_need_the_version_of_the_job(desk: Desk):
    job = desk.exported(MOONS)
    desk.version = "60.0"
    assert desk.refusal("GET", f"query/{job}/results")[0] == 409
    assert desk.value("GET", f"query/{job}")["state"] == "JobComplete"


def test_rows_are_those_that_were_visible_when_the_job_ran(desk: Desk):
    cosmos = desk.cosmos
    job = desk.exported(MOONS)
    moon = cosmos.ask(f"{MOONS} WHERE Name = 'Moon 3'")[0]
    cosmos.store.update("Moon__c", moon["Id"], {"Name": "Renamed"}, user_id=USER)
    cosmos.store.hard_delete("Moon__c", cosmos.ask(MOONS)[0]["Id"])
    cosmos.add("Moon__c", Name="Newcomer")
    names = [row[1] for row in desk.rows(f"query/{job}/results")[1:]]
    assert names == [f"Moon {number}" for number in range(7)]


def test_query_all_exports_deleted_rows(desk: Desk):
    cosmos = desk.cosmos
    cosmos.store.delete("Moon__c", cosmos.ask(MOONS)[0]["Id"], user_id=USER)
    text = "SELECT Id, IsDeleted FROM Moon__c"
    plain = desk.rows(f"query/{desk.exported(text)}/results")
    every = desk.rows(f"query/{desk.exported(text, operation='queryAll')}/results")
    assert len(plain) == 7
    assert sorted(row[1] for row in every[1:]) == ["false"] * 6 + ["true"]


REFUSED = [
    (
        "SELECT Id, BillingAddress FROM Account",
        "API_ERROR",
        "Selecting compound data not supported in Bulk Query",
    ),
    (
        "SELECT Id, (SELECT Id FROM Moons__r) FROM Planet__c",
        "API_ERROR",
        "Aggregate Relationships not supported in Bulk Query",
    ),
    ("SELECT COUNT() FROM Moon__c", "API_ERROR", None),
    ("SELECT Name, COUNT(Id) FROM Moon__c GROUP BY Name", "API_ERROR", None),
    ("SELECT Id FROM Moon__c OFFSET 5", "API_ERROR", None),
    ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "API_ERROR", None),
    ("SELECT Id, VersionData FROM ContentVersion", "API_ERROR", None),
    (
        "SELECT FIELDS(ALL) FROM Moon__c",
        "MALFORMED_QUERY",
        "The SOQL FIELDS function must have a LIMIT of at most 200",
    ),
    ("SELECT Foo FROM Moon__c", "INVALID_FIELD", None),
    ("SELECT Id FROM Moon__c WHERE Foo = 1", "INVALID_FIELD", None),
    ("SELECT Id FROM Nope__c", "INVALID_TYPE", None),
    ("SELEKT", "MALFORMED_QUERY", "unexpected token: SELEKT"),
    (None, "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
]


@pytest.mark.parametrize(("soql", "code", "message"), REFUSED)
def test_what_a_table_cannot_show_is_refused_when_the_job_is_made(
    desk: Desk, soql: str | None, code: str, message: str | None
):
    body = {"operation": "query", "query": soql}
    status, found, text = desk.refusal("POST", "query", body)
    assert (status, found) == (400, code)
    assert message in (None, text)
    assert desk.value("GET", "query")["records"] == []


def test_objects_the_bulk_api_does_not_know_are_refused_by_name(desk: Desk):
    from dataclasses import replace

    schema = desk.cosmos.schema
    schema.add_object(replace(schema.object("Moon__c"), bulk_supported=False))
    refused = (
        400,
        "INVALIDENTITY",
        "Entity 'Moon__c' is not supported by the Bulk API.",
    )
    assert (
        desk.refusal("POST", "query", {"operation": "query", "query": MOONS}) == refused
    )
    assert (
        desk.refusal("POST", "ingest", {"operation": "insert", "object": "moon__c"})
        == refused
    )


@pytest.mark.parametrize(
    "options",
    [
        {"operation": "export"},
        {"columnDelimiter": "DOT"},
        {"lineEnding": "CR"},
        {"contentType": "XML"},
    ],
)
def test_unknown_options_are_refused(desk: Desk, options: dict[str, Any]):
    body = {"operation": "query", "query": MOONS, **options}
    status, code, message = desk.refusal("POST", "query", body)
    assert (status, code) == (400, "INVALIDJOB")
    assert next(iter(options.values())) in message


def test_a_body_that_is_no_json_object_is_refused(desk: Desk):
    for body in (b"{", b"[1]"):
        assert desk.refusal("POST", "query", body)[:2] == (400, "JSON_PARSER_ERROR")


def test_paths_that_lead_nowhere(desk: Desk):
    job = desk.exported(MOONS)
    for path in (
        "load",
        f"query/{job}/nothing",
        f"query/{job}/results/more",
        f"ingest/{job}",
    ):
        assert desk.refusal("GET", path)[0] == 404
    assert desk.refusal("PUT", "query")[0] == 405
    assert desk.refusal("PUT", f"query/{job}")[0] == 405


def test_a_large_export_needs_little_memory():
    desk = Desk(Cosmos({"Account": 1_000_000}))
    desk.jobs.default_records = 20_000
    job = desk.exported("SELECT Id, Name, SystemModstamp FROM Account")
    tracemalloc.start()
    answer = desk.send("GET", f"query/{job}/results")
    size = sum(len(chunk) for chunk in answer.chunks or ())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak < 1_500_000


def test_there_are_no_query_jobs_before_version_47(desk: Desk):
    desk.version = "46.0"
    for method in ("GET", "POST"):
        assert desk.refusal(method, "query")[:2] == (404, "NOT_FOUND")

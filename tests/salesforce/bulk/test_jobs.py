"""Bulk jobs on the wire: begun, looked at, read to the end, never in part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfconnector.exceptions import (
    Conflict,
    Corrupt,
    InvalidRequest,
    Transient,
)
from sfconnector.salesforce import BulkIngest, BulkQuery, Client
from sfconnector.salesforce.bulk import JobInfo, Pace, write_rows
from tests.salesforce.conftest import EXPIRED, Stage, answer, bare, refusal

DATA = "/services/data/v66.0"
JOB = f"{DATA}/jobs/query/750A"


@pytest.fixture
def bulk(client: Client, pauses: list[float]) -> BulkQuery:
    return BulkQuery(client, pace=Pace(sleep=pauses.append, deadline_s=60))


def job(state: str, **more: Any) -> bytes:
    return answer(
        200, {"id": "750A", "state": state, "object": "Account", "apiVersion": 66.0,
              "operation": "query", **more}
    )  # fmt: skip


def page(
    rows: list[list[str]], *, locator: str = "null", told: int | None = None
) -> bytes:
    headers = {"Sforce-Locator": locator}
    headers["Sforce-NumberOfRecords"] = str(len(rows) if told is None else told)
    body = write_rows(["Id", "Name"], rows)
    return answer(200, body, kind="text/csv", headers=headers, zipped=True)


def test_a_job_is_begun_with_the_query_in_its_body(
    bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(job("UploadComplete"))
    info = bulk.start("SELECT Id FROM Account", all_rows=True)
    assert (info.id, info.api_version, info.is_final) == ("750A", "66.0", False)
    assert json.loads(stage.seen[0].body) == {
        "operation": "queryAll",
        "query": "SELECT Id FROM Account",
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }


def test_what_bulk_does_not_read_is_said(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(refusal(400, "INVALIDENTITY", "Entity 'X' is not supported"))
    with pytest.raises(InvalidRequest) as caught:
        bulk.start("SELECT Id FROM X")
    assert caught.value.code == "INVALIDENTITY"


def test_a_job_is_looked_at_ever_more_rarely(
    bulk: BulkQuery, stage: Stage, pauses: list[float]
) -> None:
    stage.puts(*[job("InProgress")] * 12, job("JobComplete", numberRecordsProcessed=3))
    info = bulk.wait("750A")
    assert info.records_processed == 3
    assert pauses[:3] == pytest.approx([0.2, 0.3, 0.45])
    assert max(pauses) == 10.0
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("odd", [10**400, -1, "many", [], True, None])
def test_numbers_that_are_none_are_not_told(
    bulk: BulkQuery, stage: Stage, odd: object
) -> None:
    names = ("numberRecordsProcessed", "numberRecordsFailed", "apiVersion")
    stage.puts(job("JobComplete", **dict.fromkeys(names, odd)))
    info = bulk.wait("750A")
    assert (info.records_processed, info.records_failed) == (None, 0)
    assert info.api_version in {"", "1.0"}


def test_looking_can_be_stopped_at_any_time(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(job("InProgress"))
    for info in bulk.poll("750A"):
        assert info.state == "InProgress"
        break
    assert len(stage.seen) == 1


def test_a_job_that_never_ends_is_left_for_later(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(job("InProgress"))
    with pytest.raises(Transient, match="still running") as caught:
        bulk.wait("750A")
    assert caught.value.code == "BulkJobSlow"


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        (job("Failed", errorMessage="no index"), InvalidRequest, "failed: no index"),
        (job("Failed"), InvalidRequest, "Salesforce gave no reason"),
        (job("Aborted"), Conflict, "was aborted"),
        (job("Melted"), Corrupt, "not a Bulk job: state 'Melted'"),
        (answer(200, {}), Corrupt, "not a Bulk job"),
    ],
)
def test_a_job_that_ends_badly_is_an_error(
    written: bytes, kind: type[Exception], text: str, bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(written)
    with pytest.raises(kind, match=text):
        bulk.wait("750A")


def all_rows(bulk: BulkQuery, info: JobInfo, **more: Any) -> list[list[str]]:
    return [
        row
        for one in bulk.pages(info, **more)
        for batch in one.batches(2)
        for row in batch
    ]


def info_of(rows: int | None) -> JobInfo:
    return JobInfo(
        id="750A", state="JobComplete", operation="query", sobject="Account",
        api_version="66.0", records_processed=rows, records_failed=0,
        error_message="", content_url="",
    )  # fmt: skip


ROWS = [[str(number), f"n{number}"] for number in range(5)]


def test_all_pages_are_read_by_their_locators(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(page(ROWS[:3], locator="MTA"), page(ROWS[3:]))
    assert all_rows(bulk, info_of(5)) == ROWS
    assert [one.target for one in stage.seen] == [
        f"{JOB}/results?maxRecords=50000",
        f"{JOB}/results?maxRecords=50000&locator=MTA",
    ]
    assert stage.seen[0].headers["accept"] == "text/csv"


def test_reading_resumes_at_a_locator(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(page(ROWS[3:]))
    assert all_rows(bulk, info_of(5), locator="MTA", already=3) == ROWS[3:]


def test_pages_that_are_not_taken_are_read_to_their_end_all_the_same(
    bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(page(ROWS[:3], locator="MTA"), page(ROWS[3:]))
    assert [one.columns for one in bulk.pages(info_of(5))] == [("Id", "Name")] * 2


BAD_PAGES = {
    "fewer rows than told": [page(ROWS[:4], told=5)],
    "more rows than told": [page(ROWS, told=4)],
    "fewer rows than the job counted": [page(ROWS[:4])],
    "a later header that differs": [
        page(ROWS[:3], locator="MTA"),
        answer(200, b'"Id","Other"\n"3","n3"\n"4","n4"\n', kind="text/csv"),
    ],
    "a body cut at a row and told by nothing": [
        bare(b'"Id","Name"\n"1","a"\n"2","b"', kind="text/csv")
    ],
    "a web page": [answer(200, b"<html>down</html>\n", kind="text/html")],
}


@pytest.mark.parametrize("name", BAD_PAGES)
def test_pages_that_are_not_whole_are_corrupt(
    name: str, bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(*BAD_PAGES[name])
    with pytest.raises(Corrupt):
        all_rows(bulk, info_of(5))


def test_the_last_rows_of_a_short_page_are_not_given_out(
    bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(page(ROWS[:4], told=5))
    taken: list[list[str]] = []

    def take_all() -> None:
        with bulk.results("750A") as one:
            for batch in one.batches(2):
                taken.extend(batch)

    with pytest.raises(Corrupt, match="4 rows arrived where 5 were told"):
        take_all()
    assert taken == ROWS[:2]


def test_an_empty_result_is_whole(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(page([]))
    assert all_rows(bulk, info_of(0)) == []


def test_a_token_that_expires_between_pages_is_renewed(
    bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(page(ROWS[:3], locator="MTA"), EXPIRED, page(ROWS[3:]))
    assert all_rows(bulk, info_of(5)) == ROWS


def test_results_of_another_version_are_a_conflict(
    bulk: BulkQuery, stage: Stage
) -> None:
    stage.puts(refusal(409, "INVALIDJOBSTATE", "made by another version"))
    with pytest.raises(Conflict), bulk.results("750A", version="58.0"):
        pass
    assert stage.seen[0].target.startswith("/services/data/v58.0/jobs/query/750A")


def test_the_locators_of_all_pages_are_listed(bulk: BulkQuery, stage: Stage) -> None:
    first = {
        "resultPages": [{"resultUrl": f"{JOB}/results"},
                        {"resultUrl": f"{JOB}/results?locator=aBc"}],
        "nextRecordsUrl": f"{JOB}/resultPages?locator=next",
        "done": False,
    }  # fmt: skip
    last = {"resultPages": [{"resultUrl": f"{JOB}/results?locator=dEf"}], "done": True}
    stage.puts(answer(200, first), answer(200, last))
    assert list(bulk.locators("750A")) == ["", "aBc", "dEf"]


def test_a_job_is_aborted_and_deleted(bulk: BulkQuery, stage: Stage) -> None:
    stage.puts(job("Aborted"), answer(204))
    assert bulk.abort("750A").state == "Aborted"
    bulk.delete("750A")
    assert [(one.method, one.target) for one in stage.seen] == [
        ("PATCH", JOB),
        ("DELETE", JOB),
    ]


def test_an_ingest_job_from_open_to_its_outcome(client: Client, stage: Stage) -> None:
    ingest = BulkIngest(client, pace=Pace(sleep=lambda _: None))
    failed = b'"sf__Id","sf__Error",Name\n"","DUPLICATE_VALUE:x:--","a"\n'
    stage.puts(
        job("Open", contentUrl="services/data/v66.0/jobs/ingest/750A/batches"),
        answer(201),
        job("UploadComplete"),
        job("JobComplete", numberRecordsProcessed=1, numberRecordsFailed=1),
        answer(200, failed, kind="text/csv"),
    )
    started = ingest.start("Account", "upsert", external_field="Key__c")
    ingest.upload(started.id, write_rows(["Name"], [["a"]]))
    ingest.close(started.id)
    assert ingest.wait(started.id).records_failed == 1
    with ingest.outcome(started.id, "failedResults") as rows:
        assert rows.columns == ("sf__Id", "sf__Error", "Name")
        assert list(rows.batches()) == [[["", "DUPLICATE_VALUE:x:--", "a"]]]
    assert json.loads(stage.seen[0].body)["externalIdFieldName"] == "Key__c"
    assert stage.seen[1].body == b'"Name"\n"a"\n'
    assert stage.seen[1].headers["content-type"] == "text/csv; charset=UTF-8"
    assert stage.seen[1].target == f"{DATA}/jobs/ingest/750A/batches"

"""How query jobs end: aborted, deleted, forgotten, failed, or refused for their number."""

from __future__ import annotations

import pytest

from bulk.desk import Desk, desk_with_moons

MOONS = "SELECT Id, Name FROM Moon__c"


@pytest.fixture
def desk() -> Desk:
    return desk_with_moons()


def test_a_job_can_be_aborted_until_it_is_done(desk: Desk):
    job = desk.query(MOONS)
    aborted = desk.value("PATCH", f"query/{job}", {"state": "Aborted"})
    assert (aborted["id"], aborted["state"]) == (job, "Aborted")
    desk.wait(60)
    assert desk.value("GET", f"query/{job}")["state"] == "Aborted"
    assert desk.refusal("GET", f"query/{job}/results")[0] == 400
    done = desk.exported(MOONS)
    assert desk.refusal("PATCH", f"query/{done}", {"state": "Aborted"}) == (
        400,
        "INVALIDJOBSTATE",
        "Aborting already Completed Job not allowed",
    )


def test_a_job_that_has_ended_can_be_deleted_and_is_unknown_then(desk: Desk):
    job = desk.query(MOONS)
    assert desk.refusal("DELETE", f"query/{job}")[0] == 400
    desk.wait(60)
    assert desk.send("DELETE", f"query/{job}").status == 204
    missing = (404, "NOT_FOUND", "The requested resource does not exist")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/results")):
        assert desk.refusal(method, f"query/{job}{path}") == missing


def test_jobs_are_listed_and_forgotten_after_seven_days(desk: Desk):
    jobs = [desk.query(MOONS) for _ in range(3)]
    listed = desk.value("GET", "query")
    assert [record["id"] for record in listed["records"]] == jobs
    assert (listed["done"], listed["nextRecordsUrl"]) == (True, None)
    assert listed["records"][0]["jobType"] == "V2Query"
    desk.wait(7 * 86_400 + 1)
    assert desk.value("GET", "query")["records"] == []


def test_a_job_can_be_made_to_fail(desk: Desk):
    desk.jobs.fail_next("InternalServerError : something broke")
    job = desk.query(MOONS)
    desk.wait(60)
    info = desk.value("GET", f"query/{job}")
    assert (info["state"], info["errorMessage"]) == (
        "Failed",
        "InternalServerError : something broke",
    )
    assert desk.exported(MOONS) != job


def test_a_job_whose_field_vanished_before_it_ran_fails(desk: Desk):
    job = desk.query("SELECT Id FROM Moon__c WHERE Text__c = null")
    desk.cosmos.schema.remove_field("Moon__c", "Text__c")
    desk.wait(60)
    info = desk.value("GET", f"query/{job}")
    assert info["state"] == "Failed"
    assert "No such column 'Text__c'" in info["errorMessage"]


def test_the_daily_number_of_query_jobs_is_limited(desk: Desk):
    desk.jobs.max_query_jobs = 2
    for _ in range(2):
        desk.query(MOONS)
    status, code, _ = desk.refusal(
        "POST", "query", {"operation": "query", "query": MOONS}
    )
    assert (status, code) == (400, "LIMIT_EXCEEDED")
    desk.wait(24 * 3600 + 1)
    desk.query(MOONS)

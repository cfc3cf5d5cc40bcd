from __future__ import annotations

import json

import pytest

from sfconnector import sync
from sfconnector.models import ApiCall, Record, RunLogLine, SyncPlan, SyncRun
from sfconnector.sync.work import threads
from tests.connections import settings_with
from tests.sync.conftest import cached_ids, change, live_ids, run

State = SyncRun.State


def rest_and_bulk(org, **options):
    """Fetch by REST, remember, then by Bulk into the same rows."""
    plan = sync.plan_object(org, sobject="Account", mode="rest", **options)
    assert run(plan).state == State.SUCCEEDED
    by_rest = dict(Record.objects.values_list("record_id", "data"))
    SyncPlan.objects.update(mode="bulk")
    done = run(plan, full=True)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "bulk"
    return by_rest, dict(Record.objects.values_list("record_id", "data"))


def test_a_first_bulk_run_caches_every_record(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "bulk"
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    assert done.fetched == done.expected == done.created
    changed = sorted(live_ids(simulated, "Account"))[7]
    change(simulated, "Account", changed, Name="Renamed")
    done = run(plan)
    assert (done.is_full, done.mode, done.updated) == (False, "bulk", 1)
    assert Record.objects.get(record_id=changed).data["Name"] == "Renamed"


def test_bulk_and_rest_say_the_same_of_a_record(org):
    by_rest, by_bulk = rest_and_bulk(org)
    for key, data in by_rest.items():
        assert by_bulk[key] == data


def test_parents_and_compounds_are_kept_whole_by_bulk(org):
    by_rest, by_bulk = rest_and_bulk(
        org, fields=["Name", "BillingAddress", "Owner.Name", "AnnualRevenue"]
    )
    one, other = (next(iter(rows.values())) for rows in (by_rest, by_bulk))
    assert other["Owner"]["Name"] == one["Owner"]["Name"]
    for key, data in by_rest.items():
        assert by_bulk[key]["BillingAddress"] == data["BillingAddress"]
        assert by_bulk[key]["AnnualRevenue"] == data["AnnualRevenue"]


def test_a_full_bulk_pass_finds_what_is_missing(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    run(plan)
    gone = sorted(live_ids(simulated, "Account"))[3:6]
    for one in gone:
        simulated.records.store.hard_delete("Account", one)
    simulated.clock.advance(120)
    done = run(plan, full=True)
    assert done.deleted == 3
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    before = ApiCall.objects.count()
    assert run(plan, full=True).deleted == 0
    assert ApiCall.objects.count() - before < 8


def test_auto_takes_bulk_for_many_records_and_rest_for_few(org, settings):
    settings.SFCONNECTOR = settings_with(BULK_THRESHOLD=100)
    few = sync.plan_object(org, sobject="Contact")
    many = sync.plan_object(org, sobject="Account")
    assert (run(few).mode, run(many).mode) == ("rest", "bulk")


def test_auto_sends_a_field_list_too_long_for_an_address_by_bulk(org, simulated):
    """Few records, but a Bulk query stands in a body; by REST the list is split."""
    for number in range(330):
        simulated.records.add_field("Contact", f"{'Quite_a_long_name_' * 2}{number}__c")
    plan = sync.plan_object(org, sobject="Contact")
    done = run(plan)
    assert (done.state, done.mode) == (State.SUCCEEDED, "bulk"), done.error_text
    assert cached_ids(org, "Contact") == live_ids(simulated, "Contact")
    simulated.requests.clear()
    SyncPlan.objects.update(mode="rest")
    done = run(plan, full=True)
    assert (done.state, done.mode) == (State.SUCCEEDED, "rest"), done.error_text
    assert simulated.requests.count("/queryAll", method="GET") >= 2
    some = Record.objects.of(org, "Contact").live().first().data
    assert sum(name.startswith("Quite_a_long") for name in some) == 330


def test_auto_turns_to_bulk_when_much_has_changed(org, simulated, settings):
    settings.SFCONNECTOR = settings_with(BULK_THRESHOLD=100)
    plan = sync.plan_object(org, sobject="Account")
    run(plan)
    for one in sorted(live_ids(simulated, "Account"))[:150]:
        change(simulated, "Account", one, Name="Changed")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert (done.is_full, done.mode) == (False, "bulk")
    assert done.updated == 150
    done = run(plan)
    assert (done.mode, done.updated) == ("bulk", 0)


@pytest.mark.parametrize(
    "fault",
    [
        {
            "path": "*/jobs/query",
            "method": "POST",
            "status": 400,
            "body": [
                {
                    "errorCode": "INVALIDENTITY",
                    "message": "Entity 'Account' is not supported by the Bulk API.",
                }
            ],
        },
        *(
            {
                "path": "*/jobs/query",
                "method": "POST",
                "status": 400,
                "body": [{"errorCode": code, "message": "Too much for one query."}],
            }
            for code in ("OPERATION_TOO_LARGE", "QUERY_TIMEOUT")
        ),
        {
            "path": "*/jobs/query/*",
            "method": "GET",
            "replace": ['"state":"JobComplete"', '"state":"Failed"'],
        },
        {
            "path": "*/jobs/query/*",
            "method": "GET",
            "replace": ['"state":"JobComplete"', '"state":"Aborted"'],
        },
    ],
    ids=["refused", "too large", "too slow", "failed", "aborted"],
)
def test_what_bulk_cannot_do_is_done_by_rest(org, simulated, fault):
    simulated.faults.add(**fault)
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "rest"
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    assert RunLogLine.objects.filter(run=done, text__contains="by REST").exists()


def test_a_cut_result_is_read_again_and_nothing_is_lost(org, simulated):
    simulated.faults.add("*/results", cut=0.6, times=1)
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_result_that_is_always_cut_never_succeeds(org, simulated):
    simulated.faults.add("*/results", cut=0.6)
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    done = run(plan)
    assert done.state in (State.PARKED, State.FAILED)
    assert SyncPlan.objects.get().cursor_value == ""


def test_a_cancelled_run_aborts_its_job(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    queued = sync.request_run(plan)

    def cancel(request, response):
        from django.db import connections

        if request.method == "GET" and "/jobs/query/" in request.path:
            sync.cancel(SyncRun.objects.get(pk=queued.pk))
            connections.close_all()

    simulated.before_send.append(cancel)
    simulated.faults.add(
        "*/jobs/query/*", replace=['"state":"JobComplete"', '"state":"InProgress"']
    )
    sync.execute(queued.pk, worker="test")
    queued.refresh_from_db()
    assert queued.state == State.CANCELLED
    assert ApiCall.objects.filter(method="PATCH", path__contains="/jobs/query").exists()


def in_pages(simulated, monkeypatch) -> None:
    """Let the job's result come in pages of 100, and take that for many."""
    from sfconnector.sync.readers import results

    simulated.jobs.default_records = 100
    monkeypatch.setattr(results, "PAGE_SIZE", 100)


def test_several_pages_are_read_at_a_time(org, simulated, monkeypatch):
    in_pages(simulated, monkeypatch)
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    paths = [r.path for r in simulated.requests]
    assert [path for path in paths if path.endswith("/resultPages")]
    assert sum(path.endswith("/results") for path in paths) == 5


def test_listed_pages_that_do_not_join_are_read_in_their_order(
    org, simulated, monkeypatch
):
    in_pages(simulated, monkeypatch)

    def skip_one(request, response):
        if request.path.endswith("/resultPages"):
            value = json.loads(response.body)
            del value["resultPages"][2]
            response.body = json.dumps(value).encode()

    simulated.before_send.append(skip_one)
    done = run(sync.plan_object(org, sobject="Account", mode="bulk"))
    assert done.state == State.SUCCEEDED, done.error_text
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    assert done.log.filter(text__contains="do not join").exists()


@pytest.mark.parametrize("page", [1, 3, 5])
def test_pages_that_were_committed_are_not_read_again(
    org, simulated, monkeypatch, page
):
    in_pages(simulated, monkeypatch)
    # However slow the machine is, the first run ends before the second one begins.
    monkeypatch.setattr(threads, "LAST_WAIT", 60.0)
    simulated.faults.add("*/results", nth=page, refuse="insufficient_access")
    plan = sync.plan_object(org, sobject="Account", mode="bulk")
    failed = run(plan)
    assert failed.state == State.FAILED
    finished = failed.checkpoint.get("finished", [])
    SyncRun.objects.update(state="queued", checkpoint=failed.checkpoint)
    simulated.requests.clear()
    sync.execute(failed.pk, worker="second")
    failed.refresh_from_db()
    assert failed.state == State.SUCCEEDED, failed.error_text
    read = [r for r in simulated.requests if r.path.endswith("/results")]
    assert len(read) == 5 - len(finished)
    assert failed.fetched == Record.objects.count()
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_numbers_keep_their_digits():
    from sfconnector.sync.readers.csv_rows import Rows
    from sfconnector.sync.shape import Shape

    shape = Shape(
        sobject="Thing__c",
        fields=("Id", "Price__c", "Is__c", "When__c", "Text__c"),
        types=(
            ("Id", "id"),
            ("Price__c", "currency"),
            ("Is__c", "boolean"),
            ("When__c", "datetime"),
            ("Text__c", "string"),
        ),
    )
    read = Rows(shape, shape.fields, version="66.0")
    line = [
        "a00000000000001AAA",
        "12345678901234567.89",
        "true",
        "2026-05-01T07:25:37.000Z",
        'say "NA"\nnow',
    ]
    (row,) = read([[cell.encode()] for cell in line])
    assert b'"Price__c":12345678901234567.89' in row.data
    value = json.loads(row.data)
    assert value["When__c"] == "2026-05-01T07:25:37.000+0000"
    assert (value["Is__c"], value["Text__c"]) == (True, 'say "NA"\nnow')

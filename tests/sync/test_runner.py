"""What a run does besides reading: history, signals, warnings, forecasts, upkeep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sfconnector import records, retention, signals, sync
from sfconnector.models import (
    ApiCall,
    FieldChange,
    PageDigest,
    Record,
    SchemaChange,
    SObject,
    SyncRun,
)
from tests.sync.conftest import change, live_ids, run

State = SyncRun.State


def some(simulated, number: int) -> list[str]:
    return sorted(live_ids(simulated, "Account"))[50 : 50 + number]


def test_nothing_new_costs_one_request_and_writes_no_row(plan, org, simulated):
    run(plan)
    run(plan)
    simulated.requests.clear()
    done = run(plan)
    data = [r for r in simulated.requests if "/services/data" in r.path]
    assert len(data) == 1
    assert (done.created, done.updated, done.deleted) == (0, 0, 0)
    assert done.api_calls == 1


def test_of_a_full_pass_only_what_changed_is_written(plan, org, simulated):
    run(plan)
    before = dict(Record.objects.values_list("record_id", "pk"))
    pages = PageDigest.objects.count()
    assert pages > 4
    chosen = some(simulated, 4)
    for one in chosen:
        simulated.records.store.overwrite("Account", one, {"Site": "a formula moved"})
    done = run(plan, full=True)
    assert (done.created, done.updated) == (0, 4)
    assert done.unchanged == done.fetched - 4
    assert dict(Record.objects.values_list("record_id", "pk")) == before
    assert PageDigest.objects.count() == pages


def test_a_page_changed_by_an_incremental_run_is_compared_again(plan, org, simulated):
    run(plan)
    pages = PageDigest.objects.count()
    one = some(simulated, 1)[0]
    change(simulated, "Account", one, Name="Changed")
    run(plan)
    assert PageDigest.objects.count() == pages - 1
    done = run(plan, full=True)
    assert (done.updated, done.created) == (0, 0)
    assert PageDigest.objects.count() == pages


def test_history_is_kept_where_the_plan_asks_for_it(plan, org, simulated):
    run(plan)
    one = some(simulated, 1)[0]
    change(simulated, "Account", one, Name="Not asked for yet")
    run(plan)
    assert not FieldChange.objects.exists()
    plan.history_days = 30
    plan.save()
    old = Record.objects.get(record_id=one).data["Name"]
    change(simulated, "Account", one, Name="New name")
    run(plan)
    found = FieldChange.objects.filter(record_id=one, field="Name").get()
    assert (found.before, found.after) == (old, "New name")
    simulated.clock.advance(60)
    change(simulated, "Account", one, Name="Newest name")
    run(plan)
    record = Record.objects.get(record_id=one)
    yesterday = timezone.now() - timedelta(days=1)
    assert records.as_of(record, yesterday)["Name"] == old
    assert records.as_of(record, found.changed_at)["Name"] == "New name"
    tomorrow = timezone.now() + timedelta(days=1)
    assert records.as_of(record, tomorrow)["Name"] == "Newest name"
    FieldChange.objects.update(seen_at=timezone.now() - timedelta(days=31))
    assert retention.look_after().history >= 1
    assert not FieldChange.objects.exists()


def test_a_masked_field_leaves_the_cache_and_the_history(plan, org, simulated):
    plan.history_days = 30
    plan.save()
    run(plan)
    change(simulated, "Account", some(simulated, 1)[0], Phone="+1 555")
    run(plan)
    assert FieldChange.objects.filter(field="Phone").exists()
    org.sobjects.get(name="Account").sfields.filter(name="Phone").update(is_masked=True)
    done = run(plan)
    assert done.is_full
    assert not [row for row in Record.objects.live() if "Phone" in row.data]
    assert not FieldChange.objects.filter(field="Phone").exists()
    assert not run(plan).is_full


def test_an_endpoint_plan_may_carry_a_query(org):
    path = "/services/data/v66.0/query?q=SELECT+Id+FROM+Account+LIMIT+3"
    done = run(sync.plan_endpoint(org, path=path))
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.plan.answers.get().body["totalSize"] == 3


def test_the_host_hears_of_records_and_of_the_end(plan, org, simulated):
    heard: list[tuple[str, object]] = []

    def on_records(**told):
        heard.append(("records", (len(told["created"]), len(told["updated"]))))
        raise RuntimeError("a receiver of the host that fails")

    def on_end(run, **_):
        heard.append(("end", run.state))

    signals.records_changed.connect(on_records)
    signals.run_finished.connect(on_end)
    try:
        done = run(plan)
    finally:
        signals.records_changed.disconnect(on_records)
        signals.run_finished.disconnect(on_end)
    assert heard[-1] == ("end", State.SUCCEEDED)
    told = sum(told[0] for kind, told in heard if kind == "records")
    # Those of the recycle bin are cached too, but nobody hears of them as new ones.
    assert told == len(live_ids(simulated, "Account")) < done.created


def test_repeated_failures_warn_first_and_pause_then(plan, org, simulated):
    plan.schedule, plan.every_minutes = "every", 5
    plan.save()
    simulated.user.hide("Account")
    for number in range(1, 7):
        done = run(plan)
        plan.refresh_from_db()
        assert plan.failures_in_a_row == number
        said = " ".join(done.log.values_list("text", flat=True))
        assert ("in a row" in said) == (3 <= number < 6)
        assert bool(plan.paused_at) == (number >= 6)
    assert "in a row" in plan.paused_reason
    plan.resume()
    run(plan)
    plan.refresh_from_db()
    assert plan.failures_in_a_row == 1
    simulated.user.reveal("Account")
    assert run(plan).state in (State.SUCCEEDED, State.WARNINGS)
    plan.refresh_from_db()
    assert plan.failures_in_a_row == 0


def test_a_forecast_says_what_a_plan_will_take(plan, org, simulated):
    plan.schedule, plan.every_minutes = "every", 30
    told = sync.forecast(plan)
    assert told.rows == run(plan).fetched
    assert (told.mode, told.calls, told.calls_a_day) == ("rest", 1, 48)
    assert told.bytes > 0
    assert 0 < told.share < 0.001
    assert not told.parks
    measured = sync.forecast(plan)
    assert measured.bytes == pytest.approx(told.bytes, rel=1)


def test_a_forecast_says_when_the_first_run_will_rest(plan, simulated):
    simulated.limits.daily_api_requests = 10
    sync.forecast(plan)
    plan.mode = "bulk"
    assert sync.forecast(plan).parks


def test_calls_of_a_run_are_written_down_with_it(plan, org):
    done = run(plan)
    lines = ApiCall.objects.filter(run=done, purpose="sync")
    assert lines.count() == done.api_calls >= 5


def test_upkeep_prunes_what_is_old_and_keeps_the_rest(plan, org):
    run(plan)
    old = timezone.now() - timedelta(days=400)
    ApiCall.objects.update(at=old)
    SyncRun.objects.update(finished_at=old)
    kept = run(plan)
    done = retention.look_after()
    assert done.runs == 1
    assert done.calls > 0
    assert list(SyncRun.objects.all()) == [kept]


def test_upkeep_reads_old_describes_again(plan, org, simulated):
    run(plan)
    assert retention.look_after().orgs_described == 0
    SObject.objects.update(described_at=timezone.now() - timedelta(hours=21))
    simulated.clock.advance(60)  # Last-Modified knows no parts of a second
    simulated.records.schema.remove_field("Account", "Fax")
    before = ApiCall.objects.count()
    assert retention.look_after().orgs_described == 1
    assert ApiCall.objects.count() == before + 1
    assert SchemaChange.objects.get().field == "Fax"


def test_a_plan_reads_parents_and_nested_values_whole(org, simulated):
    plan = sync.plan_object(
        org,
        sobject="Contact",
        fields=["Name", "Account.Name", "MailingAddress"],
        mode="rest",
    )
    assert run(plan).state in (State.SUCCEEDED, State.WARNINGS)
    found = [row.data for row in Record.objects.of(org, "Contact")]
    parents = [data["Account"]["Name"] for data in found if data["Account"]]
    assert parents
    assert all("MailingAddress" in data for data in found)

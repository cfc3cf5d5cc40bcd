from __future__ import annotations

from datetime import timedelta

import pytest

from sfconnector import sync
from sfconnector.models import MissingRecord, Record, SObject, SyncPlan, SyncRun
from tests.sync.conftest import cached_ids, change, live_ids, run

State = Record.State


@pytest.fixture
def plan(org):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    assert run(plan).state == SyncRun.State.SUCCEEDED
    return plan


@pytest.fixture
def store(simulated):
    return simulated.records.store


@pytest.fixture(params=[False, True], ids=["whole minutes", "the running one"])
def listed(simulated, request) -> bool:
    """Whether the org lists deletions of the running minute: it may do either."""
    simulated.lists_running_minute = request.param
    return bool(request.param)


def state_of(record_id: str) -> int:
    return Record.objects.get(record_id=record_id).state


def some(simulated, number: int) -> list[str]:
    return sorted(live_ids(simulated, "Account"))[50 : 50 + number]


def test_a_record_in_the_recycle_bin_is_deleted_and_comes_back(
    plan, org, simulated, store
):
    one = some(simulated, 1)[0]
    store.delete("Account", one, user_id=simulated.user.id)
    done = run(plan)
    assert (done.deleted, state_of(one)) == (1, State.DELETED)
    store.undelete("Account", one, user_id=simulated.user.id)
    assert run(plan).updated == 1
    assert state_of(one) == State.LIVE
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_full_pass_finds_purged_records(plan, org, simulated, store):
    gone = some(simulated, 3)
    for one in gone:
        store.hard_delete("Account", one)
    simulated.clock.advance(120)
    done = run(plan, full=True)
    assert done.state == SyncRun.State.SUCCEEDED, done.error_text
    assert done.deleted == 3
    assert {state_of(one) for one in gone} == {State.GONE}
    assert not MissingRecord.objects.exists()
    sobject = SObject.objects.get(org=org, name="Account")
    assert sobject.live_count == len(live_ids(simulated, "Account"))
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_full_pass_finds_records_purged_at_both_ends(plan, org, simulated, store):
    ids = sorted(row["Id"] for row in store.scan("Account"))
    for one in (ids[0], ids[-1], ids[99], ids[100]):
        store.hard_delete("Account", one)
    run(plan, full=True)
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_record_purged_behind_a_full_pass_is_found_by_the_next_run(
    plan, org, simulated, store, listed
):
    """The pass asks for deletions at its end, but only of what it did not meet."""
    ids = sorted(live_ids(simulated, "Account"))
    store.hard_delete("Account", ids[-1])

    def purge(request, response):
        if "-300" in request.path and ids[0] in live_ids(simulated, "Account"):
            store.hard_delete("Account", ids[0])
            simulated.clock.advance(timedelta(hours=1).total_seconds())

    simulated.before_send.append(purge)
    assert run(plan, full=True).is_full
    assert state_of(ids[-1]) == State.GONE
    simulated.clock.advance(timedelta(hours=2).total_seconds())
    assert not run(plan).is_full
    assert state_of(ids[0]) == State.GONE
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_an_incremental_run_asks_for_purged_records_now_and_then(
    plan, org, simulated, store, listed
):
    gone = some(simulated, 2)
    for one in gone:
        store.hard_delete("Account", one)
    done = run(plan)
    assert cached_ids(org, "Account") != live_ids(simulated, "Account")
    simulated.clock.advance(timedelta(hours=2).total_seconds())
    done = run(plan)
    assert not done.is_full
    assert done.deleted == 2
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_record_purged_out_of_the_recycle_bin_is_gone(plan, simulated, store):
    one = some(simulated, 1)[0]
    store.delete("Account", one, user_id=simulated.user.id)
    run(plan)
    simulated.clock.advance(timedelta(hours=2).total_seconds())
    run(plan)  # the list of deletions has named it by now, and does not name it again
    assert state_of(one) == State.DELETED
    store.hard_delete("Account", one)
    simulated.clock.advance(timedelta(hours=2).total_seconds())
    assert not run(plan).is_full
    assert state_of(one) == State.GONE


def test_a_record_the_org_hides_without_deleting_it_is_hidden(plan, org, simulated):
    hidden = some(simulated, 1)[0]
    store = simulated.records.store
    row = dict(store.get("Account", hidden))
    store.hard_delete("Account", hidden)
    simulated.faults.add(
        "*/deleted*",
        body={
            "deletedRecords": [],
            "earliestDateAvailable": "2020-01-01T00:00:00.000+0000",
            "latestDateCovered": "2030-01-01T00:00:00.000+0000",
        },
    )
    run(plan, full=True)
    assert state_of(hidden) == State.HIDDEN
    assert row["Id"] not in cached_ids(org, "Account")


def test_what_the_list_of_deletions_names_late_is_hidden_until_then(
    plan, org, simulated, store, listed
):
    # Else the minute may end before the list is asked for.
    simulated.clock.advance(61 - simulated.clock.now().second)
    gone = some(simulated, 1)[0]
    store.hard_delete("Account", gone)
    run(plan, full=True)
    assert state_of(gone) == (State.GONE if listed else State.HIDDEN)
    simulated.clock.advance(600)
    run(plan)
    assert state_of(gone) == State.GONE


def test_many_missing_records_are_settled_by_one_walk_over_all_ids(
    plan, org, simulated, store, monkeypatch
):
    from sfconnector.sync.walks import missing

    monkeypatch.setattr(missing, "SWEEP_FROM", 10)
    for one in some(simulated, 130):
        store.hard_delete("Account", one)
    done = run(plan, full=True)
    assert done.deleted == 130
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_a_partial_pass_never_deletes(plan, org, simulated, store):
    gone = some(simulated, 1)[0]
    store.hard_delete("Account", gone)
    simulated.faults.add("*-300", refuse="insufficient_access")
    done = run(plan, full=True)
    assert done.state == SyncRun.State.FAILED
    assert state_of(gone) == State.LIVE


@pytest.mark.parametrize("place", [0, 50, 99])
def test_what_a_failed_pass_missed_is_still_missing_for_the_next(
    plan, org, simulated, store, place
):
    """The failed pass must not remember the page as one that equals the cache."""
    gone = sorted(live_ids(simulated, "Account"))[place]
    store.hard_delete("Account", gone)
    simulated.faults.add("*-300", refuse="insufficient_access")
    assert run(plan, full=True).state == SyncRun.State.FAILED
    simulated.faults.clear()
    assert run(plan, full=True).deleted == 1
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_an_unchanged_full_pass_writes_nothing_but_finds_the_missing(
    plan, org, simulated, store
):
    done = run(plan, full=True)
    assert (done.created, done.updated, done.deleted) == (0, 0, 0)
    assert done.unchanged == done.fetched > 0
    store.hard_delete("Account", sorted(live_ids(simulated, "Account"))[-1])
    assert run(plan, full=True).deleted == 1


def test_records_that_leave_the_filter_are_marked_not_deleted(org, simulated, store):
    plan = sync.plan_object(
        org, sobject="Account", where="Industry = 'Energy'", mode="rest"
    )
    run(plan)
    inside = cached_ids(org, "Account")
    assert inside
    leaver, other = sorted(inside)[:2]
    change(simulated, "Account", leaver, Industry="Banking")
    change(simulated, "Account", other, Name="Still here")
    done = run(plan)
    assert not done.is_full
    assert done.out_of_filter == 1
    assert state_of(leaver) == State.OUT_OF_FILTER
    assert state_of(other) == State.LIVE
    change(simulated, "Account", leaver, Industry="Energy")
    run(plan)
    assert state_of(leaver) == State.LIVE


def test_a_changed_filter_forces_a_full_pass(plan, org, simulated):
    sync.plan_object(org, sobject="Account", where="Industry = 'Energy'", mode="rest")
    plan.refresh_from_db()
    done = run(plan)
    assert done.is_full
    expected = {
        row["Id"]
        for row in simulated.records.store.scan("Account")
        if row["Industry"] == "Energy" and not row.get("IsDeleted")
    }
    assert cached_ids(org, "Account") == expected
    assert done.out_of_filter == 450 - len(expected)
    assert SyncPlan.objects.get().cursor_value

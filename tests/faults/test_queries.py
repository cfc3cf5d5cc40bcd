"""Queries that die, take too long or move under our feet (F11 to F15)."""

from __future__ import annotations

import pytest

from sfconnector.models import Record, SyncPlan, SyncRun
from tests.faults.conftest import PAGES
from tests.faults.evidence import asked, assert_whole, queries, run_now
from tests.sync.conftest import change, live_ids, run

State = SyncRun.State


def whenever(simulated, ending: str, action) -> list[str]:
    """Do something each time before a page whose path ends so is sent."""
    seen: list[str] = []

    def hook(request, response):
        if request.path.endswith(ending):
            seen.append(request.path)
            action()

    simulated.before_send.append(hook)
    return seen


def test_a_dead_locator_means_going_on_behind_the_last_row(plan, org, simulated):
    """F11: the third page's locator is dead; the first two are not read again."""
    simulated.faults.add("*/query/*-100", times=1, action="kill_locators")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    first, second = [q for q in asked(simulated) if "ORDER BY Id" in q]
    assert "Id >" not in first
    last = sorted(Record.objects.values_list("record_id", flat=True))[99]
    assert f"Id > '{last}'" in second
    assert len(queries(simulated)) == PAGES + 1
    assert done.fetched == done.created == done.expected
    assert_whole(org, simulated)


def test_locators_that_die_after_every_page_still_lead_to_the_end(plan, org, simulated):
    """F11: each page is progress."""
    whenever(simulated, "-50", simulated.cursors.kill)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(queries(simulated)) <= 2 * PAGES
    assert_whole(org, simulated)


def test_a_locator_that_dies_in_an_incremental_run_costs_no_row(plan, org, simulated):
    """F11: the checkpoint of changes is the last stamp and id."""
    run(plan)
    for number, one in enumerate(sorted(live_ids(simulated, "Account"))[:230]):
        change(simulated, "Account", one, Name=f"Moved {number}")
    simulated.faults.add("*/query/*-100", times=1, action="kill_locators")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert not done.is_full
    assert done.updated == 230
    assert_whole(org, simulated)


@pytest.mark.parametrize("kind", ["full", "changes"])
@pytest.mark.parametrize("refusal", ["query_timeout", "operation_too_large"])
def test_a_query_that_takes_too_long_is_asked_in_smaller_windows(
    plan, org, simulated, refusal, kind
):
    """F12: until it passes; never a success with less."""
    if kind == "changes":
        run(plan)
        for one in sorted(live_ids(simulated, "Account"))[:120]:
            change(simulated, "Account", one, Name="Moved")

    def too_slow(request, response):
        query = request.query.get("q", "")
        if "ORDER BY" not in query or "LIMIT" in query:
            return
        refuse(response, refusal)

    simulated.before_send.append(too_slow)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert (done.is_full, done.updated) == (kind == "full", 120 * (kind != "full"))
    assert_whole(org, simulated)


@pytest.mark.parametrize(
    "refusal",
    ["query_timeout", "operation_too_large", "query_too_complicated", "uri_too_long"],
)
def test_a_query_that_never_passes_fails_with_a_hint(plan, org, simulated, refusal):
    """F12: a bounded number of tries, then a failure that says what to change."""
    simulated.faults.add("*/queryAll", refuse=refusal)
    done = run(plan)
    assert done.state == State.FAILED
    assert done.error_text
    assert "fewer" in done.remedy or "Bulk" in done.remedy
    assert (done.fetched, Record.objects.count()) == (0, 0)
    assert SyncPlan.objects.get().cursor_value == ""
    assert len(queries(simulated)) <= 12


def refuse(response, name: str) -> None:
    """Turn an answer into a refusal of the catalogue."""
    from salesforce_simulator import refusals

    refused = refusals.find(name)
    refused.encode()
    response.status, response.body = refused.status, refused.body
    response.headers.pop("Content-Encoding", None)
    response.headers |= refused.headers


@pytest.mark.parametrize(
    ("refusal", "status"), [("uri_too_long", 414), ("headers_too_long", 431)]
)
def test_an_address_that_is_too_long_is_split_by_fields(
    plan, org, simulated, refusal, status
):
    """F12: the org, or a proxy before it, takes shorter ones than we believe."""
    SyncPlan.objects.update(fields=[])
    plan.refresh_from_db()

    refused = []

    def too_long(request, response):
        if len(request.query_string) > 6_000:
            refuse(response, refusal)
            refused.append(response.status)

    for number in range(220):
        simulated.records.add_field("Account", f"A_rather_long_name_{number:03}__c")
    simulated.before_send.append(too_long)
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert set(refused) == {status}
    assert len(refused) <= 3
    assert_whole(org, simulated)
    names = SyncPlan.objects.get().fields_read
    assert sum(name.startswith("A_rather_long") for name in names) == 220


def test_five_thousand_records_of_one_moment_are_all_read(plan, org, simulated):
    """F13: no page ends between two equal stamps and loses the rest."""
    store = simulated.records.store
    user = simulated.user.id
    run(plan)
    with store.late_commit() as change_:
        for number in range(5_000):
            change_.insert("Account", {"Name": f"Twin {number}"}, user_id=user)
    simulated.page_size = 500
    for path in ("*-500", "*-1000"):
        simulated.faults.add(f"*/query/{path}", times=1, refuse="invalid_locator")
    done = run(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert not done.is_full
    assert done.created == 5_000
    stamps = Record.objects.filter(data__Name__startswith="Twin ")
    assert stamps.values("system_modstamp").distinct().count() == 1
    before = len(simulated.requests)
    again = run(plan)
    assert (again.created, again.updated, again.deleted) == (0, 0, 0)
    assert len(queries(simulated, since=before)) <= 12
    assert_whole(org, simulated)


def test_what_changes_while_pages_are_read_is_cached_in_the_end(plan, org, simulated):
    """F14: changed, added, deleted and purged behind and before the reader."""
    ids = sorted(live_ids(simulated, "Account"))
    store, user = simulated.records.store, simulated.user.id

    def meddle():
        for one in (ids[3], ids[430]):
            change(simulated, "Account", one, Name="Changed meanwhile")
        for one in (ids[4], ids[431]):
            store.delete("Account", one, user_id=user)
        for one in (ids[5], ids[432]):
            store.hard_delete("Account", one)
        store.insert("Account", {"Name": "New meanwhile"}, user_id=user)
        simulated.clock.advance(1_200)  # the pass takes longer than the overlap

    whenever(simulated, "-200", meddle)
    first = run(plan)
    assert first.state in (State.SUCCEEDED, State.WARNINGS), first.error_text
    simulated.before_send.clear()
    simulated.clock.advance(3_700)
    second = run(plan)
    assert second.state == State.SUCCEEDED, second.error_text
    assert not second.is_full
    assert_whole(org, simulated)


def test_a_record_whose_transaction_commits_late_is_found(plan, org, simulated):
    """F14: its stamp is older than the cursor when it shows."""
    store, user = simulated.records.store, simulated.user.id
    one, other = sorted(live_ids(simulated, "Account"))[:2]
    run(plan)
    with store.late_commit() as late:
        late.update("Account", one, {"Name": "Late"}, user_id=user)
        simulated.clock.advance(300)
        change(simulated, "Account", other, Name="Prompt")
        assert run(plan).updated == 1
    done = run(plan)
    assert not done.is_full
    assert done.updated == 1
    assert_whole(org, simulated)


def test_two_changes_within_one_second_are_both_seen(plan, org, simulated):
    """F14: the stamp is the same, the content is not."""
    one = sorted(live_ids(simulated, "Account"))[0]
    run(plan)
    change(simulated, "Account", one, Name="First")
    run(plan)
    change(simulated, "Account", one, Name="Second")
    assert run(plan).updated == 1
    assert_whole(org, simulated)


def test_deletions_older_than_the_org_lists_are_found_by_a_full_pass(
    plan, org, simulated
):
    """F15: fifteen days of silence force one."""
    run(plan)
    gone = sorted(live_ids(simulated, "Account"))[7]
    simulated.records.store.hard_delete("Account", gone)
    simulated.clock.advance(16 * 86_400)
    SyncPlan.objects.update(deleted_covered_until="2020-01-01T00:00:00.000+0000")
    plan.refresh_from_db()
    done = run(plan)
    assert done.is_full
    assert done.deleted == 1
    # A list that does not reach back so far cannot tell it from a hidden one.
    assert Record.objects.get(record_id=gone).state == Record.State.GONE


def test_a_query_answered_with_no_rows_where_the_count_says_some_is_no_success(
    plan, org, simulated
):
    """F12: the case of a time-out that came as an empty success."""
    simulated.faults.add(
        "*/queryAll", body={"totalSize": 457, "done": True, "records": []}
    )
    done = run(plan)
    assert done.state in (State.PARKED, State.FAILED)
    assert SyncPlan.objects.get().cursor_value == ""
    simulated.faults.clear()
    assert run_now(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)

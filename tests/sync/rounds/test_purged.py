"""Once an hour a round asks what was purged: by one call, and as right as a run."""

from __future__ import annotations

import pytest

from sfconnector import sync
from sfconnector.models import Record, SObject, SyncPlan, SyncRun
from tests.faults.evidence import assert_whole
from tests.sync.conftest import change
from tests.sync.rounds.conftest import (
    COMPOSITE,
    first_id,
    make_due,
    paths,
    store,
    while_the_org_answers,
)

State = SyncRun.State


@pytest.fixture
def an_hour_later(plans, org, simulated) -> dict[str, str]:
    """Some records lie in recycle bins; it is time to ask what was purged."""
    gone = {name: first_id(simulated, name, 5) for name in ("Lead", "Campaign")}
    for name, key in gone.items():
        store(simulated).delete(name, key, user_id=simulated.user.id)
    simulated.clock.advance(120)
    assert sync.look_round(org.pk).written >= 2
    simulated.clock.advance(3700)
    make_due()
    simulated.requests.clear()
    return gone


def covered() -> dict[str, str]:
    return dict(SyncPlan.objects.values_list("sobject", "deleted_covered_until"))


def run_all() -> None:
    for one in SyncRun.objects.active():
        sync.execute(one.pk, worker="test")


def test_the_hourly_look_for_purges_takes_one_call_and_no_run(
    an_hour_later, org, simulated
):
    before = covered()
    assert sync.look_round(org.pk).looked == 7
    assert paths(simulated) == ["composite"] * 3
    assert not SyncRun.objects.exists()
    assert all(at > before[name] for name, at in covered().items())
    make_due()
    simulated.requests.clear()
    assert sync.look_round(org.pk).looked == 7
    assert paths(simulated) == ["composite"] * 2


def test_what_was_purged_is_found_every_hour(an_hour_later, org, simulated):
    """Out of the table, and out of the recycle bin, of which no list tells."""
    gone = {
        "Lead": first_id(simulated, "Lead"),
        "Campaign": an_hour_later["Campaign"],
    }
    for name, key in gone.items():
        store(simulated).hard_delete(name, key)
    simulated.clock.advance(120)
    before = covered()
    done = sync.look_round(org.pk)
    assert done.looked + done.queued == 7
    assert {one.sobject for one in SyncRun.objects.all()} >= {"Campaign", "Lead"}
    assert covered()["Lead"] == before["Lead"]
    run_all()
    found = Record.objects.filter(record_id__in=gone.values())
    assert {one.state for one in found} == {Record.State.GONE}
    make_due()
    assert sync.look_round(org.pk).queued == 0


def test_what_goes_between_the_rows_and_the_list_gets_a_run(
    an_hour_later, org, simulated
):
    key = first_id(simulated, "Lead")
    change(simulated, "Lead", key, LastName="Words")

    def purge() -> None:
        store(simulated).hard_delete("Lead", key)
        simulated.clock.advance(120)

    while_the_org_answers(simulated, purge)
    sync.look_round(org.pk)
    assert SyncRun.objects.filter(sobject="Lead").exists()
    run_all()
    assert_whole(org, simulated, "Lead")


@pytest.mark.parametrize(
    "fault",
    [
        {"replace": ['"deletedRecords"', '"deleted"']},
        {"replace": ['"latestDateCovered":"2', '"latestDateCovered":"x']},
        {"replace": ['"deleted', '"nothing']},
        {"cut": 0.5, "keep_length": False},
        {"status": 400},
        {"status": 403},
        {"status": 500},
    ],
)
def test_a_list_of_deletions_that_is_none_gives_runs(
    an_hour_later, org, simulated, fault, hasty
):
    store(simulated).hard_delete("Account", first_id(simulated, "Account"))
    simulated.clock.advance(120)
    before, asked = covered(), []

    def strike(request, response) -> None:
        asked.append(request)
        if len(asked) == 2:  # both calls for changes were answered
            simulated.faults.add(COMPOSITE, **fault)

    simulated.before_send.append(strike)
    done = sync.look_round(org.pk)
    assert "Account" in [one.sobject for one in SyncRun.objects.active()]
    assert covered()["Account"] == before["Account"]
    assert done.looked + done.queued == 7
    simulated.before_send.clear()
    simulated.faults.clear()
    run_all()
    assert_whole(org, simulated, "Account")
    make_due()
    assert sync.waiting_rounds() == [org.pk]


def test_an_object_without_a_list_of_deletions_is_looked_at(
    an_hour_later, org, simulated
):
    SObject.objects.filter(name="Task").update(replicateable=False)
    before = covered()
    assert sync.look_round(org.pk).looked == 7
    assert covered()["Task"] == before["Task"]

"""Rounds: many plans of an org in few calls, and as right as their runs are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sfconnector import overview, retention, signals, sync, tasks
from sfconnector.models import ApiCall, Org, Record, Round, SObject, SyncPlan, SyncRun
from sfconnector.sync import choosing
from sfconnector.sync.rounds import asked, waiting
from tests.connections import settings_with
from tests.faults.evidence import assert_whole
from tests.sync.conftest import change, run
from tests.sync.rounds.conftest import (
    COMPOSITE,
    first_id,
    make_due,
    paths,
    store,
    while_the_org_answers,
)
from tests.threads import at_once

State = SyncRun.State


def due_names() -> list[str]:
    due = SyncPlan.objects.due(timezone.now())
    return sorted(due.values_list("sobject", flat=True))


def test_seven_quiet_plans_take_two_calls_and_no_run(plans, org, simulated):
    began = timezone.now()
    done = sync.look_round(org.pk)
    assert (done.looked, done.written, done.queued) == (7, 0, 0)
    assert paths(simulated) == ["composite", "composite"]
    assert ApiCall.objects.count() == 2
    assert not SyncRun.objects.exists()
    assert due_names() == []
    for plan in SyncPlan.objects.all():
        assert plan.last_run_at >= began
        assert plan.last_success_at >= began
        assert began < plan.next_run_at <= began + timedelta(minutes=16)


def test_a_round_is_a_row_that_tells_each_plans_share(
    plans, org, simulated, admin_client
):
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    sync.look_round(org.pk)
    row = Round.objects.get()
    assert (row.calls, row.looked, row.written, row.queued) == (2, 7, 1, 0)
    account = plans["Account"]
    assert row.plans[str(account.pk)] == 1
    assert sync.looks_at(account) == [row]
    assert sync.looks_at(account)[0].share == pytest.approx(2 / 7)
    alone = SyncPlan(pk=account.pk + 1000, org=org)
    assert sync.looks_at(alone) == []
    (lane,) = overview.timeline(SyncPlan.objects.filter(pk=account.pk)).lanes
    assert (lane.looks, lane.runs) == (1, 0)
    page = admin_client.get(account.get_absolute_url()).content.decode()
    assert "Last rounds" in page
    assert "0.29" in page
    assert "looked at once in a round" in page


def test_a_round_that_asks_nothing_leaves_no_row(plans, org, simulated):
    SyncPlan.objects.update(definition="")  # each wants a full pass
    assert sync.look_round(org.pk).queued == 7
    assert not Round.objects.exists()


def test_the_forecast_divides_a_call_by_the_plans_that_share_it(plans, org, settings):
    plan = plans["Account"]
    assert sync.forecast(plan).calls_a_day == pytest.approx(96 / 5)
    plan.where = "Name != null"  # what left a filter is not seen in a round
    assert sync.forecast(plan).calls_a_day == 96
    plan.where = ""
    SyncPlan.objects.exclude(pk=plan.pk).exclude(sobject="Lead").update(
        is_enabled=False
    )
    assert sync.forecast(plan).calls_a_day == 48
    settings.SFCONNECTOR = settings_with(ROUNDS=False)
    assert sync.forecast(plan).calls_a_day == 96


def queries_of_a_round(org: Org, count: int) -> int:
    """Make so many plans due; look at them, and return how many queries that took."""
    later = timezone.now() + timedelta(hours=2)
    SyncPlan.objects.update(next_run_at=later)
    due = SyncPlan.objects.order_by("pk").values("pk")[:count]
    SyncPlan.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(
        next_run_at=timezone.now()
    )
    with CaptureQueriesContext(connection) as asked_of_it:
        assert sync.look_round(org.pk).looked == count
    return len(asked_of_it)


def test_ten_quiet_plans_take_as_many_queries_as_three(plans, org, simulated):
    for name in ("Contract", "Product2", "Asset"):
        plan = sync.plan_object(org, sobject=name, mode="rest", every_minutes=15)
        assert run(plan).state == State.SUCCEEDED
    queries_of_a_round(org, 1)  # the day's line of calls is there
    few, many = queries_of_a_round(org, 3), queries_of_a_round(org, 10)
    assert many <= 30
    # Several lines of calls are written in a transaction, one is not.
    assert many <= few + 3


def test_what_changed_little_is_stored_without_a_run(plans, org, simulated):
    user = simulated.user.id
    before = {name: plan.cursor_value for name, plan in plans.items()}
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    store(simulated).insert("Contact", {"LastName": "New"}, user_id=user)
    gone = first_id(simulated, "Lead", 3)
    store(simulated).delete("Lead", gone, user_id=user)
    heard: list[dict] = []

    def hear(**told: object) -> None:
        heard.append(told)

    signals.records_changed.connect(hear)
    try:
        done = sync.look_round(org.pk)
    finally:
        signals.records_changed.disconnect(hear)
    assert (done.looked, done.written) == (7, 3)
    assert not SyncRun.objects.exists()
    for name in ("Account", "Contact", "Lead"):
        assert_whole(org, simulated, name)
    assert {one["sobject"] for one in heard} == {"Account", "Contact", "Lead"}
    assert [one["deleted"] for one in heard if one["deleted"]] == [[gone]]
    moved = {
        p.sobject for p in SyncPlan.objects.all() if p.cursor_value > before[p.sobject]
    }
    assert moved >= {"Account", "Contact", "Lead"}


def test_who_has_more_gets_a_run(plans, org, simulated, monkeypatch):
    monkeypatch.setattr(asked, "MOST_ROWS", 4)
    simulated.clock.advance(3000)  # what is new lies beyond the overlap
    for place in range(6):
        change(simulated, "Account", first_id(simulated, "Account", place), Name="X")
    done = sync.look_round(org.pk)
    waiting_run = SyncRun.objects.get()
    assert (done.queued, waiting_run.sobject, waiting_run.trigger) == (
        1,
        "Account",
        "schedule",
    )
    sync.execute(waiting_run.pk, worker="test")
    assert_whole(org, simulated, "Account")


def test_a_part_that_failed_gets_a_run_and_the_others_do_not(plans, org, simulated):
    simulated.faults.add(COMPOSITE, replace=['"plan1"', '"plan9"'], times=1)
    done = sync.look_round(org.pk)
    assert (done.looked, done.queued) == (6, 1)
    assert SyncRun.objects.get().state == State.QUEUED
    assert due_names() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"replace": ['"totalSize"', '"totalSizes"']},
        {"replace": ['"done"', '"dome"']},
        {"replace": ['"compositeResponse"', '"nothing"']},
        {"replace": ['"records"', '"rows"']},
        {"cut": 0.5, "keep_length": False},
        {"status": 500},
    ],
)
def test_an_answer_that_is_not_whole_moves_nothing(plans, org, simulated, fault, hasty):
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    simulated.faults.add(COMPOSITE, **fault)
    before = dict(SyncPlan.objects.values_list("pk", "cursor_value"))
    done = sync.look_round(org.pk)
    assert (done.looked, done.written, done.queued) == (0, 0, 7)
    assert dict(SyncPlan.objects.values_list("pk", "cursor_value")) == before
    simulated.faults.clear()
    for one in SyncRun.objects.all():
        sync.execute(one.pk, worker="test")
    assert_whole(org, simulated, "Account")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_org_that_refuses_composites_goes_on_as_before(
    plans, org, simulated, status
):
    simulated.faults.add(COMPOSITE, status=status)
    assert sync.look_round(org.pk).queued == 5
    asked = paths(simulated).count("composite")
    assert sync.tick().started == 2
    SyncRun.objects.all().delete()
    make_due()
    assert sync.waiting_rounds() == []
    assert sync.look_round(org.pk) is None
    assert sync.tick().started == 7
    assert paths(simulated).count("composite") == asked
    make_due()
    SyncRun.objects.all().delete()
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    assert sync.waiting_rounds(tomorrow) == [org.pk]


def test_an_org_that_does_not_answer_costs_one_call_and_rests(
    plans, org, simulated, hasty
):
    simulated.faults.add("*", reset=True)
    done = sync.look_round(org.pk)
    assert (done.looked, done.queued, done.calls) == (0, 0, 1)
    assert len(due_names()) == 7
    assert not SyncRun.objects.exists()
    assert sync.waiting_rounds() == []
    assert sync.look_round(org.pk) is None
    simulated.faults.clear()
    Org.objects.update(resting_until=timezone.now() - timedelta(seconds=1))
    assert sync.waiting_rounds() == [org.pk]
    assert sync.look_round(org.pk).looked == 7
    assert Org.objects.get().silences == 0


def test_what_is_older_than_the_cache_is_not_stored(plans, org, simulated):
    """A run reads and ends while the round's answer is under way."""
    simulated.clock.advance(5)
    key = first_id(simulated, "Account")
    change(simulated, "Account", key, Name="Older")

    def newer() -> None:
        simulated.clock.advance(5)
        change(simulated, "Account", key, Name="Newer")
        run(plans["Account"])

    while_the_org_answers(simulated, newer)
    done = sync.look_round(org.pk)
    assert Record.objects.get(record_id=key).data["Name"] == "Newer"
    assert done.looked == 6


@pytest.mark.parametrize(
    "deed",
    [
        lambda: SyncPlan.objects.update(is_enabled=False),
        lambda: SyncPlan.objects.update(fields=["Id"]),
        lambda: SyncPlan.objects.update(where="Name != null"),
        lambda: Org.objects.update(deletion_requested_at=timezone.now()),
        lambda: retention.request_purge(Org.objects.get()),
        lambda: Org.objects.update(status=Org.Status.DISCONNECTED),
        lambda: Org.objects.update(round_until=timezone.now()),
        lambda: [sync.request_run(plan) for plan in SyncPlan.objects.all()],
    ],
)
def test_nothing_is_stored_that_somebody_did_not_want_meanwhile(
    plans, org, simulated, deed
):
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    while_the_org_answers(simulated, deed)
    assert sync.look_round(org.pk).written == 0
    assert not [row for row in Record.objects.all() if row.data.get("Name") == "Other"]


def test_of_rounds_at_once_one_looks(plans, org, simulated):
    rounds = at_once(*[lambda: sync.look_round(org.pk)] * 4)
    looked = [done.looked for done in rounds if done]
    assert sum(looked) == 7


def test_a_tick_leaves_to_rounds_what_they_can_read(plans, org, simulated, settings):
    SyncPlan.objects.filter(sobject="Task").update(where="Subject != null")
    SyncPlan.objects.filter(sobject="Case").update(mode="bulk")
    SyncPlan.objects.filter(sobject="Lead").update(cursor_value="")
    assert sync.tick().started == 3
    now = timezone.now()
    assert sync.waiting_rounds(now) == [org.pk]
    assert sync.waiting_rounds(now) == []
    assert sync.waiting_rounds(now + waiting.RING_AGAIN * 1.1) == [org.pk]
    settings.SFCONNECTOR = settings_with(ROUNDS=False)
    assert sync.waiting_rounds(now + timedelta(hours=1)) == []
    assert sync.tick().started == 4


def test_the_task_of_a_round_looks(plans, org, simulated):
    tasks.look_round(org.pk)
    assert due_names() == []
    assert not SyncRun.objects.exists()


def test_a_worker_that_dies_leaves_its_plans_due(plans, org, simulated, monkeypatch):
    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(asked, "ask", die)
        patched.setattr("sfconnector.sync.rounds.turns.give_back", die)
        with pytest.raises(SystemExit):
            sync.look_round(org.pk)
    assert len(due_names()) == 7
    assert sync.look_round(org.pk) is None
    Org.objects.update(round_until=timezone.now() - timedelta(seconds=1))
    assert sync.look_round(org.pk).looked == 7


def test_plans_that_are_due_soon_fill_the_call(plans, org, simulated):
    now = timezone.now()
    SyncPlan.objects.update(next_run_at=now + timedelta(minutes=5))
    SyncPlan.objects.filter(sobject="Task").update(
        next_run_at=now + timedelta(minutes=9)
    )
    SyncPlan.objects.filter(sobject="Account").update(next_run_at=now)
    later = dict(SyncPlan.objects.values_list("pk", "next_run_at"))
    assert sync.look_round(org.pk).looked == 5
    assert paths(simulated) == ["composite"]
    moved = [p for p in SyncPlan.objects.all() if p.next_run_at != later[p.pk]]
    assert len(moved) == 5
    assert all(p.next_run_at > later[p.pk] for p in moved)
    assert "Task" not in [p.sobject for p in moved]


def test_a_masked_field_is_asked_for_no_more(plans, org, simulated):
    from sfconnector import catalog

    catalog.mask(SObject.objects.get(org=org, name="Account"), ["Phone"])
    done = sync.look_round(org.pk)
    assert (done.looked, done.queued) == (6, 1)
    assert SyncRun.objects.get().sobject == "Account"


def test_the_longest_way_ahead_is_bounded():
    now = timezone.now()
    plan = SyncPlan(schedule="every", every_minutes=60 * 24 * 31)
    plan.next_run_at = now + timedelta(hours=1)
    assert not choosing.may_come_early(plan, now)
    plan.next_run_at = now + timedelta(minutes=29)
    assert choosing.may_come_early(plan, now)

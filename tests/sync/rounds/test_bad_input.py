"""What rounds make of orgs, clocks and brokers that are not as they should be."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from sfconnector import sync, tasks
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from tests.connections import settings_with
from tests.faults.evidence import assert_whole
from tests.sync.conftest import change, run
from tests.sync.rounds.conftest import (
    COMPOSITE,
    first_id,
    make_due,
    paths,
    store,
)
from tests.sync.ticking.test_due import due_plans


def work_off() -> None:
    for one in SyncRun.objects.active():
        sync.execute(one.pk, worker="test")


@pytest.mark.parametrize(
    "refusal",
    [
        ['"httpStatusCode":200', '"httpStatusCode":400'],
        ['"httpStatusCode":200', '"httpStatusCode":403'],
        ['"httpStatusCode":200', '"httpStatusCode":"200"'],
        ['"httpStatusCode":200,', ""],
    ],
)
def test_parts_that_were_refused_are_read_by_runs(plans, org, simulated, refusal):
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    simulated.faults.add(COMPOSITE, replace=refusal, times=1)
    done = sync.look_round(org.pk)
    assert (done.looked, done.queued) == (2, 5)
    assert sync.waiting_rounds() == []  # nothing is due; the org is asked again
    work_off()
    assert_whole(org, simulated, "Account")
    make_due()
    assert sync.look_round(org.pk).looked == 7


def test_a_body_that_is_cut_off_while_it_comes_loses_nothing(
    plans, org, simulated, hasty
):
    simulated.clock.advance(5)
    change(simulated, "Account", first_id(simulated, "Account"), Name="Other")
    simulated.faults.add(COMPOSITE, cut=0.5)
    assert sync.look_round(org.pk).looked == 0
    simulated.faults.clear()
    Org.objects.update(resting_until=None, silences=0)
    work_off()
    make_due()
    sync.look_round(org.pk)
    assert_whole(org, simulated, "Account")


@pytest.mark.parametrize("apart", [-7_200, -90, 90, 7_200])
def test_an_org_whose_clock_differs_loses_no_change(plans, org, simulated, apart):
    """Its clock was right when everything was read, then somebody set it."""
    simulated.clock.advance(20)
    sync.look_round(org.pk)
    simulated.clock.advance(max(apart, 0))
    for place in range(3):
        name = f"Change {place}"
        change(simulated, "Account", first_id(simulated, "Account", place), Name=name)
        make_due()
        sync.look_round(org.pk)
        simulated.clock.advance(30)
    work_off()
    assert_whole(org, simulated, "Account")


def test_an_org_that_lives_in_another_hour_from_the_start(org, simulated, settings):
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    for offset in (-3_600, 3_600):
        simulated.clock.offset = offset
        plan = sync.plan_object(org, sobject="Lead", mode="rest", every_minutes=15)
        SyncPlan.objects.update(definition="", cursor_value="")
        run(plan)
        simulated.clock.advance(60)
        change(simulated, "Lead", first_id(simulated, "Lead"), LastName=str(offset))
        make_due()
        assert sync.look_round(org.pk).written == 1
        assert_whole(org, simulated, "Lead")


def test_many_changes_at_once_go_to_a_run_and_the_others_are_looked_at(
    plans, org, simulated
):
    simulated.clock.advance(3_000)
    for number in range(500):
        values = {"LastName": f"New {number}", "Company": "Storm"}
        store(simulated).insert("Lead", values, user_id=simulated.user.id)
    make_due()
    done = sync.look_round(org.pk)
    assert (done.looked, done.queued) == (6, 1)
    work_off()
    assert Record.objects.of(org, "Lead").count() == 512
    assert_whole(org, simulated, "Lead")


def test_a_broker_that_is_away_for_an_hour_costs_a_minute(
    plans, org, simulated, monkeypatch
):
    """The tick that comes after it finds everything still due, and rings again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and nobody listens
        app = tasks.look_round.app
        with app.connection_for_write(f"redis://127.0.0.1:{port}/0") as away:
            rung = sync.waiting_rounds()
            with pytest.raises(OperationalError):
                tasks.look_round.apply_async((rung[0],), connection=away, retry=False)
    assert sync.waiting_rounds() == []
    an_hour_later = timezone.now() + timedelta(hours=1)
    assert sync.waiting_rounds(an_hour_later) == rung == [org.pk]
    tasks.look_round(org.pk)
    assert paths(simulated) == ["composite"] * 2
    assert sync.waiting_rounds() == []


@pytest.mark.django_db(transaction=True)
def test_orgs_that_did_not_answer_are_rung_for_last(settings):
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    due_plans(4, 2)
    SyncPlan.objects.update(cursor_value="2026-01-01T00:00:00.000+0000")
    first, second, third, fourth = Org.objects.order_by("pk")
    Org.objects.filter(pk=first.pk).update(silences=2)
    Org.objects.filter(pk=third.pk).update(silences=1)
    rung = sync.waiting_rounds()
    assert rung == [second.pk, fourth.pk, third.pk, first.pk]


def test_a_plan_that_is_due_again_at_once_is_looked_at_once_per_bell(
    plans, org, simulated
):
    SyncPlan.objects.update(every_minutes=1)
    make_due()
    assert sync.look_round(org.pk).looked == 7
    simulated.requests.clear()
    assert sync.waiting_rounds() == []
    assert sync.look_round(org.pk).looked == 0
    assert paths(simulated) == []


@pytest.mark.parametrize("text", ["* * * * * *", "*/5 * * * * *"])
def test_a_plan_that_is_to_run_every_second_is_paused_and_says_why(
    plans, org, simulated, text
):
    SyncPlan.objects.filter(sobject="Task").update(schedule="cron", cron=text)
    make_due()
    sync.look_round(org.pk)
    sync.tick()
    task = SyncPlan.objects.get(sobject="Task")
    assert task.paused_at
    assert text in task.paused_reason
    assert not SyncRun.objects.filter(sobject="Task").exists()

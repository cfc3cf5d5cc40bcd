"""An org that does not answer rests, with all of its plans, and costs one time-out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sfconnector import orgs, sync
from sfconnector.exceptions import Corrupt, NotFound, Transient
from sfconnector.health.org_findings import examine_row
from sfconnector.models import Org, SyncRun
from tests.sync.conftest import run

State = SyncRun.State
OBJECTS = ("Account", "Contact", "Lead", "Case", "Task")


@pytest.fixture
def queued(org, simulated) -> list[SyncRun]:
    """Runs of five plans whose org resets every connection from now on."""
    plans = [sync.plan_object(org, sobject=name, mode="rest") for name in OBJECTS]
    simulated.faults.add("*", reset=True)
    runs = [sync.request_run(plan, trigger="schedule") for plan in plans]
    simulated.requests.clear()
    return runs


def work_on(runs: list[SyncRun]) -> list[str]:
    for one in runs:
        sync.execute(one.pk, worker="test")
        one.refresh_from_db()
    return [one.state for one in runs]


def the_rest_is_over() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Org.objects.exclude(resting_until=None).update(resting_until=past)
    SyncRun.objects.filter(state=State.PARKED).update(parked_until=past)


def test_a_dead_org_is_asked_once_whatever_the_number_of_its_plans(
    queued, org, simulated, hasty
):
    first = work_on(queued[:1])
    spent = len(simulated.requests)
    others = work_on(queued[1:])
    assert (first, others) == ([State.PARKED], [State.QUEUED] * 4)
    assert len(simulated.requests) == spent
    org.refresh_from_db()
    assert org.silences == 1
    assert queued[0].parked_until == org.resting_until
    assert sync.tick(timezone.now() + timedelta(seconds=5)).rung == 0


def test_after_the_rest_one_run_tries_and_the_pauses_grow(queued, org, hasty):
    rests = []
    for _ in range(3):
        work_on(queued)
        org.refresh_from_db()
        rests.append((org.resting_until - timezone.now()).total_seconds())
        the_rest_is_over()
        SyncRun.objects.update(rung_at=None)
        assert sync.tick().rung == 1
    assert org.silences == 3
    assert rests[0] * 1.2 < rests[1]
    assert rests[1] * 1.2 < rests[2] < 200


def test_the_first_answer_ends_the_rests(queued, org, simulated, hasty):
    work_on(queued)
    simulated.faults.clear()
    the_rest_is_over()
    assert work_on(queued) == [State.SUCCEEDED] * 5
    org.refresh_from_db()
    assert (org.silences, org.resting_until) == (0, None)


def test_a_person_need_not_wait(queued, org, simulated, hasty):
    work_on(queued)
    simulated.faults.clear()
    plan = sync.plan_object(org, sobject="Opportunity", mode="rest")
    assert run(plan).state == State.SUCCEEDED
    org.refresh_from_db()
    assert org.silences == 0


def test_runs_that_wait_for_one_time_out_together_count_once(org):
    until = orgs.unanswered(org)
    assert orgs.unanswered(Org.objects.get()) == until
    assert Org.objects.get().silences == 1


def test_the_longest_rest_is_an_hour(org):
    Org.objects.update(silences=5000)
    assert orgs.unanswered(org) < timezone.now() + timedelta(hours=1.3)


@pytest.mark.parametrize(
    ("error", "is_silence"),
    [
        (Transient("x", code="not_sent"), True),
        (Transient("x", code="answer_lost"), True),
        (Transient("x", status=503), False),
        (NotFound("x", status=404), False),
        (Corrupt("x"), False),
    ],
)
def test_only_no_answer_at_all_is_silence(error, is_silence):
    assert orgs.is_silence(error) is is_silence


def test_the_doctor_says_that_an_org_does_not_answer(org):
    assert "silent" not in [one.code for one in examine_row(org)]
    orgs.unanswered(org)
    assert "silent" in [one.code for one in examine_row(org)]

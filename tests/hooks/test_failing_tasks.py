"""What of a host's function is tried again, and what fails at once."""

from __future__ import annotations

import sys

import pytest
from django.db import IntegrityError, OperationalError, connection

from sfconnector import stopping
from sfconnector.exceptions import (
    Transient,
)
from sfconnector.models import (
    SyncPlan,
    SyncRun,
)
from tests.crm.models import Customer
from tests.hooks.test_host_tasks import planned, task
from tests.sync.conftest import again, run

State = SyncRun.State


def rested(plan, times):
    """Run a plan whose task fails each time; return the states it came to."""
    done = run(plan)
    states = [done.state]
    while done.state == State.PARKED and len(states) < times:
        done = again(done)
        states.append(done.state)
    return states


def unlucky(job):
    raise Transient("no answer")


def test_a_checkpoint_moved_on_is_progress_though_no_rows_are_counted(org):
    def quotes(job):
        state = job.checkpoint or {"page": 0}
        state["page"] += 1
        with job.batch(checkpoint=state):
            pass
        unlucky(job)

    task(quotes)
    plan = planned(org)
    assert rested(plan, 7) == [State.PARKED] * 7
    plan.refresh_from_db()
    assert plan.kept == {"page": 7}


def test_one_that_comes_to_the_same_checkpoint_again_and_again_fails(org):
    def quotes(job):
        for number in range(3):
            with job.batch(checkpoint=number, fetched=5):
                pass
        unlucky(job)

    task(quotes)
    assert rested(planned(org), 9) == [State.PARKED] * 3 + [State.FAILED]


def test_one_that_keeps_no_checkpoint_comes_further_by_the_rows_that_it_counts(org):
    def quotes(job):
        with job.batch(fetched=5):
            pass
        unlucky(job)

    task(quotes)
    assert rested(planned(org), 6) == [State.PARKED] * 6


class Odd:
    pass


def deep():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


NOT_JSON = [
    float("nan"),
    {"of": [float("inf")]},
    10**5000,
    {"a": Odd()},
    {(1, 2): 3},
    b"bytes",
    {1, 2},
    deep(),
]


@pytest.mark.parametrize("where", ["answer", "checkpoint"])
def test_a_value_that_json_cannot_hold_fails_at_once_and_is_named(org, where):
    values = list(NOT_JSON)

    def answer(job):
        return values.pop()

    def keep(job):
        with job.batch(checkpoint=values.pop()):
            Customer.objects.create(account_id="1", name="One")

    task(answer if where == "answer" else keep)
    plan = planned(org)
    while values:
        failed = run(plan)
        assert (failed.state, failed.error_code) == (State.FAILED, "TASK_FAILED")
        assert "cannot be kept as JSON" in failed.error_text
    assert not Customer.objects.exists()
    plan.refresh_from_db()
    assert plan.kept is None
    assert not plan.answers.exists()


def no_table(job):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")


def not_a_number(job):
    SyncPlan.objects.filter(pk=job.run.plan_id).update(kept=float("nan"))


def too_large(job):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT repeat('x', 1024 * 1024 * 1024)")
        elif connection.vendor == "sqlite":
            cursor.execute("SELECT json_extract('{', '$')")
        else:
            raise IntegrityError


def test_what_the_database_refuses_is_no_database_that_is_down(org):
    def refused(job):
        calls.pop()(job)

    task(refused)
    plan = planned(org)
    calls = [no_table, not_a_number, too_large, sys.exit]
    while calls:
        failed = run(plan)
        assert (failed.state, failed.error_code) == (State.FAILED, "TASK_FAILED")


def test_a_database_that_is_down_is_tried_again(org):
    def quotes(job):
        raise OperationalError("the connection was lost")

    task(quotes)
    assert run(planned(org)).state == State.PARKED


def test_the_end_of_the_process_is_no_failure_of_the_task(org):
    def quotes(job):
        stopping.request_stop()
        sys.exit()

    task(quotes)
    plan = planned(org)
    try:
        with pytest.raises(SystemExit):
            run(plan)
    finally:
        stopping.clear_stop()
    assert plan.runs.get().state == State.RUNNING

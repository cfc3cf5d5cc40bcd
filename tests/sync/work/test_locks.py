"""Who waits for whom on PostgreSQL: frozen workers, deleted plans, runs taken over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sfconnector import retention, sync, transactions
from sfconnector.models import ApiCall, MissingRecord, Record, SyncPlan, SyncRun
from sfconnector.sync import queue
from tests.faults.processes import Process, ended_with_the_test, wait_until
from tests.sync.conftest import cached_ids, change, live_ids, run
from tests.threads import beside

State = SyncRun.State
pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="is about PostgreSQL's locks"
)


FUNCTION = (
    "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NOT EXISTS (SELECT FROM naps) THEN RETURN NULL; END IF; "
    "FOR tenth IN 1..%d LOOP PERFORM pg_sleep(0.1); "
    "EXIT WHEN EXISTS (SELECT FROM pg_stat_activity "
    "WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))); "
    "END LOOP; RETURN NULL; END $$"
)
END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@contextmanager
def nap_at(event: str, table: str, *, most: int = 20) -> Iterator[None]:
    """Let the server itself sleep at the next such statement, once.

    Until somebody waits for it, or for ``most`` seconds.
    """
    made = (
        "CREATE TABLE naps (id int)",
        "INSERT INTO naps VALUES (1)",
        FUNCTION % (most * 10),
        f"CREATE TRIGGER nap {event} ON sfconnector_{table} EXECUTE FUNCTION nap()",
    )
    execute(*made)
    try:
        yield
    finally:
        # After a failure one may still be frozen, with locks on what is dropped.
        execute(END_ALL, "DROP FUNCTION nap() CASCADE", "DROP TABLE naps")


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one)


def sessions(condition: str) -> int:
    """Count the other sessions on this database that are in some state."""
    execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it is kept
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            f"AND datname = current_database() AND {condition}"
        )
        return int(cursor.fetchone()[0])


def wait_for_nap() -> None:
    """Wait until a session sleeps, and let no other one sleep after it."""
    wait_until(lambda: sessions("wait_event = 'PgSleep'"))
    execute("DELETE FROM naps")


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    with ended_with_the_test() as starter:
        yield starter


def freeze(process: Process) -> None:
    os.kill(process.popen.pid, signal.SIGSTOP)


def finish_elsewhere(org, simulated, start, frozen: Process) -> None:
    """Let another worker finish the frozen one's run, then thaw it: it is fenced."""
    wait_until(
        lambda: not SyncRun.objects.filter(lease_until__gte=timezone.now()).exists()
    )
    other = start("sf_sync", "acme", "Account", orgs=[simulated])
    status, output = other.wait(seconds=45)
    assert status == 0, output
    done = SyncRun.objects.get()
    assert (done.state, done.fence) == (State.SUCCEEDED, 2), done.error_text
    said = list(done.log.values_list("text", flat=True))
    before = list(SyncRun.objects.values())
    os.kill(frozen.popen.pid, signal.SIGCONT)
    frozen.wait(seconds=45)
    assert list(SyncRun.objects.values()) == before
    assert list(done.log.values_list("text", flat=True)) == said
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")
    assert Record.objects.count() == done.fetched


@pytest.mark.timing
def test_a_worker_frozen_in_a_transaction_loses_its_locks(org, plan, simulated, start):
    with nap_at("AFTER UPDATE", "sobject", most=2):
        frozen = start("sf_sync", "acme", "Account", orgs=[simulated])
        wait_for_nap()
        freeze(frozen)
        wait_until(lambda: sessions("state = 'idle in transaction'"))
        finish_elsewhere(org, simulated, start, frozen)


@pytest.mark.timing
def test_a_worker_frozen_within_a_copy_is_ended_by_the_one_that_takes_over(
    org, plan, simulated, start
):
    """More than fits the socket's buffers waits to be sent when it is frozen."""
    for one in live_ids(simulated, "Account"):
        change(simulated, "Account", one, Description="x" * 32_000)
    simulated.page_size = 2_000
    with nap_at("BEFORE INSERT", "record", most=2):
        frozen = start("sf_sync", "acme", "Account", orgs=[simulated])
        wait_for_nap()
        freeze(frozen)
        wait_until(lambda: sessions("state = 'active' AND wait_event = 'ClientRead'"))
        finish_elsewhere(org, simulated, start, frozen)


@pytest.mark.parametrize(
    ("own", "found"), [("0", "1min"), ("7min", "7min"), ("10s", "10s")]
)
def test_the_hosts_own_bound_of_idle_transactions_is_respected(
    transactional_db, own, found
):
    name = "idle_in_transaction_session_timeout"
    execute(f"SET {name} = '{own}'")
    with connection.cursor() as cursor, transactions.short(run_id=1):
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (found,)
        cursor.execute("SHOW application_name")
        assert cursor.fetchone() == ("sfconnector run 1",)
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (own,)


def test_a_late_worker_and_the_one_that_takes_over_do_not_wait_in_a_circle(org, plan):
    queued = sync.request_run(plan)
    late = queue.claim(queued.pk, worker="late")
    SyncRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    call = {"purpose": "sync", "method": "GET", "path": "/", "at": timezone.now()}
    with ExitStack() as stack, transaction.atomic():
        ApiCall.objects.create(org=org, run=late, **call)
        assert late.write(fetched=1)
        second = beside(lambda: queue.claim(queued.pk, worker="second"))
        outcome = stack.enter_context(second)
        wait_until(lambda: sessions("wait_event_type = 'Lock'"))
        # The commit looked at the org's row, which the other one holds by then.
    assert outcome[0].fence == late.fence + 1


def test_a_plan_is_deleted_while_its_run_settles_what_is_missing(
    org, plan, simulated, caplog
):
    run(plan)
    for one in sorted(live_ids(simulated, "Account"))[:3]:
        simulated.records.store.hard_delete("Account", one)
    queued = sync.request_run(plan, full=True)
    with (
        nap_at("AFTER DELETE", "missingrecord"),
        beside(lambda: sync.execute(queued.pk, worker="test")) as outcome,
    ):
        wait_for_nap()
        plan.delete()
    assert outcome == [None]
    assert "deadlock" not in caplog.text  # one of the two would be sacrificed
    assert not SyncRun.objects.exists()
    assert not MissingRecord.objects.exists()


def test_runs_deleted_in_steps_are_locked_before_what_belongs_to_them(org, plan):
    worker = queue.claim(sync.request_run(plan).pk, worker="test")
    MissingRecord.objects.create(run=worker, record_id="001000000000001AAA")
    with (
        nap_at("AFTER DELETE", "missingrecord"),
        beside(lambda: retention.delete_plan(plan)) as outcome,
    ):
        wait_for_nap()
        assert not worker.write(deleted=1)  # waits, and finds the run gone
    assert outcome == [None]


def test_nothing_refers_to_a_run_that_is_being_deleted(org, plan):
    done = run(plan)
    call = {"purpose": "sync", "method": "GET", "path": "/", "at": timezone.now()}
    with (
        nap_at("AFTER UPDATE", "cachedresponse"),
        beside(plan.delete) as outcome,
    ):
        wait_for_nap()
        with pytest.raises(IntegrityError):
            ApiCall.objects.create(org=org, run=done, **call)
    assert isinstance(outcome[0], tuple), outcome
    assert not SyncPlan.objects.exists()

"""The host's own database fails in the middle of a run (F28, F29)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.utils import timezone

from sfconnector import sync
from sfconnector.models import Record, SObject, SyncPlan, SyncRun
from tests.faults.evidence import assert_whole, queries, run_now
from tests.sync.conftest import change, live_ids

State = SyncRun.State
ENGINE = settings.DATABASES["default"]["ENGINE"]
on_postgresql = pytest.mark.skipif("postgresql" not in ENGINE, reason="PostgreSQL's")
on_sqlite = pytest.mark.skipif("sqlite" not in ENGINE, reason="SQLite's")


def attempt(plan: SyncPlan) -> SyncRun:
    """Let a worker take the plan's run, whatever became of the one before."""
    queued = sync.request_run(plan)
    sync.execute(queued.pk, worker="test")
    return SyncRun.objects.get(pk=queued.pk)


def let_the_lease_end() -> None:
    """Stand for the minute that a silent worker's run is left alone."""
    SyncRun.objects.filter(state=State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def assert_all_or_nothing(run: SyncRun) -> None:
    """Fail unless rows, counters and checkpoint are of the same batch."""
    count = Record.objects.count()
    assert run.fetched == run.created == count
    assert count % 50 == 0
    assert SObject.objects.get(name="Account").total_count == count
    last = Record.objects.order_by("-record_id").first()
    after = run.checkpoint.get("after", "")
    assert after == (last.record_id if last else "")
    assert SyncPlan.objects.get().cursor_value == ""


@contextmanager
def statements(*before: str, after: tuple[str, ...]) -> Iterator[None]:
    """Run some SQL, and other SQL at the end of the block."""
    with connection.cursor() as cursor:
        for one in before:
            cursor.execute(one)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for one in after:
                cursor.execute(one)


@on_postgresql
def test_a_database_gone_at_the_commit_of_a_page_loses_nothing(
    plan, org, simulated, victim
):
    """F28: the server ends the session while it commits the fifth page."""
    die = (
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    )
    trigger = (
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON sfconnector_record "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        f"WHEN (NEW.record_id = '{victim}') EXECUTE FUNCTION die()"
    )
    with statements(die, trigger, after=("DROP FUNCTION die() CASCADE",)):
        broken = attempt(plan)
        assert broken.state in (State.PARKED, State.RUNNING)
        assert_all_or_nothing(broken)
    before = len(simulated.requests)
    let_the_lease_end()
    done = run_now(plan)
    assert done == broken
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(queries(simulated, since=before)) == 10 - broken.fetched // 50
    assert_whole(org, simulated)


@on_postgresql
def test_sessions_ended_at_the_third_page_are_opened_anew(plan, org, simulated):
    """F28: every session of the site, as when the server is restarted."""

    def end_sessions(request, response):
        if request.path.endswith("-150"):
            simulated.before_send.remove(end_sessions)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                    "datname = current_database() AND pid <> pg_backend_pid()"
                )
            connections.close_all()

    simulated.before_send.append(end_sessions)
    broken = attempt(plan)
    assert broken.state in (State.PARKED, State.RUNNING, State.SUCCEEDED)
    let_the_lease_end()
    done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


@on_postgresql
@pytest.mark.parametrize("code", ["40001", "40P01", "53100", "57014"])
def test_a_transaction_that_the_server_refuses_is_repeated(
    plan, org, simulated, victim, code
):
    """F28, F29: serialization failure, deadlock, disk full, cancelled statement."""
    fail = (
        "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('failures') = 1 THEN RAISE EXCEPTION 'not now' "
        f"USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$"
    )
    trigger = (
        "CREATE TRIGGER fail_once BEFORE INSERT ON sfconnector_record FOR EACH ROW "
        f"WHEN (NEW.record_id = '{victim}') EXECUTE FUNCTION fail_once()"
    )
    away = ("DROP FUNCTION fail_once() CASCADE", "DROP SEQUENCE failures")
    with statements("CREATE SEQUENCE failures", fail, trigger, after=away):
        broken = attempt(plan)
        assert broken.state == State.PARKED
        assert_all_or_nothing(broken)
        done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


NOT_NOW = "BEGIN SELECT RAISE(ABORT, 'not now'); END"
WRONG = "INSERT INTO sfconnector_missingrecord (run_id, record_id) VALUES (0, '0')"
REFUSED = {
    "a row": ("BEFORE INSERT ON sfconnector_record WHEN {victim} " + NOT_NOW),
    "the checkpoint": (
        "BEFORE UPDATE ON sfconnector_syncrun WHEN NEW.fetched > max(OLD.fetched, 200) "
        + NOT_NOW
    ),
    "the commit": (
        f"AFTER INSERT ON sfconnector_record WHEN {{victim}} BEGIN {WRONG}; END"
    ),
}


@on_sqlite
@pytest.mark.parametrize("refused", REFUSED)
def test_a_part_that_the_database_refuses_takes_its_whole_page_back(
    plan, org, simulated, victim, refused
):
    """F28: rows, counters and checkpoint stand and fall together."""
    said = "FOREIGN KEY" if refused == "the commit" else "not now"
    trigger = REFUSED[refused].format(victim=f"NEW.record_id = '{victim}'")
    with statements(f"CREATE TRIGGER refuse {trigger}", after=("DROP TRIGGER refuse",)):
        broken = attempt(plan)
        assert broken.state == State.PARKED
        assert_all_or_nothing(broken)
        assert broken.log.filter(text__contains=said).exists()
    before = len(simulated.requests)
    done = run_now(plan)
    assert done.state == State.SUCCEEDED, done.error_text
    assert len(queries(simulated, since=before)) == 10 - broken.fetched // 50
    assert_whole(org, simulated)


@on_sqlite
def test_a_database_that_keeps_refusing_ends_the_run_with_its_words(
    plan, org, simulated, victim
):
    """F28: tried a few times, then failed; the next run starts from nothing lost."""
    trigger = (
        "CREATE TRIGGER refuse BEFORE INSERT ON sfconnector_record "
        f"WHEN NEW.record_id = '{victim}' BEGIN SELECT RAISE(ABORT, 'not now'); END"
    )
    with statements(trigger, after=("DROP TRIGGER refuse",)):
        done = attempt(plan)
        for _ in range(15):  # the pages before the refused one still get in
            done = run_now(plan) if done.is_active else done
        assert done.state == State.FAILED
        assert done.error_code == "DATABASE"
        assert "not now" in done.error_text
        assert "disk" in done.remedy
        assert_all_or_nothing(done)
    assert attempt(plan).state == State.SUCCEEDED
    assert_whole(org, simulated)


@contextmanager
def each_connection(pragma: str) -> Iterator[None]:
    """Give every SQLite connection a setting, those opened later included."""

    def give(connection, **_):
        with connection.cursor() as cursor:
            cursor.execute(pragma)

    connections.close_all()
    connection_created.connect(give)
    try:
        yield
    finally:
        connection_created.disconnect(give)
        connections.close_all()


@on_sqlite
@pytest.mark.parametrize("room", [0, 20, 60])
def test_a_full_disk_stops_the_run_and_space_lets_it_go_on(plan, org, simulated, room):
    """F29: whether or not there is room to write down that it stopped."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    with each_connection(f"PRAGMA max_page_count = {pages + room}"):
        queued = sync.request_run(plan)
        sync.execute(queued.pk, worker="test")
        broken = SyncRun.objects.get(pk=queued.pk)
        assert broken.is_active
        assert Record.objects.count() == broken.fetched < 450
    let_the_lease_end()
    done = run_now(plan)
    assert done == broken
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


@contextmanager
def locked_by_another() -> Iterator[None]:
    """Hold SQLite's write lock, as a backup or a stuck request does."""
    other = sqlite3.connect(
        connection.settings_dict["NAME"], isolation_level=None, timeout=5,
        check_same_thread=False,
    )  # fmt: skip
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@on_sqlite
def test_a_locked_database_stops_the_run_and_the_next_worker_goes_on(
    plan, org, simulated
):
    """F29: locked from the fourth page on, for longer than anybody waits."""
    lock = locked_by_another()

    def close_in(request, response):
        if request.path.endswith("-150"):
            simulated.before_send.remove(close_in)
            lock.__enter__()

    simulated.before_send.append(close_in)
    with each_connection("PRAGMA busy_timeout = 200"):
        queued = sync.request_run(plan)
        sync.execute(queued.pk, worker="test")
        lock.__exit__(None, None, None)
        broken = SyncRun.objects.get(pk=queued.pk)
        assert broken.is_active
        assert Record.objects.count() == broken.fetched < 450
    let_the_lease_end()
    done = run_now(plan)
    assert done == broken
    assert done.state == State.SUCCEEDED, done.error_text
    assert_whole(org, simulated)


@pytest.mark.parametrize(
    ("table", "when"),
    [
        ("record", "NEW.record_id = '{victim}'"),
        ("syncrun", "NEW.updated > OLD.updated AND NEW.updated > 60"),
    ],
)
def test_an_incremental_batch_is_all_or_nothing_as_well(
    plan, org, simulated, table, when
):
    """F28: the cursor never passes what was not committed."""
    assert attempt(plan).state == State.SUCCEEDED
    ids = sorted(live_ids(simulated, "Account"))
    for one in ids[:120]:
        change(simulated, "Account", one, Name="Moved")
    cursor = SyncPlan.objects.get().cursor_value
    with refusing_updates(table, when.format(victim=ids[77])):
        broken = attempt(plan)
        assert broken.state == State.PARKED
        moved = Record.objects.filter(data__Name="Moved").count()
        assert moved == broken.updated < 120
        assert SyncPlan.objects.get().cursor_value == cursor
    done = run_now(plan)
    assert done == broken
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.updated == 120
    assert_whole(org, simulated)


@contextmanager
def refusing_updates(table: str, when: str) -> Iterator[None]:
    """Let no change be written for which an SQL condition is true."""
    if "sqlite" in ENGINE:
        trigger = (
            f"CREATE TRIGGER refuse BEFORE UPDATE ON sfconnector_{table} WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'not now'); END"
        )
        with statements(trigger, after=("DROP TRIGGER refuse",)):
            yield
        return
    if "mysql" in ENGINE:
        trigger = (
            f"CREATE TRIGGER refuse BEFORE UPDATE ON sfconnector_{table} FOR EACH ROW "
            f"BEGIN IF {when} THEN SIGNAL SQLSTATE '45000' "
            "SET MESSAGE_TEXT = 'not now'; END IF; END"
        )
        with statements(trigger, after=("DROP TRIGGER refuse",)):
            yield
        return
    function = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END $$"
    )
    trigger = (
        f"CREATE TRIGGER refuse BEFORE UPDATE ON sfconnector_{table} FOR EACH ROW "
        f"WHEN ({when}) EXECUTE FUNCTION refuse()"
    )
    with statements(function, trigger, after=("DROP FUNCTION refuse() CASCADE",)):
        yield

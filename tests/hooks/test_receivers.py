"""The host's receivers hear of each change at least once, and hurt no run."""

from __future__ import annotations

import functools
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from sfconnector import clock, health, hooks, retention, stopping, sync, tasks
from sfconnector.exceptions import ConfigurationError
from sfconnector.hooks import delivering, receiving
from sfconnector.models import PendingChange, Record, SyncRun
from tests.sync.conftest import cached_ids, change, live_ids, run

State = SyncRun.State


def heard_by(sobject="Account", **options):
    heard = []

    @hooks.on_records(sobject, **options)
    def note(change):
        heard.append(change)

    return heard, note


def come_due():
    PendingChange.objects.update(due_at=clock.now() - timedelta(seconds=1))


def test_it_hears_of_what_is_new_changed_and_deleted(plan, org, simulated):
    heard, _ = heard_by()
    run(plan)
    created = [key for change in heard for key in change.created]
    assert sorted(created) == sorted(live_ids(simulated, "Account"))
    assert sum(change.records().count() for change in heard) == len(created)
    one, other = created[:2]
    heard.clear()
    change(simulated, "Account", one, Name="Another")
    simulated.records.store.delete("Account", other, user_id=simulated.user.id)
    run(plan)
    assert [(list(c.updated), list(c.deleted)) for c in heard if c.updated] == [
        ([one], [other])
    ] or ([one] in [c.updated for c in heard] and [other] in [c.deleted for c in heard])
    assert [row.data["Name"] for c in heard for row in c.records()] == ["Another"]
    assert not PendingChange.objects.exists()


def test_records_that_a_full_pass_misses_are_told_as_deleted(plan, org, simulated):
    run(plan)
    heard, _ = heard_by()
    gone = sorted(cached_ids(org, "Account"))[0]
    Record.objects.filter(record_id=gone).update(record_id="001000000000000AAA")
    run(plan, full=True)
    assert ["001000000000000AAA"] in [list(change.deleted) for change in heard]


@pytest.mark.parametrize(
    ("sobject", "org_pattern", "is_heard"),
    [
        ("Account", "*", True),
        ("account", "ac*", True),
        ("*", "acme", True),
        ("Contact", "*", False),
        ("Account", "globex-*", False),
    ],
)
def test_it_hears_of_the_objects_and_orgs_that_it_names(
    plan, org, sobject, org_pattern, is_heard
):
    assert org.alias == "acme"
    heard, _ = heard_by(sobject, org=org_pattern)
    run(plan)
    assert bool(heard) is is_heard
    assert not PendingChange.objects.exists()


def test_one_that_fails_hurts_neither_the_run_nor_others_and_hears_again(plan, org):
    calls = []

    @hooks.on_records("Account")
    def failing(change):
        calls.append(change)
        if len(calls) == 1:
            raise RuntimeError("a secret value")

    heard, _ = heard_by()
    done = run(plan)
    assert done.state == State.SUCCEEDED
    assert len(heard) == len(calls) > 0
    waiting = PendingChange.objects.get()
    assert (waiting.attempts, waiting.error) == (1, "RuntimeError")
    found = [one for one in health.doctor() if one.code == "receiver"]
    assert [one.level for one in found] == ["yellow"]
    assert failing.__qualname__ in found[0].title
    assert hooks.deliver_due() == 0  # it rests
    come_due()
    tasks.deliver_changes()
    assert list(calls[-1].created) == list(calls[0].created)
    assert not PendingChange.objects.exists()


def test_one_that_breaks_its_transaction_hurts_no_run(plan, org):
    @hooks.on_records("Account")
    def failing(change):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_no_such_table")

    assert run(plan).state == State.SUCCEEDED
    assert {one.error for one in PendingChange.objects.all()} <= {
        "OperationalError",
        "ProgrammingError",
    }


class Killed(BaseException):
    """The end of the process: nothing that follows is done."""


def new_change(org):
    return hooks.remember(org, sobject="Account", created=["001000000000000AAA"])


@pytest.mark.parametrize("end", [Killed, KeyboardInterrupt])
def test_one_that_ends_its_process_is_called_a_few_times_and_then_set_aside(
    org, caplog, end
):
    calls = []

    @hooks.on_records("Account")
    def deadly(change):
        calls.append(change)
        raise end

    keys = new_change(org)
    with pytest.raises(end):
        hooks.deliver(keys)
    hooks.deliver(keys)  # it is not this process's any more
    for _ in range(2):
        come_due()
        with pytest.raises(end):
            hooks.deliver_due()
    for _ in range(3):
        come_due()
        hooks.deliver_due()
    assert len(calls) == 3
    assert "its process ended 3 times" in caplog.text
    assert [one.error for one in hooks.set_aside()] == ["ended its process"]
    [found] = [one for one in health.doctor() if one.code.startswith("receiver")]
    assert (found.code, found.level) == ("receiver_ended", "red")
    assert "deadly" in found.title
    PendingChange.objects.update(created_at=clock.now() - timedelta(days=8))
    come_due()
    hooks.deliver_due()
    assert not PendingChange.objects.exists()
    assert len(calls) == 3


def in_another_process(call):
    """Do something in a process of its own; return how that ended."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            call()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize(
    "end",
    [lambda: os._exit(9), lambda: os.kill(os.getpid(), signal.SIGKILL)],
    ids=["exit", "kill"],
)
def test_a_process_that_is_gone_has_counted_its_call(org, end):
    @hooks.on_records("Account")
    def deadly(change):
        end()

    new_change(org)
    for begun in (1, 2, 3):
        come_due()
        assert in_another_process(hooks.deliver_due) != 0
        assert PendingChange.objects.get().begun == begun
    come_due()
    assert in_another_process(hooks.deliver_due) == 0
    assert hooks.set_aside().exists()


def test_one_that_came_back_in_between_has_not_ended_its_process(org):
    ends = [Killed, Killed, RuntimeError, Killed, Killed, RuntimeError]
    heard = []

    @hooks.on_records("Account")
    def moody(change):
        if ends:
            raise ends.pop(0)
        heard.append(change)

    new_change(org)
    for _ in range(7):
        come_due()
        with suppress(Killed):
            hooks.deliver_due()
    assert len(heard) == 1
    assert not PendingChange.objects.exists()


def test_one_that_exits_fails_like_any_other_and_hurts_no_run(plan, org):
    @hooks.on_records("Account")
    def exits(change):
        sys.exit("a secret value")

    heard, _ = heard_by()
    assert run(plan).state == State.SUCCEEDED
    assert heard
    assert {one.error for one in PendingChange.objects.all()} == {"SystemExit"}


def test_an_exit_while_the_worker_ends_is_the_workers(org):
    @hooks.on_records("Account")
    def exits(change):
        stopping.request_stop()
        raise SystemExit

    keys = new_change(org)
    try:
        with pytest.raises(SystemExit):
            hooks.deliver(keys)
    finally:
        stopping.clear_stop()
    assert PendingChange.objects.exists()


def test_two_workers_do_not_bring_the_same_at_once(org):
    heard = []

    @hooks.on_records("Account")
    def slow(change):
        heard.append(change)
        with ThreadPoolExecutor(2) as pool:
            pool.submit(in_another_worker, hooks.deliver, keys).result()
            pool.submit(in_another_worker, hooks.deliver_due).result()

    keys = new_change(org)
    come_due()
    hooks.deliver(keys)
    assert len(heard) == 1


def in_another_worker(call, *arguments):
    try:
        call(*arguments)
    finally:
        connection.close()


def test_one_that_a_tick_has_taken_is_not_brought_by_its_own_run(org):
    heard = []

    @hooks.on_records("Account")
    def slow(change):
        heard.append(change)
        hooks.deliver(keys)

    keys = new_change(org)
    come_due()
    hooks.deliver_due()
    assert len(heard) == 1


def test_one_may_listen_to_several_objects(org):
    heard = []

    @hooks.on_records("Account")
    @hooks.on_records("Contact", org="ac*")
    def note(change):
        heard.append(change.sobject)

    for sobject in ("Account", "Contact", "Lead"):
        hooks.deliver(hooks.remember(org, sobject=sobject, deleted=["x"]))
    assert heard == ["Account", "Contact"]


def test_a_named_one_is_rebuilt_too(plan, org):
    run(plan)
    heard = []
    note = hooks.on_records("Account", name="crm.note")(functools.partial(heard.append))
    assert hooks.rebuild(note, org=org, sobject="Account") > 0
    assert heard


def test_a_change_whose_worker_died_before_it_was_told_is_told_by_a_tick(
    plan, org, simulated, monkeypatch
):
    heard, _ = heard_by()
    monkeypatch.setattr(hooks, "deliver", lambda keys: None)  # it dies at this place
    run(plan)
    monkeypatch.undo()
    assert heard == []
    assert not hooks.is_waiting()  # another process may be at it
    come_due()
    assert hooks.is_waiting()
    # ``undo`` brought the registry of all tests back as well.
    heard, note = heard_by()
    PendingChange.objects.update(receiver=receiving.name_of(note))
    hooks.deliver_due()
    told = {key for change in heard for key in change.created}
    assert told == live_ids(simulated, "Account")


def test_a_batch_that_is_rolled_back_is_told_to_nobody(plan, org):
    heard, _ = heard_by()

    def write():
        with transaction.atomic():
            hooks.remember(org, sobject="Account", created=["001000000000000AAA"])
            assert PendingChange.objects.exists()
            raise DatabaseError

    with pytest.raises(DatabaseError):
        write()
    assert not PendingChange.objects.exists()
    assert heard == []


def test_what_nobody_takes_within_a_week_is_given_up(org, caplog):
    heard_by()
    hooks.remember(org, sobject="Account", created=["001000000000000AAA"])
    PendingChange.objects.update(receiver="crm.sf_hooks.renamed")
    come_due()
    hooks.deliver_due()
    assert PendingChange.objects.get().error == "not registered in this process"
    PendingChange.objects.update(created_at=clock.now() - timedelta(days=8))
    come_due()
    hooks.deliver_due()
    assert not PendingChange.objects.exists()
    assert "did not take a change within a week" in caplog.text


def test_a_table_of_the_host_is_rebuilt_from_zero(plan, org, monkeypatch):
    monkeypatch.setattr(delivering, "REBUILT_AT_ONCE", 100)
    run(plan)
    heard, note = heard_by()
    hooks.remember(org, sobject="Account", deleted=["001000000000000AAA"])
    assert hooks.rebuild(note, org=org, sobject="Account") == len(
        cached_ids(org, "Account")
    )
    told = [key for change in heard for key in change.created]
    assert told == sorted(told)
    assert set(told) == cached_ids(org, "Account")
    assert len(heard) > 3
    assert all(change.is_rebuild for change in heard)
    assert not PendingChange.objects.exists()
    with pytest.raises(ConfigurationError, match="does not listen"):
        hooks.rebuild(note, org=org, sobject="Contact")


def test_without_receivers_nothing_is_written(plan, org, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        assert hooks.remember(org, sobject="Account", created=["x"]) == []
    run(plan)
    assert not PendingChange.objects.exists()


def test_a_removal_of_the_org_takes_what_waits_with_it(org):
    heard_by()
    hooks.remember(org, sobject="Account", created=["001000000000000AAA"])
    retention.request_removal(org)
    retention.remove(org.pk, should_stop=sync.is_stopping)
    assert not PendingChange.objects.exists()

"""Two that wait for each other's rows: the one that the database ends tries again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from sfconnector import retention, sync, transactions
from sfconnector.models import ConnectedApp, Org, SyncPlan, SyncRun
from tests.connections import bare_org
from tests.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

WITH_ROW_LOCKS = "sqlite" not in settings.DATABASES["default"]["ENGINE"]
DEADLOCK = 1213
"""MariaDB's number; the drivers of MySQL give it as the first argument."""


@contextmanager
def broken_off(place: int) -> Iterator[list[str]]:
    """Break one statement off as MariaDB does; the list gets all that were sent."""
    sent: list[str] = []

    def answer(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        sent.append(sql)
        if len(sent) == place + 1:
            raise OperationalError("Deadlock found") from Exception(DEADLOCK)
        return execute(sql, *more)

    with connection.execute_wrapper(answer):
        yield sent


def waiting_run() -> SyncRun:
    """Return a run that waits, of a plan of a connected org."""
    return sync.request_run(plan_of(bare_org()))


def plan_of(org: Org) -> SyncPlan:
    """Return a plan of an org, which no pretend org stands behind."""
    return SyncPlan.objects.create(org=org, sobject="Account")


MOST_STATEMENTS = 100
VERBS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], Callable[[], bool]]] = {
    "a run is asked for": (
        lambda: plan_of(bare_org()),
        sync.request_run,
        lambda: SyncRun.objects.get().state == SyncRun.State.QUEUED,
    ),
    "a run is claimed": (
        waiting_run,
        lambda run: sync.queue.claim(run.pk, worker="test"),
        lambda: SyncRun.objects.get().state == SyncRun.State.RUNNING,
    ),
    "a run is cancelled": (
        waiting_run,
        sync.cancel,
        lambda: SyncRun.objects.get().state == SyncRun.State.CANCELLED,
    ),
    "a plan is deleted": (
        lambda: waiting_run().plan,
        retention.delete_plan,
        lambda: not SyncPlan.objects.exists() and not SyncRun.objects.exists(),
    ),
    "an org is to be removed": (
        lambda: waiting_run().org,
        retention.request_removal,
        lambda: Org.objects.get().deletion_requested_at is not None,
    ),
    "cached data are to be purged": (
        lambda: waiting_run().org,
        retention.request_purge,
        lambda: Org.objects.get().purge_requested_at is not None,
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_whichever_statement_is_broken_off_the_wish_is_done(verb):
    prepare, wish, is_done = VERBS[verb]
    for place in range(MOST_STATEMENTS):
        subject = prepare()
        with broken_off(place) as sent:
            wish(subject)
        assert is_done(), sent[-1]
        if len(sent) <= place:  # it sends no more than were broken off by now
            break
        assert len(sent) > place + 1, "nothing was tried again"
        for model in (SyncRun, SyncPlan, Org, ConnectedApp):
            model.objects.all().delete()
    assert 1 < place < MOST_STATEMENTS - 1


def test_within_a_callers_transaction_the_error_goes_up():
    plan = plan_of(bare_org())
    with (
        pytest.raises(OperationalError),
        transactions.atomic(),
        broken_off(1) as sent,
    ):
        sync.request_run(plan)
    assert sum("SELECT" in one for one in sent) == 1
    assert not SyncRun.objects.exists()


def test_what_never_gets_through_fails_after_three_tries():
    tries = []

    @transactions.again
    def deed() -> None:
        tries.append(1)
        raise OperationalError("Deadlock found") from Exception(DEADLOCK)

    with pytest.raises(OperationalError):
        deed()
    assert len(tries) == 3


def test_another_error_is_not_tried_again():
    tries = []

    @transactions.again
    def deed() -> None:
        tries.append(1)
        raise OperationalError("server has gone away") from Exception(2006)

    with pytest.raises(OperationalError):
        deed()
    assert len(tries) == 1


@pytest.mark.skipif(not WITH_ROW_LOCKS, reason="SQLite locks no rows.")
def test_of_two_that_wait_for_each_other_both_get_through():
    orgs = [bare_org(), Org.objects.create(alias="second", app=Org.objects.get().app)]
    both = threading.Barrier(2, timeout=PATIENCE)
    tries: list[int] = []

    @transactions.again
    def lock(first: Org, second: Org) -> None:
        tries.append(1)
        with transactions.atomic():
            Org.objects.select_for_update().get(pk=first.pk)
            if len(tries) <= 2:
                both.wait()
            Org.objects.select_for_update().get(pk=second.pk)

    at_once(lambda: lock(*orgs), lambda: lock(*reversed(orgs)))
    assert len(tries) == 3

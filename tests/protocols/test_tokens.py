"""Tokens whose database goes away, and orgs that go away from their tokens."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, orgs, retention, tokens
from sfconnector.audit import Actor
from sfconnector.models import Credential, Org, Record, SyncRun
from sfconnector.tokens import outcomes
from tests.connections import (
    NONCE,
    connect,
    finish,
    org_of,
    person,
    press,
    reachable,
)
from tests.faults.processes import database_url
from tests.protocols.conftest import once
from tests.sync.conftest import run
from tests.threads import beside

TOKEN = "/services/oauth2/token"


@pytest.fixture
def row(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """An org that a person connected and that gives each refresh token out once."""
    simulated.app.rotate_refresh_tokens = True
    with reachable(simulated):
        one = org_of(simulated)
        connect(one)
        one.refresh_from_db()
        yield one


def use(org: Org) -> None:
    """Make one call, which renews the tokens when they have ended."""
    with orgs.client_for(org, purpose="explorer") as client:
        client.limits()


def end_all_sessions(*, also_keep_out: bool) -> None:
    """End every session on this test's database, and let nobody in if so asked."""
    name = connection.settings_dict["NAME"]
    server = database_url().replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as other:
        other.execute(
            f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS {not also_keep_out}'
        )
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="ends its sessions")
def test_p7_a_database_that_is_away_for_five_seconds_ends_no_grant(row, simulated):
    def go_away() -> None:
        end_all_sessions(also_keep_out=True)
        back = threading.Timer(5, end_all_sessions, kwargs={"also_keep_out": False})
        back.start()

    simulated.expire_sessions()
    once(simulated, lambda request: request.path == TOKEN, go_away)
    began = time.monotonic()
    try:
        use(row)
    finally:
        connections.close_all()
    assert time.monotonic() - began > 4
    assert Credential.objects.get().rotations == 1
    simulated.expire_sessions()
    use(row)
    assert simulated.refresh_reuses == 0
    row.refresh_from_db()
    assert row.status == Org.Status.CONNECTED


def waits_for_the_disk() -> bool:
    """Ask the database whether the commit of this transaction does."""
    asked = {"postgresql": "SHOW synchronous_commit", "sqlite": "PRAGMA synchronous"}
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0] in ("on", 2)


@pytest.mark.skipif(connection.vendor == "mysql", reason="asks no session")
def test_p8_the_mark_and_the_tokens_wait_for_the_disk(row, simulated, monkeypatch):
    """SQLite waits before the token is sent, and for the new ones beside their use."""
    is_sqlite = connection.vendor == "sqlite"
    if not is_sqlite:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
    assert not waits_for_the_disk()
    found = []
    synced = threading.Event()
    real = os.fsync

    def fsync(file: int) -> None:
        real(file)
        if Path(f"/proc/self/fd/{file}").readlink().name.endswith("-wal"):
            assert threading.current_thread() is not threading.main_thread()
            synced.set()

    monkeypatch.setattr(os, "fsync", fsync)

    def look(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("UPDATE") and "sfconnector_credential" in sql:
            is_mark = '"answer_lost_at" = ' in sql and "access_token_enc" not in sql
            if is_mark or "access_token_enc" in sql:
                found.append(waits_for_the_disk())
        return execute(sql, *more)

    simulated.expire_sessions()
    with connection.execute_wrapper(look):
        use(row)
    assert found == [True, not is_sqlite]
    assert not is_sqlite or synced.wait(30)
    assert not waits_for_the_disk()


def test_p13_a_run_stops_when_its_org_is_disconnected(plan, org, simulated):
    simulated.latency_ms = 100
    simulated.faults.add("*/revoke", status=503)  # the access token lives on
    once(
        simulated,
        lambda request: request.path.endswith("-200"),
        lambda: orgs.disconnect(Org.objects.get()),
    )
    done = run(plan)
    assert done.state == SyncRun.State.FAILED
    assert "disconnected" in done.error_text
    assert Record.objects.count() <= 300
    plan.refresh_from_db()
    assert plan.paused_at is None


def test_p13_a_log_in_that_comes_back_to_a_removed_org_leaves_no_approval(
    row, simulated, held
):
    begun = orgs.begin(row, by=Actor(person()), session_nonce=NONCE)
    back = press(begun.authorize_url)
    storing_it = held(tokens, "store")
    with beside(lambda: finish(back)) as outcome:
        storing_it.wait()
        retention.request_removal(Org.objects.get())
        storing_it.let_go()
    assert isinstance(outcome[0], exceptions.NotConnected), outcome
    assert not Credential.objects.exclude(refresh_token_enc="").exists()
    assert not simulated.grants._approvals


def test_p15_rotation_that_is_switched_on_while_an_answer_is_lost(row, simulated):
    """The org kept refresh tokens until now, so one more try was thought harmless."""
    simulated.app.rotate_refresh_tokens = False
    simulated.expire_sessions()
    use(row)
    simulated.app.rotate_refresh_tokens = True
    simulated.expire_sessions()
    simulated.faults.add(path=TOKEN, times=1, reset=True, after=True)
    with pytest.raises(exceptions.SalesforceError):
        use(row)
    Credential.objects.update(cooldown_until=None)
    with pytest.raises(exceptions.ConsentRequired, match="got lost"):
        use(row)
    assert simulated.refresh_reuses == 0


def test_p15_tokens_that_open_again_do_not_undo_a_disconnect(row):
    row.set_status(Org.Status.NEEDS_RECONNECT, code="secret_unreadable")
    seen = Credential.objects.select_related("org").get()
    orgs.disconnect(Org.objects.get())
    outcomes.readable_again(seen)
    assert Org.objects.get().status == Org.Status.DISCONNECTED

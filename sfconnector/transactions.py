"""Where the app's rows are, and transactions in there.

Transactions do not outlive their worker: a frozen one keeps no locks. Only PostgreSQL
needs this and offers it. A process that is stopped within a transaction (a paused
container or machine) keeps its connection, its locks and so everybody who waits for
its rows.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connections,
    router,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponseBase
from django.utils import timezone

from sfconnector import clock, conf
from sfconnector.models import Credential, Org

logger = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Taken = ParamSpec("Taken")
Given = TypeVar("Given")

BOUND = (
    "SELECT set_config('application_name', "
    "coalesce(%s, current_setting('application_name')), true), "
    "CASE current_setting('idle_in_transaction_session_timeout') WHEN '0' THEN "
    "set_config('idle_in_transaction_session_timeout', %s, true) END"
)
WAIT = (
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)
MARK = (
    "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), "
    "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), "
    "(SELECT oid FROM pg_database WHERE datname = current_database()), "
    "to_regclass(%s)::oid)"
)
"""What a backup does not bring along: cluster, timeline, database and table."""
CLOCKS = {
    "postgresql": "SELECT clock_timestamp()",
    "mysql": "SELECT utc_timestamp(6)",
}
FULL = 2
"""SQLite's number for ``PRAGMA synchronous = FULL``."""
REFUSALS = ("22", "54")
"""Classes of PostgreSQL's states: values it cannot take, and too large ones."""
WRONG_STATEMENT = 1
"""SQLite's number for what the statement is to blame for, such as an unknown table."""
BROKEN_OFF = ("40001", "40P01", 1020, 1213)
"""PostgreSQL's states and MariaDB's numbers for one of two that met: try it again."""
TRIES = 3
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = %s AND datname = current_database() "
    "AND pid <> pg_backend_pid()"
)


def alias() -> str:
    """Return the alias of the database that holds the app's rows: one holds them all.

    Whatever opens a transaction, waits for a commit or sends SQL of its own goes
    through this module, so that a host's router is asked, once.
    """
    return router.db_for_write(Org)


def connection() -> BaseDatabaseWrapper:
    """Return this thread's connection to the app's database."""
    return connections[alias()]


def atomic(*, durable: bool = False) -> AbstractContextManager[None]:
    """Open a transaction in the app's database."""
    return transaction.atomic(using=alias(), durable=durable)


def on_commit(call: Callable[[], object]) -> None:
    """Call once the transaction in the app's database is committed."""
    transaction.on_commit(call, using=alias())


def database_mark() -> str:
    """Return what tells this database from one that a backup of it was restored to.

    On PostgreSQL the cluster, its timeline (which grows when it is restored to a point
    in time, and when a standby takes over) and the numbers of the database and of the
    table of tokens (new ones when a dump is restored). "" where nothing tells.
    """
    if connection().vendor != "postgresql":
        return ""
    try:
        with atomic(), connection().cursor() as cursor:
            table = Credential._meta.db_table  # noqa: SLF001 - documented by Django
            cursor.execute(MARK, [table])
            return str(cursor.fetchone()[0])
    except DatabaseError as error:  # a host may forbid it
        logger.debug("The database does not tell which one it is: %s", error)
        return ""


def read_clock() -> None:
    """Compare this host's clock with the database's, unless that was done just now.

    Whoever is about to write or read leases, signs of life or due times does it first.
    SQLite's clock is this host's.
    """
    statement = CLOCKS.get(connection().vendor)
    if statement is None or not clock.is_due():
        return
    # Opening a connection may take seconds, which would pass for a wrong clock.
    connection().ensure_connection()
    before = timezone.now()
    with connection().cursor() as cursor:
        cursor.execute(statement)
        there: datetime = cursor.fetchone()[0]
    if there.tzinfo is None:
        there = there.replace(tzinfo=UTC)
    clock.compared(before + (timezone.now() - before) / 2, there)


def again(deed: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """Let a function be called once more when the database broke its transaction off.

    Of two that wait for each other's rows the database ends one, and keeps nothing of
    it. MariaDB does it far more often: it locks what an index holds as well, so that
    one UPDATE is enough to meet another. Three times at most; within a caller's
    transaction not at all, for that one is lost with it.
    """

    @wraps(deed)
    def tried(*args: Taken.args, **kwargs: Taken.kwargs) -> Given:
        for left in reversed(range(TRIES)):
            try:
                return deed(*args, **kwargs)
            except OperationalError as error:
                if not left or not _met_another(error) or is_open():
                    raise
                logger.info("Again, for another one came in between: %s", error)
        raise AssertionError  # the last try returned or raised

    return tried


def _met_another(error: OperationalError) -> bool:
    cause = error.__cause__
    number = cause.args[0] if cause is not None and cause.args else None
    return (getattr(cause, "sqlstate", None) or number) in BROKEN_OFF


@contextmanager
def short(*, run_id: int | None = None, durable: bool = False) -> Iterator[None]:
    """Open a transaction that the server ends when its worker stands still in it.

    After ``RUN_LEASE_SECONDS`` of silence, unless the host has set PostgreSQL's
    ``idle_in_transaction_session_timeout`` itself. With ``run_id`` the session is
    named after the run meanwhile, for ``end_others``.
    """
    with atomic(durable=durable):
        if connection().vendor == "postgresql":
            name = None if run_id is None else _name(run_id)
            seconds = conf.current().run_lease_seconds
            with connection().cursor() as cursor:
                cursor.execute(BOUND, [name, f"{seconds}s"])
        yield


@contextmanager
def kept(*, durable: bool = True, soon: bool = False) -> Iterator[None]:
    """Open a transaction whose commit waits for the disk, whatever the host has set.

    For what a power failure must not take back. With ``soon`` SQLite brings it there
    without keeping the caller: a thread waits. MariaDB knows no such wish of one
    session: there ``innodb_flush_log_at_trx_commit`` has to be 1, as it is by default.
    """
    log = _write_ahead_log(connection()) if soon else None
    with nullcontext() if log else _full_sync(connection()), short(durable=durable):
        if connection().vendor == "postgresql":
            with connection().cursor() as cursor:
                cursor.execute(WAIT)
        yield
    if log:
        threading.Thread(target=_to_the_disk, args=[log], name="to the disk").start()


def _write_ahead_log(connected: BaseDatabaseWrapper) -> Path | None:
    """Return the file that SQLite appends commits to; None where it does otherwise."""
    if connected.vendor != "sqlite" or connected.in_atomic_block:
        return None
    with connected.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        path = cursor.execute("PRAGMA database_list").fetchone()[2]
    return Path(f"{path}-wal") if mode == "wal" and path else None


def _to_the_disk(path: Path) -> None:
    """Wait until what was written to a file is on the disk.

    SQLite holds no lock on its write-ahead log, so closing it here lets none go.
    """
    try:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    except OSError as error:
        logger.warning("New tokens may not be on the disk yet: %s", error)


@contextmanager
def _full_sync(connected: BaseDatabaseWrapper) -> Iterator[None]:
    """Let SQLite wait for the disk; it takes the wish between transactions only."""
    if connected.vendor != "sqlite" or connected.in_atomic_block:
        yield
        return
    with connected.cursor() as cursor:
        before = int(cursor.execute("PRAGMA synchronous").fetchone()[0])
        cursor.execute(f"PRAGMA synchronous = {max(before, FULL)}")
    try:
        yield
    finally:
        with suppress(DatabaseError), connected.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous = {before}")


def is_open() -> bool:
    """Tell whether the caller is in a transaction that may yet be rolled back.

    The one that Django's ``TestCase`` wraps around a test does not count.
    """
    if not connection().in_atomic_block:
        return False
    try:
        # Django tells a test's transaction from others here, and nowhere else.
        with atomic(durable=True):
            return False
    except RuntimeError:
        return True


def is_down(error: DatabaseError) -> bool:
    """Tell whether a database does not serve now, or refuses what it was given."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    number = getattr(error.__cause__, "sqlite_errorcode", None)
    return state[:2] not in REFUSALS and number != WRONG_STATEMENT


def none_around(view: View) -> View:
    """Keep ``ATOMIC_REQUESTS`` off a view, whichever databases the host has.

    Our views call Salesforce: tokens are committed before they are used, and no row
    stays locked while a request is under way.
    """
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view


def end_others(run_id: int) -> None:
    """End the database session in which a former worker of the run stands still.

    PostgreSQL does not call a session idle that waits for the rest of a COPY.
    """
    if connection().vendor != "postgresql":
        return
    try:
        with connection().cursor() as cursor:
            cursor.execute(END, [_name(run_id)])
    except DatabaseError as error:  # a host may forbid it; the other one is fenced
        logger.warning("A former worker's session could not be ended: %s", error)


def _name(run_id: int) -> str:
    return f"sfconnector run {run_id}"

"""Transactions that do not outlive their worker: a frozen one keeps no locks.

Only PostgreSQL needs this and offers it. A process that is stopped within a
transaction (a paused container or machine) keeps its connection, its locks and so
everybody who waits for its rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

from sfconnector import conf

logger = logging.getLogger(__name__)

BOUND = (
    "SELECT set_config('application_name', "
    "coalesce(%s, current_setting('application_name')), true), "
    "CASE current_setting('idle_in_transaction_session_timeout') WHEN '0' THEN "
    "set_config('idle_in_transaction_session_timeout', %s, true) END"
)
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = %s AND datname = current_database() "
    "AND pid <> pg_backend_pid()"
)


@contextmanager
def short(
    *, using: str | None = None, run_id: int | None = None, durable: bool = False
) -> Iterator[None]:
    """Open a transaction that the server ends when its worker stands still in it.

    After ``RUN_LEASE_SECONDS`` of silence, unless the host has set PostgreSQL's
    ``idle_in_transaction_session_timeout`` itself. With ``run_id`` the session is
    named after the run meanwhile, for ``end_others``.
    """
    with transaction.atomic(using=using, durable=durable):
        connection = connections[using or DEFAULT_DB_ALIAS]
        if connection.vendor == "postgresql":
            name = None if run_id is None else _name(run_id)
            seconds = conf.current().run_lease_seconds
            with connection.cursor() as cursor:
                cursor.execute(BOUND, [name, f"{seconds}s"])
        yield


def end_others(run_id: int, *, using: str | None = None) -> None:
    """End the database session in which a former worker of the run stands still.

    PostgreSQL does not call a session idle that waits for the rest of a COPY.
    """
    connection = connections[using or DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(END, [_name(run_id)])
    except DatabaseError as error:  # a host may forbid it; the other one is fenced
        logger.warning("A former worker's session could not be ended: %s", error)


def _name(run_id: int) -> str:
    return f"sfconnector run {run_id}"

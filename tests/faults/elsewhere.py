"""Lets a test's rows be in a database of its own, on a server that it may break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
from django.core.management import call_command
from django.db import connections

from tests.faults.postgresql_server import PostgresqlServer

NUMBERS = count(1)
TEMPLATE = "migrated"


@contextmanager
def database_on(server: PostgresqlServer, *, port: int | None = None) -> Iterator[None]:
    """Work on a new database with the app's tables; ``port`` is where it is reached."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(server.url, autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_database")
        if (TEMPLATE,) not in rows.fetchall():
            admin.execute(f"CREATE DATABASE {TEMPLATE}")
            with _pointed_at(server.port, TEMPLATE):
                call_command("migrate", verbosity=0)
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    with _pointed_at(port or server.port, name):
        yield


@contextmanager
def _pointed_at(port: int, name: str) -> Iterator[None]:
    values = connections.settings["default"]
    before = dict(values)
    connections.close_all()
    values.update(HOST="127.0.0.1", PORT=port, USER="postgres", PASSWORD="", NAME=name)
    values.update(DISABLE_SERVER_SIDE_CURSORS=True)  # as a pooler needs it
    try:
        yield
    finally:
        connections.close_all()
        values.clear()
        values.update(before)

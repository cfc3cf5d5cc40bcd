"""The servers that some tests need: where they are, and what to say when they are not.

With ``CI=true`` a missing server fails the test, because a run that skipped it would
prove less than it claims.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest


def postgresql_url() -> str:
    """Return the URL of a PostgreSQL server, with the database to log in to."""
    return os.environ.get(
        "POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres"
    )


def redis_url() -> str:
    """Return the URL of a Redis server that tests may use."""
    return os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


def redis_database(number: int) -> str:
    """Return the URL of a Redis database that a test may empty.

    The one that REDIS_URL names, else ``number``: database 0 may be somebody's.
    """
    parts = urlsplit(redis_url())
    named = parts.path.strip("/")
    return parts._replace(path=f"/{named if int(named or 0) else number}").geturl()


def chromium() -> str | None:
    """Return the path of a Chromium, None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _missing_postgresql() -> str:
    import psycopg

    try:
        psycopg.connect(postgresql_url(), connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"No PostgreSQL at POSTGRESQL_URL ({error})."
    return ""


def _missing_redis() -> str:
    import redis

    client = redis.Redis.from_url(redis_url(), socket_connect_timeout=3)
    try:
        client.ping()
    except redis.RedisError as error:
        return f"No Redis at REDIS_URL ({error})."
    finally:
        client.close()
    return ""


def nginx() -> str | None:
    """Return the path of nginx, None when there is none."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _missing_browser() -> str:
    return "" if chromium() else "No Chromium: install the package chromium."


def _missing_redis_server() -> str:
    found = shutil.which("redis-server")
    return "" if found else "No redis-server: install the package redis-server."


def _missing_postgresql_server() -> str:
    from tests.faults.postgresql_server import programs

    return "" if programs() else "No initdb: install the package postgresql."


def _missing_pooler() -> str:
    from tests.faults.pooler import program

    return "" if program() else "No pgbouncer: install the package pgbouncer."


def _missing_nginx() -> str:
    return "" if nginx() else "No nginx: install the package nginx-light."


def _missing_gettext() -> str:
    found = shutil.which("xgettext")
    return "" if found else "No xgettext: install the package gettext."


MISSING: dict[str, Callable[[], str]] = {
    "browser": _missing_browser,
    "postgresql": _missing_postgresql,
    "redis": _missing_redis,
    "postgresql_server": _missing_postgresql_server,
    "pooler": _missing_pooler,
    "redis_server": _missing_redis_server,
    "gettext": _missing_gettext,
    "nginx": _missing_nginx,
}


def require(name: str) -> None:
    """Skip the test when a service is missing, saying which; fail it under CI."""
    sentence = MISSING[name]()
    if sentence and os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    if sentence:
        pytest.skip(sentence)

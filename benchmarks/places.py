"""Where it is measured: fresh databases, pretend orgs, and processes with a clock."""

from __future__ import annotations

import base64
import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.environment import ROOT, of_a_process

ADMIN_URL = os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1/postgres")


def environment(database_url: str) -> dict[str, str]:
    """Return the environment of a measured process."""
    key = base64.b64encode(b"\x07" * 32).decode()
    values = {
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "DJANGO_SECRET_KEY": "k" * 50,
        "DJANGO_DEBUG": "false",
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": "memory://",
        "SFCONNECTOR_ENCRYPTION_KEYS": f"b1:{key}",
        "SFCONNECTOR_PUBLIC_URL": "http://127.0.0.1:8000",
        "SFCONNECTOR_EXTRA_HOSTS": "127.0.0.1",
    }
    return of_a_process(**values)


def run(what: str, database_url: str, **options: Any) -> dict[str, Any]:
    """Run one variant in a process of its own and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.process", what]
    done = subprocess.run(
        [*command, json.dumps(options)],
        cwd=ROOT,
        env=environment(database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{what} failed:\n{done.stdout}{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def surroundings() -> dict[str, str]:
    """Say where and with what was measured: only figures of one run compare."""
    import django
    import psycopg

    with psycopg.connect(ADMIN_URL) as connection:
        server = str(connection.info.server_version // 10_000)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": str(os.cpu_count()),
        "machine": platform.machine(),
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": server,
        "SQLite": sqlite3.sqlite_version,
        "simple-salesforce": version("simple-salesforce"),
    }


class Databases:
    """Databases of one kind, each a copy of a migrated one."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        self._number = 0
        self._prefix = f"sfconnector_bench_{os.getpid()}"
        self._template = self._make("template")
        run("prepare", self._template)

    def fresh(self) -> str:
        """Return the URL of a database that holds nothing but the tables."""
        self._number += 1
        if self.kind == "sqlite":
            path = self._folder / f"{self._number}.sqlite3"
            shutil.copy(self._folder / "template.sqlite3", path)
            return f"sqlite:///{path}"
        name = f"{self._prefix}_{self._number}"
        self._ask(f'CREATE DATABASE "{name}" TEMPLATE "{self._prefix}_template"')
        return self._url(name)

    def drop(self, url: str) -> None:
        """Delete a database that is done with."""
        if self.kind == "sqlite":
            path = url.removeprefix("sqlite:///")
            for end in ("", "-wal", "-shm"):
                Path(path + end).unlink(missing_ok=True)
        else:
            name = urlsplit(url).path[1:]
            self._ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Delete the template."""
        self.drop(self._template)

    def _make(self, name: str) -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self._folder / name}.sqlite3"
        self._ask(f'CREATE DATABASE "{self._prefix}_{name}"')
        return self._url(f"{self._prefix}_{name}")

    @staticmethod
    def _url(name: str) -> str:
        return urlsplit(ADMIN_URL)._replace(path=f"/{name}").geturl()

    @staticmethod
    def _ask(sql: str) -> None:
        import psycopg

        with psycopg.connect(ADMIN_URL, autocommit=True) as connection:
            connection.execute(sql)


@contextmanager
def pretend_org(*options: str) -> Iterator[dict[str, str]]:
    """Give the ready line of a pretend org that answers from memory."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.replay", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("The pretend org did not start.")
            yield json.loads(line)
        finally:
            process.terminate()


@contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """Give databases of a kind and clean up after them."""
    with tempfile.TemporaryDirectory() as folder:
        made = Databases(kind, Path(folder))
        # When it is told to end, it still drops what it made.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            yield made
        finally:
            made.close()

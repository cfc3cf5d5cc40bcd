"""A whole site in processes of its own, as a deployment runs it, for tests to visit.

Nothing is shared with the test's process: settings come from the environment, records
are seen on admin pages and by commands.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import redis

from project.demo.visitor import Visitor
from tests import services
from tests.environment import ROOT, of_a_process

BIN = Path(sys.executable).parent
STARTING_SECONDS = 60
STOPPING_SECONDS = 40
PASSWORD = "journey-" + secrets.token_hex(8)


@dataclasses.dataclass(slots=True)
class Site:
    """A running site: its address, its environment, its logs."""

    url: str
    folder: Path
    environment: dict[str, str] = dataclasses.field(repr=False)
    processes: dict[str, subprocess.Popen[bytes]] = dataclasses.field(
        default_factory=dict
    )

    def visitor(self) -> Visitor:
        """Return a person who is logged in to the admin."""
        visitor = Visitor(self.url)
        visitor.log_in("admin", PASSWORD)
        return visitor

    def command(self, *arguments: str, status: int = 0, **extra: str) -> str:
        """Run ``manage.py`` with the site's environment; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    def json(self, *arguments: str) -> Any:
        """Run a command with ``--json`` and return what it said."""
        return json.loads(self.command(*arguments, "--json"))

    def logs(self) -> str:
        """Return everything that the processes wrote."""
        return "\n".join(
            path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(self.folder.glob("*.log"))
        )

    def start(self, name: str, *command: str) -> None:
        """Start one process of the site; its output goes to ``<name>.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def stop(self, *names: str) -> None:
        """Ask processes to end, as a platform does, and wait for them."""
        chosen = [self.processes.pop(name) for name in names or list(self.processes)]
        for process in chosen:
            process.terminate()
        for process in chosen:
            process.wait(timeout=STOPPING_SECONDS)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment_of(
    folder: Path, *, port: int, hosts: Sequence[str], **extra: str
) -> dict[str, str]:
    """Return the environment of a site of its own, free of the test run's own."""
    # One key per folder: a site that is started again finds its secrets.
    key = base64.b64encode(hashlib.sha256(bytes(folder)).digest()).decode()
    values = {
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_DEBUG": "false",
        "DJANGO_LOG_LEVEL": "DEBUG",
        "DJANGO_STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "CELERY_BROKER_URL": "memory://",
        "SFCONNECTOR_ENCRYPTION_KEYS": f"k1:{key}",
        "SFCONNECTOR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SFCONNECTOR_DEPLOYMENT": "journey",
        "SFCONNECTOR_EXTRA_HOSTS": ",".join(hosts),
    }
    return of_a_process(**{**values, **extra})


def host_of(base_url: str) -> str:
    """Return host and port of an address."""
    return base_url.partition("://")[2]


@contextlib.contextmanager
def prepared(folder: Path, *, orgs: Sequence[Any], **extra: str) -> Iterator[Site]:
    """Give a site with tables and an administrator, nothing running yet."""
    port = free_port()
    hosts = [host_of(org.base_url) for org in orgs]
    environment = environment_of(folder, port=port, hosts=hosts, **extra)
    site = Site(f"http://127.0.0.1:{port}", folder, environment)
    site.command("migrate", "--noinput", "-v0")
    names = ("--username", "admin", "--email", "admin@example.com")
    site.command(
        "createsuperuser", "--noinput", *names, DJANGO_SUPERUSER_PASSWORD=PASSWORD
    )
    try:
        yield site
    finally:
        site.stop()


def wait_until_served(site: Site) -> None:
    """Wait until the site answers; show its log when it does not."""
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{site.url}/admin/login/", timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(site.logs())


@contextlib.contextmanager
def in_one_process(
    folder: Path, *, orgs: Sequence[Any], **extra: str
) -> Iterator[Site]:
    """Serve a site as ``make run`` does: SQLite, the worker inside the web process."""
    with prepared(folder, orgs=orgs, **extra) as site:
        gunicorn = [str(BIN / "gunicorn"), "project.wsgi", "--workers", "1"]
        site.start("web", *gunicorn, "--bind", host_of(site.url))
        wait_until_served(site)
        yield site


@contextlib.contextmanager
def postgresql_database() -> Iterator[str]:
    """Create a database of its own; gives its URL, drops it afterwards."""
    server = services.postgresql_url()
    name = f"sfconnector_journey_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextlib.contextmanager
def in_many_processes(
    folder: Path, *, orgs: Sequence[Any], redis_number: int
) -> Iterator[Site]:
    """Serve a site by the Procfile: PostgreSQL, Redis, web, worker and beat."""
    broker = f"{services.redis_url().rsplit('/', 1)[0]}/{redis_number}"
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    with (
        postgresql_database() as database,
        prepared(
            folder, orgs=orgs, DATABASE_URL=database, CELERY_BROKER_URL=broker
        ) as site,
    ):
        honcho = [str(BIN / "honcho"), "-e", os.devnull, "start"]
        site.start("procfile", *honcho, "web", "worker", "beat")
        wait_until_served(site)
        yield site
    with redis.Redis.from_url(broker) as client:
        client.flushdb()

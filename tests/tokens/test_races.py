"""Many processes meet an expired token at once, and some of them are killed."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from salesforce_simulator import SalesforceOrg
from tests import services
from tests.environment import ROOT, of_a_process
from tests.tokens.conftest import TOKEN

pytestmark = pytest.mark.once


class Site:
    """A database of its own with one connected org, used by processes only."""

    def __init__(self, database: str, simulated: SalesforceOrg, **values: Any) -> None:
        self.simulated = simulated
        self.settings = {"EXTRA_HOSTS": [urlsplit(simulated.base_url).netloc], **values}
        self.environment = of_a_process(
            DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=database
        )
        done = self.python(
            "-m", "tests.tokens.site", json.dumps(
                {
                    "settings": self.settings,
                    "base_url": simulated.base_url,
                    "key": simulated.consumer_key,
                    "secret": simulated.consumer_secret,
                }
            ),
        )  # fmt: skip
        self.org = json.loads(done)["org"]
        simulated.requests.clear()

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def swarm(self, processes: int, **orders: Any) -> dict[str, Any]:
        """Let processes call at once; return their outcomes and how many died."""
        orders = {
            "org": self.org,
            "processes": processes,
            "settings": self.settings,
            **orders,
        }
        found = json.loads(self.python("-m", "tests.tokens.swarm", json.dumps(orders)))
        assert isinstance(found, dict)
        return found

    def row(self) -> dict[str, Any]:
        """Read what the credential's row and the org say, without Django."""
        names = ("status", "status_text", "lease_owner")
        sql = (
            "SELECT o.status, o.status_text, c.lease_owner FROM sfconnector_org o"
            " JOIN sfconnector_credential c ON c.org_id = o.id"
        )
        url = self.environment["DATABASE_URL"]
        if url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(urlsplit(url).path[1:])) as file:
                return dict(zip(names, file.execute(sql).fetchone(), strict=True))
        with psycopg.connect(url) as connection:
            found = connection.execute(sql).fetchone()
            assert found is not None
            return dict(zip(names, found, strict=True))


def migrate(url: str) -> None:
    environment = of_a_process(
        DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL=url
    )
    command = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=110)


@contextlib.contextmanager
def postgresql_database(*, template: str = "template1") -> Iterator[str]:
    name = f"sf_tokens_{secrets.token_hex(6)}"
    server = services.postgresql_url()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "site.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def migrated_postgresql() -> Iterator[str]:
    with postgresql_database() as url:
        migrate(url)
        yield urlsplit(url).path[1:]


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own."""
    if request.param == "sqlite":
        path = tmp_path / "site.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
    else:
        name = request.getfixturevalue("migrated_postgresql")
        with postgresql_database(template=name) as url:
            yield url


@pytest.fixture
def rotating(salesforce_org: SalesforceOrg) -> SalesforceOrg:
    salesforce_org.app.rotate_refresh_tokens = True
    return salesforce_org


def test_f01_all_processes_that_meet_an_expired_token_share_one_refresh(
    database: str, rotating: SalesforceOrg
) -> None:
    site = Site(database, rotating)
    rotating.expire_sessions()
    processes = 16 if database.startswith("sqlite") else 32
    found = site.swarm(processes)
    assert Counter(one["outcome"] for one in found["outcomes"]) == {"ok": processes}
    assert rotating.requests.count(TOKEN) == 1
    assert rotating.refresh_reuses == 0


def honest(site: Site) -> bool:
    """Tell whether the org works, or says that a person must reconnect it."""
    row = site.row()
    if row["status"] == "needs_reconnect":
        return "got lost" in row["status_text"]
    return bool(row["status"] == "connected")


def test_f04_a_holder_killed_before_the_call_delays_the_others_only(
    database: str, rotating: SalesforceOrg
) -> None:
    site = Site(database, rotating, REFRESH_LEASE_SECONDS=8)
    rotating.expire_sessions()
    assert site.swarm(1, die_before_sending=True)["killed"] == 1
    assert rotating.requests.count(TOKEN) == 0
    found = site.swarm(6)
    assert Counter(one["outcome"] for one in found["outcomes"]) == {"ok": 6}
    assert rotating.requests.count(TOKEN) == 1
    assert site.row()["status"] == "connected"


@pytest.mark.timing
@pytest.mark.parametrize("moment", ["during", "after"])
def test_f03_a_holder_killed_around_the_call_never_leads_to_a_reuse(
    database: str, rotating: SalesforceOrg, moment: str
) -> None:
    site = Site(database, rotating, REFRESH_LEASE_SECONDS=3)
    killed = threading.Event()

    def kill(request: Any, response: Any) -> None:
        if request.path == TOKEN and not killed.is_set():
            killed.set()
            os.kill(int(site.row()["lease_owner"].partition("-")[0]), signal.SIGKILL)

    hooks = rotating.before_send if moment == "during" else rotating.after_send
    hooks.append(kill)
    rotating.expire_sessions()
    found = site.swarm(6, calls=2)
    assert rotating.refresh_reuses == 0
    assert rotating.requests.count(TOKEN) == 1
    assert honest(site), site.row()
    if moment == "during":
        assert found["killed"] == 1
        assert site.row()["status"] == "needs_reconnect"


def test_keys_rotate_while_eight_workers_refresh(
    database: str, rotating: SalesforceOrg
) -> None:
    site = Site(database, rotating)
    new = base64.b64encode(secrets.token_bytes(32)).decode()
    old = settings.SFCONNECTOR["ENCRYPTION_KEYS"]
    site.settings["ENCRYPTION_KEYS"] = f"k2:{new},{old}"
    answered = itertools.count(1)

    def expire(request: Any, response: Any) -> None:
        is_answer = request.path.endswith("/limits") and response.status == 200
        if is_answer and next(answered) % 16 == 0:
            rotating.expire_sessions()

    rotating.before_send.append(expire)
    rotating.expire_sessions()
    found = site.swarm(8, calls=6, rotate=True)
    rotating.before_send.clear()
    outcomes = Counter(one["outcome"] for one in found["outcomes"])
    assert set(outcomes) <= {"ok", "Unauthorized"}, outcomes
    assert outcomes["ok"] >= 40
    assert rotating.requests.count(TOKEN) >= 3
    assert rotating.refresh_reuses == 0
    assert found["status"] == ["k2"]
    site.settings["ENCRYPTION_KEYS"] = f"k2:{new}"
    rotating.expire_sessions()
    assert site.swarm(1)["outcomes"] == [{"outcome": "ok"}]

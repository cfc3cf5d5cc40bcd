"""A second database by a router, and a replica that is behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from sfconnector.models.primary import PrimaryQuerySet
from tests.environment import of_a_process

ROOT = Path(__file__).resolve().parents[2]
Databases = dict[str, dict[str, Any]]


@pytest.fixture
def databases(tmp_path: Path, db: None) -> Iterator[Callable[..., Databases]]:
    """Empty databases of the vendor that the tests use, by alias."""
    made: list[str] = []

    def make(*aliases: str) -> Databases:
        if connection.vendor == "sqlite":
            # Its five seconds pass soon where two processes write on a busy machine. A
            # transaction that began by reading would not wait: the guide says so, too.
            patient = {
                "ENGINE": "django.db.backends.sqlite3",
                "OPTIONS": {"timeout": 60, "transaction_mode": "IMMEDIATE"},
            }
            return {a: {**patient, "NAME": str(tmp_path / a)} for a in aliases}
        given = dict(connection.settings_dict)
        kept = ("ENGINE", "HOST", "PORT", "USER", "PASSWORD")
        found: Databases = {}
        for alias in aliases:
            name = f"{given['NAME']}_{alias}"
            quoted = connection.ops.quote_name(name)
            _by_itself(f"DROP DATABASE IF EXISTS {quoted}", f"CREATE DATABASE {quoted}")
            made.append(quoted)
            found[alias] = {**{key: given[key] for key in kept}, "NAME": name}
        return found

    yield make
    force = " WITH (FORCE)" if connection.vendor == "postgresql" else ""
    _by_itself(*(f"DROP DATABASE {quoted}{force}" for quoted in made))


def _by_itself(*statements: str) -> None:
    """Run statements outside of a transaction: PostgreSQL takes them there only."""
    if not statements:
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        other.close()


def walk(*, then: str = "", **settings: Any) -> dict[str, Any]:
    """Walk through the product on a host with these settings; tell what was seen."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.hosts.site",
            json.dumps({"settings": settings, "then": then}),
        ],
        cwd=ROOT,
        env=of_a_process(),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def holds(told: dict[str, Any]) -> None:
    assert (told["state"], told["error"]) == ("succeeded", "")
    assert told["fetched"] == told["records"] > 30
    assert told["generation"] == 3, "connected, renewed, forgotten"
    assert told["status"] == "disconnected"
    assert set(told["statuses"].values()) == {200}
    assert told["deeds"] >= 3


def test_a_stock_host(databases: Callable[..., Databases]) -> None:
    told = walk(DATABASES=databases("default"))
    holds(told)


def test_the_app_in_a_second_database(databases: Callable[..., Databases]) -> None:
    told = walk(
        DATABASES=databases("default", "second"),
        DATABASE_ROUTERS=["tests.hosts.routers.SecondDatabase"],
    )
    holds(told)
    assert set(told["queries"]) == {"second"}
    assert told["transaction"] == {"open": ["second"], "awaited": ["second"]}


def test_a_replica_that_has_heard_of_nothing(
    databases: Callable[..., Databases],
) -> None:
    told = walk(
        DATABASES=databases("default", "replica"),
        DATABASE_ROUTERS=["tests.hosts.routers.EmptyReplica"],
    )
    holds(told)
    assert set(told["queries"]) == {"default"}


def test_nobody_opens_a_transaction_without_asking_the_router() -> None:
    asks = re.compile(r"(?<!\w)transaction\.(atomic|on_commit)\((?!.*using=)")
    asks_too = re.compile(r"from django\.db import .*\bconnection\b")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "sfconnector").rglob("*.py")
        if "migrations" not in path.parts and path.name != "transactions.py"
        for line in path.read_text("utf-8").splitlines()
        if (asks.search(line) and '"' not in line) or asks_too.search(line)
    ]
    assert found == []


def test_every_row_is_read_where_it_is_written() -> None:
    behind = [
        model.__name__
        for model in apps.get_app_config("sfconnector").get_models()
        if not isinstance(model._default_manager.all(), PrimaryQuerySet)
        or not isinstance(model._base_manager.all(), PrimaryQuerySet)
    ]
    assert behind == []

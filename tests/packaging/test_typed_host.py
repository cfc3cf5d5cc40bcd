"""A host with an environment of its own uses records as models, on three databases."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import on_mariadb, services
from tests.packaging.test_wheel import Host, wheels
from tests.packaging.typed_host import FILES, LATER

pytestmark = [pytest.mark.once, pytest.mark.timeout(1200)]

assert wheels
PACKAGES = (
    "djangorestframework==3.16.1",
    "django-filter==25.1",
    "django-import-export==4.3.9",
    "mypy",
    "django-stubs",
    "psycopg[binary]",
    "pymysql",
    "pytest",
    "pytest-django",
)
DATABASE = "sfconnector_typed_host"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, Path]) -> Host:
    folder = tmp_path_factory.mktemp("typed")
    subprocess.run(["python3", "-m", "venv", folder / "venv"], check=True)
    (folder / "project").mkdir()
    host = Host(folder)
    links = wheels["sfconnector"].parent
    host.install(
        wheels["sfconnector"], wheels["salesforce_simulator"], *PACKAGES, links=links
    )
    return host


@contextmanager
def sqlite(folder: Path) -> Iterator[dict[str, Any]]:
    yield {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "host.sqlite3"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }


@contextmanager
def postgresql(folder: Path) -> Iterator[dict[str, Any]]:
    services.require("postgresql")
    url = services.postgresql_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        try:
            yield _settings(url, "django.db.backends.postgresql")
        finally:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def mariadb(folder: Path) -> Iterator[dict[str, Any]]:
    if sentence := on_mariadb.missing():
        pytest.skip(sentence)
    import pymysql

    with on_mariadb.own_server() as url:
        parts = urlsplit(url)
        with pymysql.connect(
            host=parts.hostname,
            port=parts.port or 0,
            user=parts.username,
            password=parts.password or "",
        ) as connection:
            connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
        yield _settings(url, "django.db.backends.mysql")


def _settings(url: str, engine: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": engine,
        "NAME": DATABASE,
        "HOST": parts.hostname,
        "PORT": parts.port,
        "USER": parts.username,
        "PASSWORD": parts.password or "",
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")


@contextmanager
def an_org(host: Host) -> Iterator[dict[str, str]]:
    served = subprocess.Popen(
        [host.bin / "salesforce-simulator", "--port", "0", "--records", "Account=60"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout
        yield json.loads(served.stdout.readline())
    finally:
        served.terminate()
        served.wait(timeout=20)
        served.stdout.close()


@pytest.mark.parametrize(
    "server", [sqlite, postgresql, pytest.param(mariadb, marks=pytest.mark.soak)]
)
def test_records_are_models_of_a_host(
    machine: Host, server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.project = tmp_path / "project"
    machine.project.mkdir()
    with server(tmp_path) as database, an_org(machine) as org:
        monkeypatch.setenv("HOST_DATABASE", json.dumps(database))
        monkeypatch.setenv("ORG_HOST", urlsplit(org["base_url"]).netloc)
        monkeypatch.setenv("ORG_SECRET", org["consumer_secret"])
        walk(machine, org)


def walk(host: Host, org: dict[str, str]) -> None:
    """Install, fetch, generate, migrate and use, as the guide says."""

    def manage(*words: str) -> str:
        return host.run(host.python, "manage.py", *words)

    write(host.project, FILES)
    manage("migrate", "--noinput")
    address = ["--login-url", org["base_url"], "--consumer-key", org["consumer_key"]]
    manage("sf_connect", "acme-prod", *address, "--consumer-secret-env", "ORG_SECRET",
           "--flow", "client-credentials")  # fmt: skip
    for name in ("Account", "User"):
        manage("sf_sync", "acme-prod", name)
    assert "salesforce_account" in manage("sf_views")
    text = manage("sf_models", "acme-prod", "Account", "User")
    (host.project / "crm" / "salesforce.py").write_text(text, encoding="utf-8")
    write(host.project, LATER)
    manage("makemigrations", "crm")
    manage("migrate", "--noinput")
    assert "No changes" in manage("makemigrations", "--check", "--dry-run")
    told = manage("check", "--database", "default")
    # Of MariaDB Django itself says that it lacks conditional constraints.
    assert "no issues" in told or "mysql" in os.environ["HOST_DATABASE"]
    assert "all holds 60" in host.run(host.python, "look.py")
    files = ("crm/salesforce.py", "crm/models.py", "crm/use.py")
    assert "Success" in host.run(host.python, "-m", "mypy", *files)
    assert "1 passed" in host.run(host.python, "-m", "pytest", "-q")
    assert os.environ["HOST_DATABASE"]

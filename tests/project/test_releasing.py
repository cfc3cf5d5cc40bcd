"""The guide's environment is released by the Procfile's line, and refused when wrong."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT, of_a_process
from tests.faults.test_restarts import line_of
from tests.journeys.sites import BIN, postgresql_database

pytestmark = pytest.mark.once

GUIDE = (ROOT / "docs" / "how-to" / "run-in-production.md").read_text(encoding="utf-8")
BLOCK = re.search(r"## Environment\n+```ini\n(.*?)```", GUIDE, flags=re.DOTALL)


def environment_of_the_guide(folder: Path, database: str) -> dict[str, str]:
    """Return the guide's block, word for word, with what stands for "…" filled in."""
    filled = {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database,
        "EMAIL_URL": "smtp+tls://site:word@mail.example.com:587",
        "CELERY_BROKER_URL": "redis://redis.example.com:6379/0",
        "SFCONNECTOR_ENCRYPTION_KEYS": "k1:"
        + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    lines = [line.partition("=") for line in BLOCK[1].splitlines()]
    given = {
        name: filled.pop(name) if "…" in value else value for name, _, value in lines
    }
    assert not filled
    return of_a_process(
        **given,
        PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}",
        DJANGO_STATIC_ROOT=str(folder / "static"),
    )


def release(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line_of("release")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.postgresql
def test_the_guides_environment_is_released_twice(tmp_path: Path):
    with postgresql_database() as database:
        environment = environment_of_the_guide(tmp_path, database)
        for _ in range(2):
            done = release(environment)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "no issues" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_what_the_checks_refuse_is_not_migrated(tmp_path: Path):
    database = tmp_path / "site.sqlite3"
    environment = environment_of_the_guide(tmp_path, f"sqlite:///{database}")
    environment["SFCONNECTOR_PUBLIC_URL"] = "no origin"
    done = release(environment)
    assert done.returncode != 0
    assert "sfconnector.E302" in done.stderr
    assert "Applying" not in done.stdout
    with contextlib.closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


HEADER = """
import django
django.setup()
from django.test import Client
answer = Client().get("/nothing/", secure=True, headers={"host": "crm.example.com"})
print(answer.headers.get("Strict-Transport-Security"))
"""


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ({}, "max-age=31536000; includeSubDomains; preload"),
        (
            {
                "DJANGO_HSTS_SECONDS": "3600",
                "DJANGO_HSTS_SUBDOMAINS": "false",
                "DJANGO_HSTS_PRELOAD": "false",
            },
            "max-age=3600",
        ),
        ({"SFCONNECTOR_PUBLIC_URL": "http://crm.example.com"}, "None"),
    ],
)
def test_browsers_are_held_to_https_as_the_environment_says(
    tmp_path: Path, values: dict[str, str], header: str
):
    environment = environment_of_the_guide(tmp_path, f"sqlite:///{tmp_path}/db")
    environment |= {"DJANGO_SETTINGS_MODULE": "project.settings", **values}
    said = subprocess.run(
        [sys.executable, "-c", HEADER],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == header

"""Tests see nothing of the site in whose folder they run, and leave it as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from project import environment as project_environment
from tests import environment
from tests.environment import ROOT, of_a_process

pytestmark = pytest.mark.once

HOSTILE = {
    "DJANGO_SECRET_KEY": "of-another-site-" + "x" * 40,
    "DJANGO_DEBUG": "true",
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "DJANGO_STATIC_ROOT": "/proc/nowhere",
    "DJANGO_LOG_LEVEL": "no such level",
    "DATABASE_CONN_MAX_AGE": "never",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SFCONNECTOR_ENCRYPTION_KEYS": "h1:" + "AQ" * 21 + "E=",
    "SFCONNECTOR_PUBLIC_URL": "https://crm.example.com",
    "SFCONNECTOR_DEPLOYMENT": "another one",
    "SFCONNECTOR_EXTRA_HOSTS": "",
    "PORT": "none",
    "WEB_CONCURRENCY": "none",
    "GUNICORN_CMD_ARGS": "--no-such-option",
}
STARTS_PROCESSES = (
    "tests/faults/test_workers.py::test_a_killed_worker_is_followed_by_one_that_goes_on_from_the_checkpoint[full-rest]",
    "tests/project/test_serving.py::test_a_missing_secret_key_is_one_sentence",
    "tests/test_tasks.py::test_a_broker_that_refuses_leaves_the_run_queued",
    "tests/sync/work/test_processes.py::test_of_two_processes_on_one_run_one_works",
)
"""Tests whose processes take their settings from the environment, in each way."""
LEFT_BY_A_DEMO = ("db.sqlite3", ".env", "staticfiles/staticfiles.json")


def names_that_are_read() -> set[str]:
    """Return each name that the project looks up, and each that it documents."""
    read = re.compile(r"env(?:iron)?\.?\w*[\(\[]\s*\"([A-Z][A-Z_]+)\"")
    files = [*(ROOT / "project").rglob("*.py"), ROOT / "gunicorn.conf.py"]
    found = {name for path in files for name in read.findall(path.read_text("utf-8"))}
    documented = (ROOT / ".env.example").read_text("utf-8")
    named = re.findall(r"^(?:# )?([A-Z_]+)=", documented, flags=re.MULTILINE)
    return found | set(named) - {"PATH"}


def test_each_setting_of_the_project_is_kept_out():
    names = names_that_are_read() - environment.SERVERS - {"PATH"}
    assert {"DJANGO_SECRET_KEY", "EMAIL_URL", "PORT"} <= names
    assert {name for name in names if not environment.is_of_a_site(name)} == set()


def test_a_process_gets_what_its_test_says_and_no_env_file(monkeypatch):
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    made = of_a_process(CELERY_BROKER_URL="memory://")
    assert made["CELERY_BROKER_URL"] == "memory://"
    assert made["DJANGO_ENV_FILE"] == ""
    shared = HOSTILE.items() & made.items()
    assert not shared
    assert "PYTEST_ADDOPTS" not in made


@pytest.mark.parametrize("named", [None, "another.env", ""])
def test_the_env_file_is_the_one_that_is_named(monkeypatch, tmp_path: Path, named):
    (tmp_path / ".env").write_text("TOLD_BY=the usual one\n")
    (tmp_path / "another.env").write_text("TOLD_BY=another one\n")
    monkeypatch.setattr(project_environment, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setenv("TOLD_BY", "nobody")
    monkeypatch.delenv("TOLD_BY")
    if named is None:
        monkeypatch.delenv("DJANGO_ENV_FILE")
    else:
        path = str(tmp_path / named) if named else ""
        monkeypatch.setenv("DJANGO_ENV_FILE", path)
    project_environment.read_env_file()
    expected = {None: "the usual one", "another.env": "another one", "": None}
    assert os.environ.get("TOLD_BY") == expected[named]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what is tracked, in which another site was set up and served."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    lines = [f"{name}={value}" for name, value in HOSTILE.items()]
    (tmp_path / ".env").write_text("\n".join(lines) + "\n")
    (tmp_path / "db.sqlite3").write_text("the demo's")
    (tmp_path / "staticfiles").mkdir()
    (tmp_path / "staticfiles" / "staticfiles.json").write_text("the demo's")
    return tmp_path


@pytest.mark.timeout(300)
def test_tests_pass_beside_the_settings_of_another_site_and_leave_them(checkout: Path):
    before = {name: (checkout / name).read_text() for name in LEFT_BY_A_DEMO}
    options = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, *options, *STARTS_PROCESSES],
        cwd=checkout,
        # As a shell that is set up for the other site; the database is the default.
        env={**of_a_process(PYTHONPATH=""), **HOSTILE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: (checkout / name).read_text() for name in LEFT_BY_A_DEMO} == before

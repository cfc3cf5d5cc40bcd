"""The runnable project: its processes start, or say in one sentence why not."""

from __future__ import annotations

import socket
import stat
import subprocess
from pathlib import Path

import pytest

from project import ports, secrets_file, serve
from tests.journeys import sites

pytestmark = pytest.mark.once

SENTENCE = "CELERY_BROKER_URL names no broker that processes can share"


def refusal(folder: Path, *command: str) -> str:
    """Start a process of a site without a broker; return what it said at its end."""
    done = subprocess.run(
        [str(sites.BIN / command[0]), *command[1:]],
        cwd=sites.ROOT,
        env=sites.environment_of(folder, port=sites.free_port(), hosts=()),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize("process", ["worker", "beat", "web"])
def test_a_process_that_needs_a_broker_says_so(tmp_path: Path, process: str):
    celery = ("celery", "-A", "project", process)
    command = {
        "worker": celery,
        "beat": (*celery, "--pidfile=", "--schedule", str(tmp_path / "beat")),
        "web": ("gunicorn", "project.wsgi", "--workers", "2", "--bind", "127.0.0.1:0"),
    }
    said = refusal(tmp_path, *command[process])
    assert SENTENCE in said
    assert "Traceback" not in said


def test_the_procfile_says_so_too(tmp_path: Path):
    processes = ("web", "worker", "beat")
    assert SENTENCE in refusal(
        tmp_path, "honcho", "-e", "/dev/null", "start", *processes
    )


def test_without_a_broker_one_process_is_served(tmp_path: Path):
    line = serve.command_line(broker_url="memory://localhost/", port="8000")
    assert line[0].endswith("gunicorn")
    assert line[-4:] == ["--workers", "1", "--bind", "127.0.0.1:8000"]


def test_make_run_serves_and_says_how_to_log_in(tmp_path: Path):
    port = sites.free_port()
    other = f"http://127.0.0.1:{port + 1}"
    environment = sites.environment_of(
        tmp_path, port=port, hosts=(), SFCONNECTOR_PUBLIC_URL=other
    )
    site = sites.Site(f"http://127.0.0.1:{port}", tmp_path, environment)
    site.start("web", str(sites.BIN / "python"), "-m", "project.serve")
    try:
        sites.wait_until_served(site)
        said = site.logs()
        assert "manage.py createsuperuser" in said
        assert f"SFCONNECTOR_PUBLIC_URL is {other}, but this is port {port}" in said
    finally:
        site.stop()


@pytest.mark.parametrize("port", ["taken", "70000", "eighty"])
def test_make_run_on_a_port_it_cannot_have_is_one_sentence(tmp_path: Path, port: str):
    environment = sites.environment_of(tmp_path, port=0, hosts=())
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1]) if port == "taken" else port
        done = subprocess.run(
            [str(sites.BIN / "python"), "-m", "project.serve"],
            cwd=sites.ROOT,
            env={**environment, "PORT": port},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith((f"Port {port} cannot be used (", f"PORT={port} is no"))
    offered = sentence.rpartition("Use this: make run PORT=")[2]
    assert ports.is_free(int(offered)) or offered == "8000"


def test_a_site_with_its_people_and_its_port_needs_no_hint(tmp_path: Path):
    with sites.prepared(tmp_path, orgs=()) as site:
        script = (
            "from project.serve import hints; from django.conf import settings; "
            f"print(list(hints(public_url=settings.PUBLIC_URL, port={site.url[-5:]!r})))"
        )
        assert site.command("shell", "-v0", "-c", script).strip() == "[]"


def test_with_a_broker_the_procfile_is_served():
    line = serve.command_line(broker_url="redis://127.0.0.1:6379/0", port="8000")
    assert line[0].endswith("honcho")
    assert line[-3:] == ["web", "worker", "beat"]


def test_the_first_env_file_has_secrets_of_its_own_for_its_owner_alone(tmp_path: Path):
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    assert secrets_file.write(first)
    assert secrets_file.write(second)
    assert first.read_text() != second.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    names = {line.partition("=")[0] for line in first.read_text().splitlines()}
    assert {"DJANGO_SECRET_KEY", "SFCONNECTOR_ENCRYPTION_KEYS"} <= names


def test_an_env_file_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "kept.env"
    path.write_text("DJANGO_SECRET_KEY=mine\n")
    assert not secrets_file.write(path)
    assert path.read_text() == "DJANGO_SECRET_KEY=mine\n"


def test_a_missing_secret_key_is_one_sentence(tmp_path: Path):
    environment = sites.environment_of(tmp_path, port=0, hosts=())
    done = subprocess.run(
        [str(sites.BIN / "python"), "manage.py", "check"],
        cwd=sites.ROOT,
        env={**environment, "DJANGO_SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("DJANGO_SECRET_KEY is not set.")

"""``make demo EXIT=1`` as a person on a fresh machine runs it."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from project.demo.visitor import Visitor
from project.ports import is_free
from tests.journeys import demos

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]
FREE = ("--simulator-ports", "0", "0")


def run_demo(
    folder: Path, *arguments: str, **extra: str
) -> subprocess.CompletedProcess[str]:
    simulators = () if "--simulator-ports" in arguments else FREE
    return demos.run_to_its_end(folder, *simulators, *arguments, **extra)


def cached(output: str) -> dict[tuple[str, str], int]:
    """Read the printed table: org and object → records."""
    rows = [
        [cell.strip() for cell in line.strip("│┃ ").split("│")]
        for line in output.splitlines()
        if "│" in line
    ]
    return {(row[0], row[2]): int(row[3].replace(",", "")) for row in rows}


def test_the_demo_connects_two_orgs_and_prints_what_it_cached_twice(tmp_path: Path):
    first = run_demo(tmp_path, "--port", "0", "--exit")
    assert first.returncode == 0, first.stdout + first.stderr
    table = cached(first.stdout)
    assert {alias for alias, _ in table} == {"acme-prod", "acme-sandbox"}
    assert all(count > 0 for count in table.values()), table
    assert table["acme-prod", "Account"] > table["acme-sandbox", "Account"]
    assert "ERROR" not in first.stdout + first.stderr  # one plan shall fail
    assert "Traceback" not in first.stderr

    second = run_demo(tmp_path, "--port", "0", "--exit")
    assert second.returncode == 0, second.stdout + second.stderr
    assert cached(second.stdout) == table


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_demo(tmp_path, "--port", str(port), "--exit")
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr
    offered = int(done.stderr.rpartition("make demo PORT=")[2])
    assert is_free(offered)
    assert "Traceback" not in done.stderr


def test_a_taken_port_of_a_simulated_org_is_one_clear_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_demo(
            tmp_path, "--port", "0", "--exit", "--simulator-ports", port, "0"
        )
    assert done.returncode == 1
    assert f"could not start on port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_encryption_key_is_one_clear_sentence(tmp_path: Path):
    done = run_demo(tmp_path, "--port", "0", "--exit", SFCONNECTOR_ENCRYPTION_KEYS="")
    assert done.returncode == 1
    assert "SFCONNECTOR_ENCRYPTION_KEYS" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_does_not_touch_a_real_site(tmp_path: Path):
    done = run_demo(
        tmp_path, "--exit", SFCONNECTOR_PUBLIC_URL="https://crm.example.com"
    )
    assert done.returncode == 1
    assert "looks like a real site" in done.stderr


def test_the_demo_needs_its_worker_inside(tmp_path: Path):
    done = run_demo(tmp_path, "--exit", CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    assert done.returncode == 1
    assert "CELERY_BROKER_URL" in done.stderr


def test_the_demo_serves_the_admin_until_ctrl_c(tmp_path: Path):
    with demos.running(tmp_path) as demo:
        url, username, password = demo.told
        visitor = Visitor(url)
        visitor.log_in(username, password)
        orgs = visitor.get("/admin/sfconnector/org/").text
        assert "acme-prod" in orgs
        assert "acme-sandbox" in orgs
        rest = demo.stop()
    assert demo.process.returncode == 0, rest
    assert "Stopping" in rest
    assert "Traceback" not in rest

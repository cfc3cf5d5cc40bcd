"""A test is tried again only when it races processes, and few did so in vain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.again import MOST
from tests.environment import of_a_process

pytestmark = pytest.mark.once

PROJECT = """
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent


def attempt(name):
    met = HERE / f"{name}.met"
    if not met.exists():
        met.touch()
        pytest.fail("the first attempt fails")


def test_that_passes():
    (HERE / "passed").open("a").write("x")


%s
"""
TIMED = "@pytest.mark.timing\ndef test_timed_{0}():\n    attempt('timed_{0}')\n"
PLAIN = "def test_plain():\n    attempt('plain')\n"


@pytest.fixture
def tried(tmp_path: Path):
    """Run tests that fail once, then those again; gives the second run's end."""

    def run(*tests: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_project.py").write_text(PROJECT % "\n\n".join(tests))
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = timing: races\n")
        options = ("-m", "pytest", "-q", "-p", "no:django", "-p", "tests.again")
        again = ("--last-failed", "--last-failed-no-failures", "none", "--again")
        for more in ((), again):
            done = subprocess.run(
                [sys.executable, *options, *more],
                cwd=tmp_path,
                env=of_a_process(),
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert more or done.returncode == 1, done.stdout + done.stderr
        return done

    return run


def timed(count: int) -> list[str]:
    return [TIMED.format(number) for number in range(count)]


def test_what_races_processes_is_tried_again_by_itself_and_named(tried, tmp_path):
    done = tried(*timed(MOST))
    assert done.returncode == 0, done.stdout
    assert f"{MOST} passed" in done.stdout
    assert done.stdout.count("Tried again: test_project.py::test_timed_") == MOST
    assert (tmp_path / "passed").read_text() == "x"


def test_what_is_not_marked_is_never_tried_again_and_holds_up_the_others(tried):
    done = tried(*timed(1), PLAIN)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_project.py::test_plain" in done.stderr
    assert "test_timed" not in done.stderr
    assert "passed" not in done.stdout


def test_of_many_that_failed_none_is_tried_again(tried):
    done = tried(*timed(MOST + 1))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"{MOST + 1} tests failed" in done.stderr

"""The security page names a test for every row, and each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([SF]\d\d) \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE))
ELSEWHERE = {"S34"}
"""The lock file speaks for itself."""
WANTED = {f"S{number:02}" for number in range(1, 48)} - ELSEWHERE
FAULTS = [*range(1, 10), *range(30, 39), 42, *range(44, 52)]
WANTED |= {f"F{number:02}" for number in FAULTS}


def test_every_threat_and_fault_has_its_row():
    assert set(ROWS) == WANTED


@pytest.mark.parametrize("row", sorted(ROWS))
def test_the_tests_of_a_row_exist(row: str):
    named = re.findall(r"`([^`]+\.py)::(test_\w+)`", ROWS[row])
    assert named
    for path, name in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE), name

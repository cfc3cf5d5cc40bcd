"""Packages of npm as a folder's lock file says, installed once for all tests."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess

import pytest

IN_CI = os.environ.get("CI") == "true"


def give_up(reason: str) -> None:
    """Skip on a developer's machine; fail where everything must be there."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


def install(folder) -> None:
    """Install what the folder's lock file names, or skip the test."""
    if not shutil.which("npm") or not shutil.which("node"):
        give_up(f"{folder.name} needs Node 20 and npm")
    with (folder / "package.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # test processes side by side install once
        _install(folder)


def _install(folder) -> None:
    lock = folder / "package-lock.json"
    done = folder / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False
        )
        if result.returncode:
            give_up(f"npm cannot install {folder.name}: {result.stderr[-500:]}")

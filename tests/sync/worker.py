"""A worker in a process of its own: ``python -m tests.sync.worker <run id>``."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from tests.environment import ROOT, of_a_process


def environment(**more: str) -> dict[str, str]:
    """Return the environment in which a process shares the tests' database."""
    from tests.faults.processes import database_url

    shared = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
    }
    return of_a_process(**{**shared, **more})


def start(run_id: int, **more: str) -> subprocess.Popen[str]:
    """Start a worker on a run."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sync.worker", str(run_id)],
        env=environment(**more),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def command(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start a management command."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def main() -> None:
    """Execute the run that the argument names."""
    import django

    django.setup()
    from sfconnector import sync

    done = sync.execute(int(sys.argv[1]), worker=f"test:{os.getpid()}")
    sys.stdout.write(done.state if done else "not claimed")


if __name__ == "__main__":
    main()

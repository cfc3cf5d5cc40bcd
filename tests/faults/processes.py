"""Real worker processes on the test's own database, to be killed at any moment."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from salesforce_simulator import SalesforceOrg
from tests.environment import ROOT, of_a_process

SETTINGS = "tests.faults.worker_settings"


def database_url() -> str:
    """Return the URL of the database that this test writes to."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host, port = values["HOST"], values["PORT"] or 5432
    return f"{connection.vendor}://{values['USER']}:{values['PASSWORD']}@{host}:{port}/{values['NAME']}"


def environment(orgs: Sequence[SalesforceOrg], **extra: str) -> dict[str, str]:
    """Return the environment of a process that works on this test's rows."""
    hosts = [one.base_url.partition("://")[2] for one in orgs]
    values = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": "memory://",
        "SFCONNECTOR_ENCRYPTION_KEYS": settings.SFCONNECTOR["ENCRYPTION_KEYS"],
        "SFCONNECTOR_PUBLIC_URL": settings.SFCONNECTOR["PUBLIC_URL"],
        "SFCONNECTOR_EXTRA_HOSTS": ",".join(hosts),
    }
    return of_a_process(**{**values, **extra})


class Process:
    """One process and what it wrote: to a pipe, or to the end of a file."""

    def __init__(
        self, command: Sequence[str], env: dict[str, str], *, log: Path | None = None
    ) -> None:
        self._log = log
        with log.open("ab") if log else contextlib.nullcontext(subprocess.PIPE) as out:
            self.popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it, and what it forked, as a power failure would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def wait(self, *, seconds: float = 60) -> tuple[int, str]:
        """Wait for its end; return its status (negative: the signal) and output."""
        output, _ = self.popen.communicate(timeout=seconds)
        return self.popen.returncode, output

    def said(self) -> str:
        """Return what it wrote to its file so far."""
        return self._log.read_text(errors="replace") if self._log else ""

    def terminate(self) -> None:
        """Ask it to end, as a platform does before it kills."""
        self.popen.terminate()


@contextlib.contextmanager
def ended_with_the_test() -> Iterator[Callable[..., Process]]:
    """Give a starter of processes; none outlives the block."""
    started: list[Process] = []

    def start(*arguments: str, orgs: Sequence[SalesforceOrg], **extra: str) -> Process:
        command = [sys.executable, "manage.py", *arguments]
        started.append(Process(command, environment(orgs, **extra)))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            one.kill()
            with contextlib.suppress(ValueError):
                one.popen.communicate(timeout=10)


def wait_until(condition: Callable[[], Any], *, seconds: float = 30) -> Any:
    """Wait for something to become true; return it, or fail."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("It did not come true in time.")

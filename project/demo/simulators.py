"""Starts the two simulated orgs, each a process of its own, and stops them."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pretend:
    """A simulated org as the demo wants it: its name, its kind and its records."""

    alias: str
    name: str
    port: int
    seed: int
    is_sandbox: bool
    records: Mapping[str, int]

    @property
    def arguments(self) -> list[str]:
        """Return the command line that serves it."""
        records = [f"{name}={count}" for name, count in self.records.items()]
        return [
            *(sys.executable, "-m", "salesforce_simulator"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            "--require-pkce",
            *("--org", self.name, "--seed", str(self.seed)),
            *(["--sandbox"] if self.is_sandbox else []),
            *("--rotate-refresh-tokens", "--records", *records),
        ]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A simulated org that takes requests."""

    pretend: Pretend
    base_url: str
    consumer_key: str
    consumer_secret: str = dataclasses.field(repr=False)
    username: str
    org_id: str

    @property
    def host(self) -> str:
        """Return host and port, as EXTRA_HOSTS lists them."""
        return self.base_url.partition("://")[2]


@contextmanager
def serving(pretend: Pretend) -> Iterator[Served]:
    """Serve a simulated org until the block ends; one sentence when it cannot start."""
    process = subprocess.Popen(  # noqa: S603 - our own command line
        pretend.arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C reaches us first; we stop it in order
    )
    try:
        yield Served(pretend=pretend, **_ready(process, pretend=pretend))
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def _ready(process: subprocess.Popen[str], *, pretend: Pretend) -> dict[str, str]:
    line = process.stdout.readline() if process.stdout else ""
    try:
        said = json.loads(line)
    except ValueError as error:
        raise CommandError(
            f"The simulated org “{pretend.name}” could not start on port "
            f"{pretend.port}. Is another demo running? Stop it, or choose other "
            "ports with --simulator-ports."
        ) from error
    names = ("base_url", "consumer_key", "consumer_secret", "username", "org_id")
    return {name: said[name] for name in names}

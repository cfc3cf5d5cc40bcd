"""A demo that runs, and a second shell beside it, as a new user has them."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.journeys import sites

READY = "Press Ctrl-C"
TOLD = re.compile(r"Admin: (\S+)/admin/  user: (\S+)  password: (\S+)")
NOT_IN_A_SHELL = (
    "CELERY_BROKER_URL",
    "SFCONNECTOR_PUBLIC_URL",
    "SFCONNECTOR_EXTRA_HOSTS",
    "SFCONNECTOR_ENCRYPTION_KEYS",
    "SFCONNECTOR_DEPLOYMENT",
    "DJANGO_SECRET_KEY",
)
"""What a person has in ``.env`` alone."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that serves its admin."""

    said: str
    env_file: Path
    environment: dict[str, str] = dataclasses.field(repr=False)
    process: subprocess.Popen[str]

    @property
    def told(self) -> tuple[str, str, str]:
        """Return address, user name and password, as the demo printed them."""
        found = TOLD.search(self.said)
        assert found, self.said
        return found[1], found[2], found[3]

    @property
    def offered(self) -> list[str]:
        """Return the commands that it printed for a second shell."""
        return re.findall(r"^  (\S+ manage\.py .+)$", self.said, re.MULTILINE)

    def shell(
        self, line: str, *, stdin: str | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a line in a second shell, in the project's folder."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=sites.ROOT,
            env={**self.environment, **extra},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )

    def stop(self) -> str:
        """Press Ctrl-C; return what it said to that."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        return rest


def environment_of(folder: Path, **extra: str) -> dict[str, str]:
    """Return the environment of a shell whose site is set by ``folder/.env`` alone."""
    whole = sites.environment_of(folder, port=0, hosts=(), **extra)
    path = folder / ".env"
    if not path.exists():
        names = [name for name in NOT_IN_A_SHELL if name.endswith(("KEYS", "KEY"))]
        lines = [f"{name}={whole[name]}" for name in names]
        path.write_text("\n".join([*lines, "SFCONNECTOR_DEPLOYMENT=demo", ""]))
    kept = {k: v for k, v in whole.items() if k not in NOT_IN_A_SHELL or k in extra}
    return {**kept, "DJANGO_ENV_FILE": str(path), "DJANGO_LOG_LEVEL": "INFO"}


def command_of(*arguments: str) -> list[str]:
    """Return the command line of a demo."""
    return [sys.executable, "manage.py", "demo", *arguments]


def run_to_its_end(
    folder: Path, *arguments: str, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run a demo that ends by itself: with ``--exit``, or refused."""
    return subprocess.run(
        command_of(*arguments),
        cwd=sites.ROOT,
        env={**environment_of(folder, **extra), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@contextlib.contextmanager
def running(folder: Path, **extra: str) -> Iterator[Demo]:
    """Run a demo until the block ends, and give it when it says that it is ready."""
    environment = environment_of(folder, **extra)
    process = subprocess.Popen(
        command_of("--port", str(sites.free_port()), "--simulator-ports", "0", "0"),
        cwd=sites.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = ""
        for line in process.stdout or ():
            said += line
            if READY in line:
                break
        yield Demo(
            said=said,
            env_file=Path(environment["DJANGO_ENV_FILE"]),
            environment={**environment, "PATH": with_python(environment)},
            process=process,
        )
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=30)
        process.kill()
        if process.stdout:
            process.stdout.close()


def with_python(environment: dict[str, str]) -> str:
    """Return a PATH on which ``python`` is the one that runs the tests."""
    return f"{sites.BIN}{os.pathsep}{environment.get('PATH', '')}"

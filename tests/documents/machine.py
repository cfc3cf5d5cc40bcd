"""A new user's computer beside the demo: pip, simulated orgs, benchmarks, keys."""

from __future__ import annotations

import functools
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.documents.blocks import ROOT
from tests.journeys.demos import Demo

READY = {"base_url", "consumer_key", "consumer_secret", "username", "org_id"}
PLACES = {"sfconnector": ROOT, "salesforce-simulator": ROOT / "simulator"}
NEW_ORGS = iter(range(1000))


@functools.cache
def install(what: str) -> None:
    """Ask pip what it would install from the checkout: the name, and its extras."""
    name, bracket, extras = what.partition("[")
    place = f"{PLACES[name]}{bracket}{extras}"
    words = ("--dry-run", "--no-deps", "--no-index", "--no-build-isolation")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *words, place],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert f"Would install {name}" in done.stdout
    assert "does not provide the extra" not in done.stderr


class Machine:
    """Runs the lines that need more than the demo; ends what it started."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self.demo, self.folder = demo, folder
        self.started: list[subprocess.Popen[str]] = []
        self.ways: dict[str, Callable[[str], Any]] = {
            "pip install ": lambda line: install(shlex.split(line)[2]),
            "salesforce-simulator ": self.start_simulator,
            # On a port and in a folder that need no right of the administrator.
            "sudo salesforce-simulator ": lambda line: self.start_simulator(
                line.removeprefix("sudo ").replace("/var/lib", str(self.folder))
            ),
            "openssl ": self.run,
            "export ACME_SECRET=…": lambda _line: (
                None
            ),  # an org's own, when it is known
            "python manage.py sf_connect ": self.connect,
            "make bench": self.measure_nothing,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.started:
            process.terminate()
            process.communicate(timeout=30)

    def has_run(self, line: str) -> bool:
        """Run a line and return True, if it is one for this machine."""
        for begins, way in self.ways.items():
            if line.startswith(begins):
                way(line)
                return True
        return False

    def run(self, line: str, **environment: str) -> str:
        """Run a line in the user's own folder."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=self.folder,
            env={**self.demo.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start_simulator(self, line: str) -> dict[str, str]:
        """Start what the line says on a free port, and read its ready line."""
        words = [sys.executable, "-m", "salesforce_simulator", *shlex.split(line)[1:]]
        process = subprocess.Popen(
            [*words, "--port", "0"],
            cwd=self.folder,
            env={**self.demo.environment, "PYTHONPATH": str(ROOT / "simulator")},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        assert process.stdout
        ready: dict[str, str] = json.loads(process.stdout.readline())
        assert set(ready) >= READY
        return ready

    def connect(self, line: str) -> None:
        """Connect a simulated org of its own, by its address, key, user and files."""
        self.run(
            "openssl genrsa -out acme.pem 2048 && "
            "openssl rsa -in acme.pem -pubout -out public.pem"
        )
        ready = self.start_simulator(
            "salesforce-simulator --public-key public.pem --empty "
            "--user integration@acme.example"
        )
        url = ready["base_url"]
        alias = f"acme-{next(NEW_ORGS)}"
        for pattern, text in {
            r"acme-prod": alias,
            r"--login-url \S+": f"--login-url {url}",
            r"3MVG9…": ready["consumer_key"],
            r"acme\.pem": str(self.folder / "acme.pem"),
        }.items():
            line, found = re.subn(pattern, text, line)
            assert found or pattern == r"acme\.pem"
        hosts = {"SFCONNECTOR_EXTRA_HOSTS": url.removeprefix("http://")}
        done = self.demo.shell(line, ACME_SECRET=ready["consumer_secret"], **hosts)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{alias} is connected" in done.stdout
        # It goes with its simulated org: the demo's doctor shall not miss it.
        gone = (
            "from sfconnector.models import Org; Org.objects.get(alias={!r}).delete()"
        )
        done = self.demo.shell(
            "python manage.py shell -v0", stdin=gone.format(alias), **hosts
        )
        assert done.returncode == 0, done.stderr

    def measure_nothing(self, line: str) -> None:
        """Run what make would run, with its options, for no database and no suite."""
        command = line.partition("#")[0].strip()
        # Without the options that these tests themselves were given by make.
        asked = self.demo.shell(
            f"make --dry-run --always-make {command[5:]}", MAKEFLAGS="", ARGS=""
        ).stdout
        [words] = re.findall(r"-m benchmarks .*$", asked, re.MULTILINE)
        for name in ("one.json", "two.json"):
            (self.folder / name).write_text('{"samples": {}}')
        nothing = "--databases '' --suites ''"
        said = self.run(
            f"{sys.executable} {words} {nothing}", PYTHONPATH=f"{ROOT}:{ROOT}/simulator"
        )
        assert said.strip()

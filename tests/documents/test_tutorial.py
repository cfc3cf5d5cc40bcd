"""The tutorial, from its first line to its last, as a person types it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.documents import blocks
from tests.documents.blocks import Block
from tests.environment import of_a_process
from tests.journeys import sites

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]
INSTALLING = "pip install"
"""It installs from an index; here the packages are the checkout's own."""
SERVING = "python manage.py runserver"
LONGER = {"settings.py", "wsgi.py"}
"""Files that Django has made, to which the tutorial adds lines at the end."""
PATIENCE_SECONDS = 60


class Desk:
    """An empty folder and a shell in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"9011": sites.free_port(), "8000": sites.free_port()}
        path = f"{sites.BIN}{os.pathsep}{os.environ.get('PATH', '')}"
        both = os.pathsep.join([str(blocks.ROOT), str(blocks.ROOT / "simulator")])
        self.environment = of_a_process(PATH=path, PYTHONPATH=both)
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.started: list[subprocess.Popen[str]] = []

    def type(self, block: Block) -> str:
        """Do what a block says; return what was printed."""
        text = block.text
        for port, free in self.ports.items():
            text = text.replace(port, str(free))
        if text.startswith(SERVING):
            return self._serve(text)
        if block.language == "console":
            return self._run(["bash", "-eu", "-c", text])
        first, _, code = text.partition("\n")
        if not first.startswith("# crm/"):
            return self._run(["python", "manage.py", "shell", "-v0"], stdin=text)
        path = self.folder / first.removeprefix("# ")
        path.write_text((path.read_text() if path.name in LONGER else "") + code)
        return ""

    def _serve(self, line: str) -> str:
        """Start the site, and wait until its worker has read what the org has."""
        with (self.folder / "site.log").open("w") as log:
            self._start(line.split(), stdout=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._asked("SELECT catalog_at FROM sfconnector_org"):
            told = (self.folder / "site.log").read_text()
            assert time.monotonic() < deadline, f"no worker began\n{told}"
            time.sleep(0.2)
        url = f"http://127.0.0.1:{self.ports['8000']}/admin/"
        with urllib.request.urlopen(url, timeout=30) as page:
            return str(page.read().decode())

    def _asked(self, query: str) -> object:
        path = self.folder / "db.sqlite3"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
            return database.execute(query).fetchone()[0]

    def _start(self, command: list[str], **pipes: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **pipes,
        )
        self.started.append(process)
        return process

    def _run(self, command: list[str], stdin: str = "") -> str:
        process = self._start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said, _ = process.communicate(stdin, timeout=120)
        assert process.returncode == 0, f"{command}\n{said}"
        return said

    def leave(self) -> None:
        """End what was started and still runs, such as the simulated org."""
        for process in self.started:
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
            process.wait(timeout=60)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.leave()


def test_the_tutorial_from_its_first_to_its_last_line(desk: Desk):
    said = ""
    for block in blocks.blocks_of(blocks.TUTORIAL):
        assert block.language in {"console", "python"}, block
        if not block.text.startswith(INSTALLING):
            said += desk.type(block)
    assert "succeeded" in said
    again = json.loads(said[said.index("{") : said.index("}") + 1])
    assert (again["fetched"], again["api_calls"]) == (0, 1)
    assert " of 300" in said
    assert "Superuser created successfully." in said
    assert "Log in" in said


def test_a_taken_port_of_the_simulated_org_is_said_and_ends_the_wait(desk: Desk):
    [block] = [
        block
        for block in blocks.blocks_of(blocks.TUTORIAL)
        if "salesforce_simulator --port" in block.text
    ]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        desk.ports["9011"] = other.getsockname()[1]
        assert "Choose another port with --port" in desk.type(block)

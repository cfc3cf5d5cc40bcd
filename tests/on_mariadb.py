"""Tests on a MariaDB of their own: ``python -m tests.on_mariadb tests/records …``.

The arguments are pytest's. The server lives in a folder that goes with it; its
character set is the one that MariaDB's packages set, and not the compiled-in ``latin1``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.sites import free_port

PATIENCE_SECONDS = 60
OPTIONS = (
    "--no-defaults",
    "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    # What a test wrote may be lost with the machine.
    "--innodb-flush-log-at-trx-commit=0",
)
USER = "CREATE USER tester@localhost IDENTIFIED BY 'tester'; GRANT ALL ON *.* TO tester@localhost"


def missing() -> str:
    """Say what is not installed; "" when all is there."""
    names = ("mariadbd", "mariadb-install-db", "mariadb")
    lost = [name for name in names if not _program(name)]
    return f"No {', '.join(lost)}: install the package mariadb-server." if lost else ""


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


@contextmanager
def own_server() -> Iterator[str]:
    """Serve an empty MariaDB; give the URL of a database in it."""
    with tempfile.TemporaryDirectory(prefix="mariadb-") as name:
        folder, port = Path(name), free_port()
        data, socket = f"--datadir={folder / 'data'}", folder / "socket"
        made = [_program("mariadb-install-db"), "--no-defaults", data]
        made += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run([str(word) for word in made], check=True, capture_output=True)
        listens = [data, f"--socket={socket}", f"--port={port}"]
        root = ["--user=root"] if os.getuid() == 0 else []
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [str(_program("mariadbd")), *OPTIONS, *listens, *root],
                stdout=log,
                stderr=log,
            )
        try:
            _wait_for(socket, server)
            ask = [str(_program("mariadb")), "--no-defaults", "-u", "root"]
            subprocess.run([*ask, "-S", str(socket), "-e", USER], check=True)
            yield f"mysql://tester:tester@127.0.0.1:{port}/sfconnector"
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit((socket.parent / "log").read_text())
        time.sleep(0.1)


def main() -> int:
    """Run pytest with the arguments; return its status."""
    if sentence := missing():
        raise SystemExit(sentence)
    with own_server() as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *sys.argv[1:]],
            env={**os.environ, "DATABASE_URL": url},
            check=False,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
